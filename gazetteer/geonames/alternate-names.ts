/** Rows of GeoNames' `alternateNamesV2`: further names of what the main table has, most of them with their language. */
import { isDamagedText } from '../sources.ts';
import type { DumpRow, RowFault } from './dump-rows.ts';

/** The older table has no years. */
export const LEAST_ALTERNATE_COLUMNS = 8;
export const MOST_ALTERNATE_COLUMNS = 10;

/** What stands in the column of languages and is no language: codes, links, and names in notations of their own. */
const NO_LANGUAGES: ReadonlySet<string> = new Set([
  'post',
  'link',
  'wkdt',
  'iata',
  'icao',
  'faac',
  'tcid',
  'unlc',
  'phon',
  'abbr',
]);

/** What is best shown as a name: the preferred one, then any, then a short one. Others can only be searched for. */
export const PREFERRED = 0;
export const USUAL = 1;
export const SHORT = 2;
export const SEARCHED_ONLY = 3;

export interface AlternateName {
  readonly geonameId: number;
  /** BCP 47 tag in lower case; empty where none is given. */
  readonly language: string;
  readonly name: string;
  readonly rank: number;
}

const rankOf = (row: DumpRow): number => {
  const isSet = (column: number): boolean => row.firstByte(column) === 0x31;
  // Colloquial and historic names are no labels: `Big Apple`, `Leningrad`.
  if (isSet(6) || isSet(7)) return SEARCHED_ONLY;
  if (isSet(4)) return PREFERRED;
  return isSet(5) ? SHORT : USUAL;
};

/** @param take is handed each sound name. */
export const createAlternateVisitor =
  (take: (name: AlternateName) => void): ((row: DumpRow) => RowFault) =>
  (row) => {
    if (row.length(0) > 10 || row.length(1) > 10) return 'a number is too long';
    if (!/^[1-9]\d*$/u.test(row.text(1))) return 'geonameid is no number';
    if (row.length(2) > 35) return 'the language is too long';
    const written = row.text(2);
    if (NO_LANGUAGES.has(written)) return undefined;
    if (row.length(3) > 1_600 || row.length(3) === 0) return 'the name is empty or too long';
    const name = row.text(3);
    if (isDamagedText(name)) return 'a name is not UTF-8';
    const isTag = /^[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$/u.test(written);
    take({
      geonameId: Number(row.text(1)),
      language: isTag ? written : '',
      name,
      rank: isTag ? rankOf(row) : SEARCHED_ONLY,
    });
    return undefined;
  };
