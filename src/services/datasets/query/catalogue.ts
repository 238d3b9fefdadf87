/** What is known of one dataset's table: the only source of every name that comes into SQL. */
import { COLUMN_TYPES, type ColumnType } from './column-types.ts';

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  /** SQL of the default as `pg_get_expr` gives it, never anything that a request brought; left out: null. */
  readonly defaultSql?: string;
  /** Computed by PostgreSQL and never written. */
  readonly generated?: boolean;
}

export interface TableDescription {
  readonly schema: string;
  readonly table: string;
  /** As callers know it, for addresses and messages. */
  readonly name: string;
  readonly columns: readonly Column[];
  /** Columns of the primary key; empty where there is none. */
  readonly key: readonly string[];
  /** Further unique keys, each a list of columns, which `on_conflict` may name. */
  readonly uniques?: readonly (readonly string[])[];
  /**
   * A unique int8 column beside these that callers may name but never write; `*` leaves it out. It is the order of rows
   * where a read asks for none, so that pages can go on behind a row.
   */
  readonly rowColumn?: string;
}

export interface Catalogue extends TableDescription {
  column(name: string): Column | undefined;
  /** Whether a unique index has exactly these columns, in any order. */
  isUnique(names: readonly string[]): boolean;
}

/** PostgreSQL cuts longer names silently (NAMEDATALEN), which would let two collide. */
const LONGEST_NAME_BYTES = 63;
/** PostgreSQL's limit of columns in one table. */
const MOST_COLUMNS = 1_600;

const isName = (name: string): boolean =>
  name !== '' && !name.includes('\0') && name.isWellFormed() && Buffer.byteLength(name) <= LONGEST_NAME_BYTES;

/** Checks a description once, so that rendering can trust it. Throws a TypeError that names nothing of it. */
export const createCatalogue = (description: TableDescription): Catalogue => {
  const { schema, table, columns, key, uniques = [] } = description;
  const byName = new Map(columns.map((column) => [column.name, column]));
  const names = [schema, table, ...columns.map(({ name }) => name)];
  if (!names.every(isName)) throw new TypeError('A name of a dataset is none that PostgreSQL can hold.');
  if (byName.size !== columns.length) throw new TypeError('Two columns of a dataset have the same name.');
  if (columns.length === 0 || columns.length > MOST_COLUMNS)
    throw new TypeError('A dataset has between 1 and 1600 columns.');
  if (!columns.every(({ type }) => COLUMN_TYPES.includes(type)))
    throw new TypeError('A column of a dataset has a type that datasets have not.');
  const keys = [key, ...uniques].filter((list) => list.length > 0);
  if (!keys.every((list) => list.every((name) => byName.has(name))))
    throw new TypeError('A key of a dataset names a column that it has not.');
  const sorted = new Set(keys.map((list) => JSON.stringify(list.toSorted())));
  const { rowColumn } = description;
  if (rowColumn !== undefined) {
    if (!isName(rowColumn) || byName.has(rowColumn))
      throw new TypeError('The column of row numbers of a dataset is one of its columns.');
    byName.set(rowColumn, { name: rowColumn, type: 'int8', generated: true });
  }
  return {
    ...description,
    column: (name) => byName.get(name),
    isUnique: (wanted) => sorted.has(JSON.stringify(wanted.toSorted())),
  };
};
