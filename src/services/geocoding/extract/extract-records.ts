/** Fields of the records of an extract, by their place in the record: what its writer and its reader share. */

/** Coordinates of an extract are whole ten-millionths of a degree, as OpenStreetMap has them. */
export const FINE_DEGREE = 10_000_000;

/**
 * What a house, street or spot lies in. Fields but the last three are references to texts: where in `texts` two bytes of
 * length and then the UTF-8 stand, 0 for none.
 */
export const CONTEXT = {
  suburb: 0,
  place: 1,
  placeType: 2,
  county: 3,
  state: 4,
  /** ISO 3166-2, such as `LI-11`. */
  stateIso: 5,
  /** ISO 3166-1 alpha-2. */
  country: 6,
  postcode: 7,
  /** The city as its addresses call it, where that is another name than the place's. */
  postalCity: 8,
  population: 9,
  lat: 10,
  lng: 11,
} as const;
export const CONTEXT_LENGTH = 12;

/** A street: all stretches of one name in one place. */
export const STREET = {
  name: 0,
  context: 1,
  lat: 2,
  lng: 3,
  south: 4,
  west: 5,
  north: 6,
  east: 7,
  /** Its houses follow each other, ordered by number. */
  houseStart: 8,
  houseCount: 9,
  /** Number in `facts` of its first stretch; -1 where it has no line. */
  facts: 10,
  /** 1 where it is no street but a place that houses are counted in. */
  isPlace: 11,
} as const;
export const STREET_LENGTH = 12;

/** A stretch of a street: its first vertex (they run up to the next piece's), its street, and its number in `facts`. */
export const PIECE_LENGTH = 3;

export const HOUSE = {
  lat: 0,
  lng: 1,
  number: 2,
  /** The digits at the beginning of the number. */
  value: 3,
  street: 4,
  context: 5,
  name: 6,
  type: 7,
  category: 8,
} as const;
export const HOUSE_LENGTH = 9;

/** Anything else that has a name. */
export const SPOT = {
  kind: 0,
  lat: 1,
  lng: 2,
  south: 3,
  west: 4,
  north: 5,
  east: 6,
  name: 7,
  type: 8,
  category: 9,
  context: 10,
  number: 11,
  street: 12,
  population: 13,
  wikidata: 14,
} as const;
export const SPOT_LENGTH = 15;

/** Kinds of spots. */
export const SPOT_POI = 0;
export const SPOT_PLACE = 1;
export const SPOT_AREA = 2;
export const SPOT_POSTCODE = 3;

/** A posting has what it is of in its two highest bits, and the number of the record in the others. */
export const POSTING_STREET = 0;
export const POSTING_SPOT = 1;
export const POSTING_CONTEXT = 2;
export const POSTING_BITS = 30;
export const POSTING_MASK = 0x3fff_ffff;

/** The contract's closed list of `_category`, in the order in which records number it. */
export const CATEGORIES = [
  'unknown',
  'agriculture',
  'building',
  'commerce',
  'construction',
  'education',
  'fictitious',
  'financial',
  'government',
  'health',
  'industrial',
  'military',
  'natural/water',
  'outdoors/recreation',
  'place',
  'place_of_worship',
  'postcode',
  'road',
  'social',
  'transportation',
  'travel/tourism',
] as const;

/** What a stretch of road is like, in the `facts` section, under the contract's names. */
export interface PieceFacts {
  readonly road_type: string;
  readonly road_reference?: string;
  readonly oneway?: 'yes' | 'no';
  readonly lanes?: number;
  readonly maxspeed?: number;
  readonly minspeed?: number;
  readonly surface?: string;
  readonly toll?: 'yes' | 'no';
  readonly tunnel?: 'yes' | 'no';
  readonly width?: number;
  readonly maxheight?: number;
  readonly maxweight?: number;
  readonly maxwidth?: number;
}
