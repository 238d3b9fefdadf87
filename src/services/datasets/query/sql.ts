/** Builds one statement: text of our own words and of names from the catalogue, and everything else as parameters. */
import type { Catalogue } from './catalogue.ts';
import type { ColumnType } from './column-types.ts';

/** A statement as PostgreSQL takes it; `values` are the texts of `$1`, `$2`, …. */
export interface Statement {
  readonly text: string;
  readonly values: readonly string[];
}

/** A name in quotes (PostgreSQL manual §4.1.1). Only ever called with names from the catalogue or of our own. */
export const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`;

export const tableOf = ({ schema, table }: Catalogue): string => `${quoteName(schema)}.${quoteName(table)}`;

/** Types that parameters have besides those of columns. */
type ParameterType = ColumnType | 'regconfig';

export interface Parameters {
  readonly values: readonly string[];
  /**
   * Takes a value and gives what stands for it: `$3::int4`. The same value of the same type is one parameter, so that
   * PostgreSQL sees the same expression where the same JSON path stands in two clauses.
   */
  add(value: string, type: ParameterType): string;
}

export const createParameters = (): Parameters => {
  const values: string[] = [];
  const known = new Map<string, string>();
  return {
    values,
    add: (value, type) => {
      const id = `${type} ${value}`;
      const found = known.get(id);
      if (found !== undefined) return found;
      values.push(value);
      const made = `$${values.length}::${type}`;
      known.set(id, made);
      return made;
    },
  };
};

/** An array's text (PostgreSQL manual §8.15.2): every element in quotes, so that none is read as NULL. */
export const arrayText = (values: readonly string[]): string =>
  `{${values.map((value) => `"${value.replaceAll(/["\\]/g, String.raw`\$&`)}"`).join(',')}}`;
