/** Rows of GeoNames' main table (`allCountries`, `cities500`, `DE`): what is wanted of them, and whether they are sound. */
import { isDamagedText, placeOf, type PlaceRow } from '../sources.ts';
import type { DumpRow, RowFault } from './dump-rows.ts';

/** Columns of the main table, as its readme.txt has them. */
export const PLACE_COLUMNS = 19;

const NAME = 1;
const ALTERNATES = 3;
const CLASS = 6;
const FEATURE = 7;

const POPULATED = 0x50;
const AREA = 0x41;

/** Longest texts in bytes: 200 and 10,000 characters of UTF-8, and codes of letters and digits. */
const LONGEST: readonly (readonly [column: number, bytes: number, field: string])[] = [
  [0, 10, 'geonameid'],
  [NAME, 800, 'name'],
  [2, 800, 'asciiname'],
  [ALTERNATES, 40_000, 'alternatenames'],
  [4, 20, 'latitude'],
  [5, 20, 'longitude'],
  [FEATURE, 10, 'feature code'],
  [8, 2, 'country code'],
  [10, 40, 'admin1 code'],
  [11, 160, 'admin2 code'],
  [14, 20, 'population'],
  [17, 80, 'timezone'],
];

/** A state, county or country of the table, with its further names. */
export interface AreaRow {
  /** `US.TX`, `US.TX.453`, or alpha-2. */
  readonly code: string;
  readonly geonameId: number;
  readonly names: readonly string[];
}

export interface PlaceTakers {
  place(row: PlaceRow): void;
  area(row: AreaRow): void;
}

const isNumber = (text: string): boolean => /^-?\d{1,12}(?:\.\d{1,15})?$/u.test(text);

const areaOf = (row: DumpRow, feature: string): AreaRow | undefined => {
  const country = row.text(8);
  const admin1 = row.text(10);
  const admin2 = row.text(11);
  if (country.length !== 2) return undefined;
  const code =
    feature === 'ADM1'
      ? `${country}.${admin1}`
      : feature === 'ADM2'
        ? `${country}.${admin1}.${admin2}`
        : feature.startsWith('PCL') && feature !== 'PCLH'
          ? country
          : undefined;
  if (code === undefined) return undefined;
  const alternates = row.text(ALTERNATES);
  const names = [row.text(NAME), ...(alternates === '' ? [] : alternates.split(','))].filter(
    (name) => !isDamagedText(name),
  );
  return { code, geonameId: Number(row.text(0)), names };
};

/** What a coordinate and the lengths of a row have wrong. */
const faultOf = (row: DumpRow): RowFault => {
  for (const [column, bytes, field] of LONGEST) if (row.length(column) > bytes) return `${field} is too long`;
  if (!/^[1-9]\d*$/u.test(row.text(0))) return 'geonameid is no number';
  const lat = row.text(4);
  const lng = row.text(5);
  if (!isNumber(lat) || Math.abs(Number(lat)) > 90) return 'latitude is not from -90 to 90';
  if (!isNumber(lng) || Math.abs(Number(lng)) > 180) return 'longitude is not from -180 to 180';
  if (row.length(14) > 0 && !isNumber(row.text(14))) return 'population is no number';
  return undefined;
};

/**
 * Looks at one row and hands it on where it is a populated place, a state, a county or a country. Rows of mountains, rivers
 * and so on are checked as well and counted as unwanted.
 */
export const createPlaceVisitor = (
  takers: PlaceTakers,
): { visit(row: DumpRow): RowFault; readonly unwanted: number } => {
  let unwanted = 0;
  const columns: string[] = [];
  return {
    get unwanted() {
      return unwanted;
    },
    visit(row) {
      const fault = faultOf(row);
      if (fault !== undefined) return fault;
      const kind = row.firstByte(CLASS);
      if (kind !== POPULATED && kind !== AREA) {
        unwanted++;
        return undefined;
      }
      if (kind === AREA) {
        const area = areaOf(row, row.text(FEATURE));
        if (area === undefined) unwanted++;
        else takers.area(area);
        return undefined;
      }
      for (let column = 0; column < PLACE_COLUMNS; column++) columns[column] = row.text(column);
      const place = placeOf(columns);
      if (place === undefined) {
        unwanted++;
        return undefined;
      }
      if (isDamagedText(place.name) || isDamagedText(place.asciiName)) return 'a name is not UTF-8';
      if (!/^[A-Z]{2}$/u.test(place.country)) return 'country code is not two letters';
      takers.place(place);
      return undefined;
    },
  };
};
