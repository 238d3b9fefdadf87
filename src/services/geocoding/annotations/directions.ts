/** Angles and lengths that follow from a coordinate alone. */

const RADIANS = Math.PI / 180;

/** The Kaaba, in degrees. */
const KAABA = { lat: 21.4225, lng: 39.8262 };
const TAN_KAABA = Math.tan(KAABA.lat * RADIANS);

/** Hundredths of a degree, clockwise from north, from a place in degrees to the Kaaba along the great circle. */
export const qibla = (lat: number, lng: number): number => {
  const east = (KAABA.lng - lng) * RADIANS;
  const phi = lat * RADIANS;
  const bearing = Math.atan2(Math.sin(east), Math.cos(phi) * TAN_KAABA - Math.sin(phi) * Math.cos(east));
  return Math.round((bearing / RADIANS + 360) * 100) % 36_000;
};

/** WGS 84: half the major axis in metres, and the first eccentricity. */
const AXIS = 6_378_137;
const ECCENTRICITY = 0.081_819_190_842_622;

/** Metres east of Greenwich on the Mercator map. */
export const mercatorX = (lng: number): number => AXIS * lng * RADIANS;

/**
 * Metres north of the equator on the Mercator map of the ellipsoid (EPSG:3395), which is what the contract's answers
 * have, not the sphere of web maps; infinite at the poles.
 */
export const mercatorY = (lat: number): number => {
  const sine = Math.sin(lat * RADIANS);
  return AXIS * (Math.atanh(sine) - ECCENTRICITY * Math.atanh(ECCENTRICITY * sine));
};
