/** When the sun rises and sets at a place, from the formulas of Meeus, Astronomical Algorithms (2nd edition), chapters 12, 15, 22 and 25. */

const RADIANS = Math.PI / 180;
const TURN = 2 * Math.PI;
const DAY_SECONDS = 86_400;
/** 1 January 2000, 12:00, in days since 1 January 1970. */
const J2000 = 10_957.5;
/** How far Terrestrial Time is ahead of UT these decades, in days; ten seconds more would move nothing by a second. */
const TERRESTRIAL = 70 / DAY_SECONDS;

/** Heights of the sun's middle, in degrees, in the order of the contract's members. */
const HEIGHTS = [
  // On the horizon: 34′ of refraction and 16′ of the sun itself.
  -0.833,
  // Astronomical, civil and nautical twilight.
  -18, -6, -12,
].map((degrees) => Math.sin(degrees * RADIANS));

/** Degrees of latitude up to which the sun rises so steeply that one correction is enough. */
const STEEP = 60;

/** The four rises, then the four sets, each as apparent, astronomical, civil, nautical. */
export const SUN_TIMES = 2 * HEIGHTS.length;

/** The sun around noon UTC of one day; angles in radians, rates in radians a day. */
interface SolarDay {
  readonly day: number;
  readonly declination: number;
  readonly declinationRate: number;
  /** Of the sun at Greenwich, at noon. */
  readonly hourAngle: number;
  readonly hourAngleRate: number;
}

/** Apparent right ascension and declination; @param days since J2000. */
const sunAt = (days: number): { ascension: number; declination: number } => {
  const t = (days + TERRESTRIAL) / 36_525;
  const mean = (280.46646 + t * (36_000.76983 + t * 0.0003032)) * RADIANS;
  const anomaly = (357.52911 + t * (35_999.05029 - t * 0.0001537)) * RADIANS;
  const centre =
    (1.914602 - t * (0.004817 + t * 0.000014)) * Math.sin(anomaly) +
    (0.019993 - 0.000101 * t) * Math.sin(2 * anomaly) +
    0.000289 * Math.sin(3 * anomaly);
  const node = (125.04 - 1934.136 * t) * RADIANS;
  const longitude = mean + (centre - 0.00569 - 0.00478 * Math.sin(node)) * RADIANS;
  const obliquity = (23.439291 - 0.0130042 * t + 0.00256 * Math.cos(node)) * RADIANS;
  return {
    ascension: Math.atan2(Math.cos(obliquity) * Math.sin(longitude), Math.cos(longitude)),
    declination: Math.asin(Math.sin(obliquity) * Math.sin(longitude)),
  };
};

/** An angle from -π to π. */
const wrap = (angle: number): number => angle - TURN * Math.round(angle / TURN);

const solarDay = (day: number): SolarDay => {
  const noon = day + 0.5 - J2000;
  const before = sunAt(noon - 0.5);
  const after = sunAt(noon + 0.5);
  const at = sunAt(noon);
  return {
    day,
    declination: at.declination,
    declinationRate: after.declination - before.declination,
    hourAngle: (280.46061837 + 360.98564736629 * noon) * RADIANS - at.ascension,
    hourAngleRate: 360.98564736629 * RADIANS - wrap(after.ascension - before.ascension),
  };
};

/**
 * Makes the function that finds them. The sun itself is worked out once a day; over the thirty hours around a noon its
 * path is straight to within a second of time.
 * @returns a function that puts `SUN_TIMES` Unix seconds, to the minute, into `times`; 0 where the sun does not reach
 * that height on that day.
 */
export const createSun = (): ((
  lat: number,
  lng: number,
  now: number,
  offset: number,
  times: Float64Array,
) => void) => {
  // At most three dates are today somewhere.
  const days: SolarDay[] = [];

  /** @param now milliseconds since the epoch. @param offset of the place's clocks from UTC, in seconds. */
  return (lat, lng, now, offset, times) => {
    const day = Math.floor((now / 1000 + offset) / DAY_SECONDS);
    let sun = days[day & 3];
    if (sun?.day !== day) {
      sun = solarDay(day);
      days[day & 3] = sun;
    }
    const sinLat = Math.sin(lat * RADIANS);
    const cosLat = Math.cos(lat * RADIANS);
    // Days after noon UTC of the day: first the place's own noon, then the sun's passage nearest to it.
    const noon = -offset / DAY_SECONDS;
    const passage = noon - wrap(sun.hourAngle + sun.hourAngleRate * noon + lng * RADIANS) / sun.hourAngleRate;
    const noonSeconds = (day + 0.5) * DAY_SECONDS;
    const sinNoon = Math.sin(sun.declination + sun.declinationRate * passage);
    const acrossNoon = cosLat * Math.sqrt(1 - sinNoon * sinNoon);
    // The sun climbs and sinks through the year while it turns; where it turns flatly, that matters more.
    const rounds = Math.abs(lat) < STEEP ? 1 : 4;
    for (let at = 0; at < HEIGHTS.length; at++) {
      const height = HEIGHTS[at] as number;
      const cosine = (height - sinLat * sinNoon) / acrossNoon;
      // Also where both are 0 or infinite, at the poles.
      if (!(Math.abs(cosine) <= 1)) {
        times[at] = 0;
        times[at + HEIGHTS.length] = 0;
        continue;
      }
      const angle = Math.acos(cosine) / sun.hourAngleRate;
      for (let side = -1; side <= 1; side += 2) {
        let when = passage + side * angle;
        for (let round = 0; round < rounds; round++) {
          const sinSun = Math.sin(sun.declination + sun.declinationRate * when);
          const refined = (height - sinLat * sinSun) / (cosLat * Math.sqrt(1 - sinSun * sinSun));
          when = passage + (side * Math.acos(Math.min(1, Math.max(-1, refined)))) / sun.hourAngleRate;
        }
        const seconds = noonSeconds + when * DAY_SECONDS;
        times[side < 0 ? at : at + HEIGHTS.length] = Math.round(seconds / 60) * 60;
      }
    }
  };
};
