import { DEGREE } from '../src/services/geocoding/entity.ts';
import { createGrowing, bytesOf, floatsOf, integersOf, shortsOf, wordsOf, type Growing } from './growing.ts';
import { createNameBlob, type NameBlob } from './name-blob.ts';

/** Numbers each different text, in the order of its first appearance. */
export interface Numbering {
  readonly texts: string[];
  numberOf(text: string): number;
}

/** @param texts what is numbered already. */
export const createNumbering = (texts: string[] = []): Numbering => {
  const numbers = new Map(texts.map((text, number) => [text, number]));
  return {
    texts,
    numberOf(text) {
      const known = numbers.get(text);
      if (known !== undefined) return known;
      numbers.set(text, texts.length);
      return texts.push(text) - 1;
    },
  };
};

/** "None" in the columns `state`, `county` and `parent`. */
export const NO_ROW = -1;

const COLUMNS = {
  /** Hundred-thousandths of a degree. */
  lat: integersOf,
  lng: integersOf,
  population: integersOf,
  /** Number among the draft's country codes. */
  country: shortsOf,
  /** Numbers among the draft's areas. */
  state: integersOf,
  county: integersOf,
  /** A row of this table: the town that a suburb or postcode belongs to. */
  parent: integersOf,
  type: bytesOf,
  /** Numbers among the draft's feature codes and time zones. */
  feature: shortsOf,
  timezone: shortsOf,
  score: floatsOf,
  /** GeoNames' number, 0 where there is none. */
  geonameId: wordsOf,
  /** Number in `names`. */
  name: wordsOf,
} as const;

type ColumnName = keyof typeof COLUMNS;
const COLUMN_NAMES = Object.keys(COLUMNS) as ColumnName[];
type Columns = { readonly [Name in ColumnName]: Growing<ReturnType<(typeof COLUMNS)[Name]>> };
export type ColumnViews = { readonly [Name in ColumnName]: ReturnType<(typeof COLUMNS)[Name]> };

/** One row; all that is not a number is a number of something. */
export type PlaceEntry = { readonly [Name in ColumnName]: number };

/** Places and postcodes on their way into the index, some sixty bytes and a name each. */
export interface PlaceTable extends Columns {
  readonly length: number;
  readonly names: NameBlob;
  readonly features: Numbering;
  readonly timezones: Numbering;
  add(entry: PlaceEntry): number;
  /** All that `createPlaceTable` makes it of again. */
  parts(): PlaceParts;
}

export interface PlaceParts {
  readonly columns: ColumnViews;
  readonly names: ReturnType<NameBlob['parts']>;
  readonly features: string[];
  readonly timezones: string[];
}

/** @param given rows that are there already, from `parts`. */
export const createPlaceTable = (given?: PlaceParts): PlaceTable => {
  const columns = Object.fromEntries(
    COLUMN_NAMES.map((name) => [
      name,
      createGrowing(COLUMNS[name] as typeof wordsOf, given?.columns[name] as never),
    ]),
  ) as unknown as Columns;
  const names = createNameBlob(given?.names);
  const features = createNumbering(given?.features);
  const timezones = createNumbering(given?.timezones);

  return {
    ...columns,
    get length() {
      return columns.lat.length;
    },
    names,
    features,
    timezones,
    add(entry) {
      for (const name of COLUMN_NAMES) columns[name].push(entry[name]);
      return columns.lat.length - 1;
    },
    parts: () => ({
      columns: Object.fromEntries(
        COLUMN_NAMES.map((name) => [name, columns[name].view()]),
      ) as unknown as ColumnViews,
      names: names.parts(),
      features: features.texts,
      timezones: timezones.texts,
    }),
  };
};

/** Names of the columns, for what keeps them on the disk. */
export const PLACE_COLUMNS: readonly ColumnName[] = COLUMN_NAMES;
/** An empty column of a kind. */
export const emptyColumn = (name: ColumnName, length: number): ColumnViews[ColumnName] =>
  COLUMNS[name](length);

/** A coordinate as the index keeps it. */
export const inUnits = (degrees: number): number => Math.round(degrees * DEGREE);
