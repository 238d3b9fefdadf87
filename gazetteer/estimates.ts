import { CITY, COUNTRY, DEGREE, STATE, SUBURB, TOWN, VILLAGE } from '../src/services/geocoding/entity.ts';

/** What GeoNames does not say and has to be estimated: kind of place, importance, extent and confidence. */

/** GeoNames feature codes of first-order seats and capitals, which are cities whatever their population. */
const SEATS: ReadonlySet<string> = new Set(['PPLC', 'PPLA']);

/** city from 100,000 people or as a first-order seat, town from 5,000, suburb for a section of a place, else village. */
export const placeType = (feature: string, population: number): number => {
  if (feature === 'PPLX') return SUBURB;
  if (population >= 100_000 || (SEATS.has(feature) && population >= 20_000) || feature === 'PPLC')
    return CITY;
  return population >= 5_000 || feature === 'PPLA' ? TOWN : VILLAGE;
};

/**
 * What a rank is worth beside the people; a tenth is ten times as many. In published questions (the largest cities of the
 * United States, Mapzen's cities of the world) a larger namesake was meant more often than a smaller seat.
 */
const FEATURE_WEIGHT: Readonly<Record<string, number>> = {
  PPLC: 0.12,
  PPLA: 0.05,
  PPLA2: 0.02,
  PPLA3: 0.01,
  PPLX: -0.1,
  PPLQ: -0.3,
  PPLH: -0.3,
  PPLW: -0.3,
  PPLCH: -0.3,
};

/**
 * Importance of a place, about 0 to 1.3: a tenth for each power of ten of its population, its rank as a seat, and how
 * many names the world has for it.
 */
export const placeImportance = (feature: string, population: number, names: number): number =>
  0.1 * Math.log10(1 + population) + (FEATURE_WEIGHT[feature] ?? 0) + 0.02 * Math.log2(1 + names);

/** Importance of an area, from the people in its places: countries lead, states stand beside large cities, counties behind towns. */
export const areaImportance = (type: number, population: number): number => {
  const digits = Math.log10(1 + population);
  if (type === COUNTRY) return 0.7 + 0.1 * digits;
  return type === STATE ? 0.1 + 0.08 * digits : 0.05 * digits;
};

/** People on a square kilometre of a built-up place; about what OpenStreetMap's city boundaries hold. */
const DENSITY = 1_500;
const SMALLEST_KM = 0.3;
const LARGEST_KM = 30;
/** Radius of a place whose population is not known. */
const UNKNOWN_KM = 0.5;

/** Radius of the disc that a place's people would fill at 1,500 to the square kilometre, 0.3 to 30 km. */
export const placeRadiusKm = (population: number): number =>
  population === 0
    ? UNKNOWN_KM
    : Math.min(LARGEST_KM, Math.max(SMALLEST_KM, Math.sqrt(population / (Math.PI * DENSITY))));

/** So far a postcode is taken to reach from where it stands, for want of its outline. */
export const POSTCODE_RADIUS_KM = 2.5;

/** Importance of a postcode: behind all places, and among postcodes of one spelling by the people of its town. */
export const postcodeImportance = (population: number): number => -0.4 + 0.02 * Math.log10(1 + population);

const KM_PER_DEGREE = 111.195;

/** A box as [south, west, north, east] in hundred-thousandths of a degree. */
export type Box = readonly [number, number, number, number];

const clampLat = (lat: number): number => Math.round(Math.min(90, Math.max(-90, lat)) * DEGREE);
const clampLng = (lng: number): number => Math.round(Math.min(180, Math.max(-180, lng)) * DEGREE);

/** The box around a box (in degrees), `km` wider on each side; it ends at the poles and at the antimeridian. */
export const boxAround = (south: number, west: number, north: number, east: number, km: number): Box => {
  const dLat = km / KM_PER_DEGREE;
  const widest = Math.max(Math.abs(south), Math.abs(north));
  const dLng = dLat / Math.max(0.01, Math.cos((widest * Math.PI) / 180));
  return [clampLat(south - dLat), clampLng(west - dLng), clampLat(north + dLat), clampLng(east + dLng)];
};

/** Upper ends of the box's diagonal in km, and the contract's confidence for each. */
const CONFIDENCE: readonly (readonly [number, number])[] = [
  [0.25, 10],
  [0.5, 9],
  [1, 8],
  [5, 7],
  [7.5, 6],
  [10, 5],
  [15, 4],
  [20, 3],
  [25, 2],
];

/** The contract's confidence, 1 to 10, of a box: how small its diagonal is. Astride the antimeridian, west is more than east. */
export const boxConfidence = ([south, west, north, east]: Box): number => {
  const middle = ((south + north) / 2 / DEGREE) * (Math.PI / 180);
  const height = ((north - south) / DEGREE) * KM_PER_DEGREE;
  const span = east < west ? east - west + 360 * DEGREE : east - west;
  const width = (span / DEGREE) * KM_PER_DEGREE * Math.cos(middle);
  const diagonal = Math.hypot(height, width);
  return CONFIDENCE.find(([limit]) => diagonal < limit)?.[1] ?? 1;
};

/** Whether a kind is a place in its own right, which a suburb can be part of. */
export const isTown = (type: number): boolean => type === CITY || type === TOWN || type === VILLAGE;
