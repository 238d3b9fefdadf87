/**
 * What is known of an entity, in sixteen whole numbers: one cache line, because an answer reads nearly all of them and
 * a search through a hundred namesakes waits for memory more than for anything else.
 */
export const RECORD_FIELDS = [
  'lat',
  'lng',
  'south',
  'west',
  'north',
  'east',
  'nameStart',
  'nameLength',
  'state',
  'county',
  'parent',
  'population',
  'type',
  'country',
  'confidence',
  'timezone',
] as const;
export type RecordField = (typeof RECORD_FIELDS)[number];

/** Numbers in a record. */
export const RECORD_LENGTH = RECORD_FIELDS.length;

/**
 * Fields of an entity by its id. Coordinates are in hundred-thousandths of a degree, names are ranges of the `names`
 * section, `state`, `county` and `parent` are ids or `NONE`, `country` and `timezone` are places in their tables.
 */
export type Records = { readonly [Field in RecordField]: (id: number) => number };

const at = (id: number): number => id * RECORD_LENGTH;

/** Reads the `records` section. */
export const openRecords = (numbers: Int32Array): Records => {
  // One function for each field, written out, so that each has its offset as a constant and is inlined.
  return {
    lat: (id) => numbers[at(id)] as number,
    lng: (id) => numbers[at(id) + 1] as number,
    south: (id) => numbers[at(id) + 2] as number,
    west: (id) => numbers[at(id) + 3] as number,
    north: (id) => numbers[at(id) + 4] as number,
    east: (id) => numbers[at(id) + 5] as number,
    nameStart: (id) => numbers[at(id) + 6] as number,
    nameLength: (id) => numbers[at(id) + 7] as number,
    state: (id) => numbers[at(id) + 8] as number,
    county: (id) => numbers[at(id) + 9] as number,
    parent: (id) => numbers[at(id) + 10] as number,
    population: (id) => numbers[at(id) + 11] as number,
    type: (id) => numbers[at(id) + 12] as number,
    country: (id) => numbers[at(id) + 13] as number,
    confidence: (id) => numbers[at(id) + 14] as number,
    timezone: (id) => numbers[at(id) + 15] as number,
  };
};
