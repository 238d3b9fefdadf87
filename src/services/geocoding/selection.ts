/** Which of the entities that bear a name are wanted, in what order, and which of them are one to the reader. */
import { ALTERNATE_PENALTY, DEGREE, STATE, TYPE_NAMES, type TypeName } from './entity.ts';
import type { Sections } from './index-format.ts';
import { openRecords } from './records.ts';
import type { Bounds, Point } from './request.ts';

/** What standing right beside `proximity` is worth, beside an importance of 0 to 1.3, and where half of it is left. */
export const NEAR_BONUS = 0.4;
const NEAR_HALF_KM = 50;
/** Results of one name within so many degrees of latitude (11 km) are one place to the reader. */
const SAME_PLACE = 0.1 * DEGREE;
/** A city and the state around it that bears its name. */
const SAME_AREA = 0.5 * DEGREE;

/** Everything about a query but its words. */
export interface Filter {
  readonly limit: number;
  /** 1 for each country, by number, that is wanted; undefined for all. */
  readonly countries: Uint8Array | undefined;
  /** 1 for each kind that is wanted; undefined for all. */
  readonly types: Uint8Array | undefined;
  readonly bounds: Bounds | undefined;
  readonly proximity: Point | undefined;
  readonly keepDuplicates: boolean;
}

/** The parts of a query that make its filter. */
export interface Wanted {
  readonly limit: number;
  readonly countries?: readonly string[] | undefined;
  readonly types?: readonly TypeName[] | undefined;
  readonly bounds?: Bounds | undefined;
  readonly proximity?: Point | undefined;
  readonly keepDuplicates?: boolean | undefined;
}

export interface Selection {
  filterOf(wanted: Wanted): Filter;
  /** Whether an entity is of a wanted country and kind and in the bounds. */
  passes(entity: number, filter: Filter): boolean;
  /** Whether an entity would read the same as one of those found, and lie in the same place. */
  isRepeated(entity: number, found: readonly number[]): boolean;
  /** How much a posting counts beside others: importance, less for a further name, more for what is near. */
  worth(posting: number, proximity: Point | undefined): number;
  /** What lying near to a point adds to it, up to `NEAR_BONUS`. */
  nearness(entity: number, proximity: Point): number;
}

const typeMask = (types: readonly TypeName[]): Uint8Array => {
  const mask = new Uint8Array(TYPE_NAMES.length);
  for (const type of types) mask[TYPE_NAMES.indexOf(type)] = 1;
  return mask;
};

export const createSelection = (
  sections: Sections,
  countryNumber: ReadonlyMap<string, number>,
): Selection => {
  const { score } = sections;
  const records = openRecords(sections.records);

  const countryMask = (codes: readonly string[]): Uint8Array => {
    const mask = new Uint8Array(countryNumber.size);
    for (const code of codes) {
      const number = countryNumber.get(code);
      if (number !== undefined) mask[number] = 1;
    }
    return mask;
  };

  const same = (a: number, b: number): boolean => {
    if (
      records.nameStart(a) !== records.nameStart(b) ||
      records.nameLength(a) !== records.nameLength(b) ||
      records.country(a) !== records.country(b)
    )
      return false;
    const area = records.type(a) === STATE || records.type(b) === STATE;
    if (!area && records.state(a) !== records.state(b)) return false;
    const reach = area ? SAME_AREA : SAME_PLACE;
    return (
      Math.abs(records.lat(a) - records.lat(b)) < reach && Math.abs(records.lng(a) - records.lng(b)) < reach
    );
  };

  const nearness = (entity: number, { lat: north, lng: east }: Point): number => {
    const dLat = records.lat(entity) / DEGREE - north;
    let dLng = Math.abs(records.lng(entity) / DEGREE - east);
    if (dLng > 180) dLng = 360 - dLng;
    dLng *= Math.cos((north * Math.PI) / 180);
    const km = 111.2 * Math.sqrt(dLat * dLat + dLng * dLng);
    return (NEAR_BONUS * NEAR_HALF_KM) / (NEAR_HALF_KM + km);
  };

  return {
    nearness,

    filterOf: ({ limit, countries, types, bounds, proximity, keepDuplicates = false }) => ({
      limit,
      countries: countries === undefined ? undefined : countryMask(countries),
      types: types === undefined ? undefined : typeMask(types),
      bounds,
      proximity,
      keepDuplicates,
    }),

    passes(entity, { countries, types, bounds }) {
      if (countries !== undefined && countries[records.country(entity)] !== 1) return false;
      if (types !== undefined && types[records.type(entity)] !== 1) return false;
      if (bounds === undefined) return true;
      const north = records.lat(entity) / DEGREE;
      const east = records.lng(entity) / DEGREE;
      return north >= bounds.south && north <= bounds.north && east >= bounds.west && east <= bounds.east;
    },

    isRepeated(entity, found) {
      for (const other of found) if (same(entity, other)) return true;
      return false;
    },

    worth(posting, proximity) {
      const own = (score[posting >> 1] as number) - (posting & 1) * ALTERNATE_PENALTY;
      return proximity === undefined ? own : own + nearness(posting >> 1, proximity);
    },
  };
};
