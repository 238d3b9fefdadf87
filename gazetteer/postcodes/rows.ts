/** Postcodes as they are read: one row for each pair of a code and a place, gathered by code. */

export interface PostcodeRow {
  /** ISO 3166-1 alpha-2, upper case. */
  readonly country: string;
  readonly code: string;
  /** What the post calls the place; may be empty. */
  readonly place: string;
  /** Code and name of the state as the list has them; either may be empty. */
  readonly stateCode: string;
  readonly stateName: string;
  /** Degrees. */
  readonly lat: number;
  readonly lng: number;
  /** Whether the place's name is a town's; false where it may be a region's. */
  readonly isTown: boolean;
}

/** All rows of one code of one country. */
export interface Postcode {
  readonly country: string;
  readonly code: string;
  /** The first few rows. */
  readonly rows: PostcodeRow[];
  latSum: number;
  lngSum: number;
  count: number;
}

/** Places of one code that are looked at when its town is chosen. */
const MOST_ROWS = 8;
/** Rows of one code on both sides of the antimeridian have no mean. */
const ASTRIDE = 180;

/** What a postcode looks like: letters, digits, spaces and hyphens, at most 20. */
export const POSTCODE_SHAPE = /^[\p{L}\p{N}][\p{L}\p{N} -]{0,19}$/u;

/** Gathers rows by country and code. */
export interface PostcodeList {
  readonly size: number;
  readonly countries: ReadonlySet<string>;
  add(row: PostcodeRow): void;
  all(): Iterable<Postcode>;
}

export const createPostcodeList = (): PostcodeList => {
  const byCountry = new Map<string, Map<string, Postcode>>();
  let size = 0;
  return {
    get size() {
      return size;
    },
    get countries() {
      return new Set(byCountry.keys());
    },
    add(row) {
      let codes = byCountry.get(row.country);
      if (codes === undefined) {
        codes = new Map();
        byCountry.set(row.country, codes);
      }
      const known = codes.get(row.code);
      if (known === undefined) {
        const { country, code, lat, lng } = row;
        codes.set(code, { country, code, rows: [row], latSum: lat, lngSum: lng, count: 1 });
        size++;
        return;
      }
      if (known.rows.length < MOST_ROWS) known.rows.push(row);
      if (Math.abs(known.lngSum / known.count - row.lng) > ASTRIDE) return;
      known.latSum += row.lat;
      known.lngSum += row.lng;
      known.count++;
    },
    *all() {
      for (const codes of byCountry.values()) yield* codes.values();
    },
  };
};
