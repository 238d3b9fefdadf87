/** The words of a row's texts as one expression: what search asks for and what its index is made of have to be the same text. */
import type { Column } from './catalogue.ts';
import { isText } from './column-types.ts';
import { quoteName } from './sql.ts';

/** Columns of text that are looked at, and letters of all together: a `tsvector` holds a megabyte, and a row beyond it could not be written. */
const MOST_COLUMNS = 100;
const MOST_LETTERS = 100_000;

/** Names of the columns whose texts are searched, in their order. */
export const searchedColumns = (columns: readonly Pick<Column, 'name' | 'type'>[]): readonly string[] =>
  columns
    .filter(({ type }) => isText(type))
    .slice(0, MOST_COLUMNS)
    .map(({ name }) => name);

/** A `tsvector` of words as they are written (`simple`). @param names of the catalogue, one at least. @param row such as `"t".`. */
export const wordsSql = (names: readonly string[], row = ''): string => {
  const texts = names.map((name) => `coalesce(${row}${quoteName(name)}::text, '')`);
  return `to_tsvector('simple'::regconfig, left(${texts.join(` || ' ' || `)}, ${MOST_LETTERS}))`;
};
