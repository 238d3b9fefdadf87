/** The words that the writer and the reader of the index share: what an entity is and how numbers are kept. */

/** Kinds of entities, as kept in the `type` section. The order is not meaningful. */
export const COUNTRY = 0;
export const STATE = 1;
export const COUNTY = 2;
export const CITY = 3;
export const TOWN = 4;
export const VILLAGE = 5;
export const SUBURB = 6;
export const POSTCODE = 7;

/** The contract's `_type` of each kind. */
export const TYPE_NAMES = [
  'country',
  'state',
  'county',
  'city',
  'town',
  'village',
  'suburb',
  'postcode',
] as const;
export type TypeName = (typeof TYPE_NAMES)[number];

/** "No state", "no county", "no parent" in a column of entity ids. */
export const NONE = -1;

/** Coordinates are kept as whole hundred-thousandths of a degree (1.1 m), as GeoNames publishes them. */
export const DEGREE = 100_000;

/** Mean radius of the Earth (IUGG), in metres. */
export const EARTH_METRES = 6_371_008.8;

/** What is known of a country or territory, in the `countries` section. */
export interface CountryRecord {
  /** ISO 3166-1 alpha-2, upper case. */
  readonly alpha2: string;
  /** ISO 3166-1 alpha-3; empty where there is none. */
  readonly alpha3: string;
  /** English name of the continent. */
  readonly continent: string;
  readonly europeanUnion: boolean;
  /** The entity that stands for it. */
  readonly entity: number;
}

/** A state whose ISO 3166-2 code is certain, in the `stateCodes` section. */
export interface StateCode {
  readonly entity: number;
  /** Such as `TX`. */
  readonly code: string;
}

/** Country raster: cells of a quarter degree, row by row from the south-west corner. */
export const CELLS_PER_DEGREE = 4;
export const RASTER_COLUMNS = 360 * CELLS_PER_DEGREE;
export const RASTER_ROWS = 180 * CELLS_PER_DEGREE;
/** A cell with no country. */
export const CELL_EMPTY = 0xffff_ffff;
/** Set in a cell that a border crosses; the other bits number its list of polygons. */
export const CELL_BORDER = 0x8000_0000;

/** Set in an entry of a cell whose centre lies in the area; the other bits number the area. */
export const AREA_INSIDE = 0x8000_0000;
/** A cell's centre from its south-west corner, in hundred-thousandths of a degree; no corner of a border can lie on it. */
export const AREA_CENTRE_LNG = DEGREE / CELLS_PER_DEGREE / 2 + 0.37;
export const AREA_CENTRE_LAT = DEGREE / CELLS_PER_DEGREE / 2 + 0.41;
/** Of no state, in columns that number states. */
export const NO_STATE = 0xffff;

/** Points in a leaf of a country's k-d tree. */
export const TREE_LEAF = 16;

/** FNV-1a over a range of bytes: the hash of a folded key. */
export const hashBytes = (bytes: Uint8Array, from: number, to: number): number => {
  let hash = 0x811c9dc5;
  for (let at = from; at < to; at++) hash = Math.imul(hash ^ (bytes[at] as number), 0x01000193);
  // FNV's low bits are weak for short keys, and the table is indexed by them.
  hash ^= hash >>> 15;
  return Math.imul(hash, 0x2c1b3c6d) >>> 0;
};

/** How much less an entity counts, beside an importance of 0 to 1.3, when it was found by a further name. */
export const ALTERNATE_PENALTY = 0.2;
