/** The tables of generations as the query language knows them; remembered, since a generation never changes its columns. */
import { CONTENT_SCHEMA, contentTable, contentView, ROW_COLUMN } from '../access/content.ts';
import { createCatalogue, type Catalogue } from '../query/catalogue.ts';
import { COLUMN_TYPES, type ColumnType } from '../query/column-types.ts';

/** One generation: its rows as they are now, as they were at a version, and the table that changes are made to. */
export interface Tables {
  readonly now: Catalogue;
  readonly at: Catalogue;
  readonly base: Catalogue;
}

/** What the database says of a generation. */
export interface GenerationRow {
  readonly name: string;
  readonly generation: number | null;
  /** `[{"name": …, "type": …}]`. */
  readonly columns: unknown;
  readonly key: readonly string[] | null;
}

const isColumnType = (text: unknown): text is ColumnType =>
  (COLUMN_TYPES as readonly unknown[]).includes(text);

const columnOf = (value: unknown): { readonly name: string; readonly type: ColumnType } => {
  const { name, type } = (value ?? {}) as { readonly name?: unknown; readonly type?: unknown };
  if (typeof name !== 'string' || !isColumnType(type))
    throw new TypeError('A column of a dataset is of another form than we write.');
  return { name, type };
};

/**
 * Makes the three catalogues of a generation. Throws a TypeError where what the database says is of another form.
 * @param dataset the dataset's id.
 */
export const tablesOf = (dataset: string, { name, generation, columns, key }: GenerationRow): Tables => {
  if (generation === null || !Array.isArray(columns))
    throw new TypeError('A dataset without content has no tables.');
  const of = (table: string): Catalogue =>
    createCatalogue({
      schema: CONTENT_SCHEMA,
      table,
      name,
      columns: columns.map(columnOf),
      key: key ?? [],
      rowColumn: ROW_COLUMN,
    });
  return {
    now: of(contentView(dataset, generation, 'now')),
    at: of(contentView(dataset, generation, 'at')),
    base: of(contentTable(dataset, generation)),
  };
};

/** Generations that one thread remembers; the longest unused one goes first. */
const MOST_REMEMBERED = 500;

export interface TableMemory {
  get(dataset: string, generation: number): Tables | undefined;
  put(dataset: string, generation: number, tables: Tables): void;
}

/** Holds what was read once. Names of columns and types only; whether somebody may know them is asked every time. */
export const createTableMemory = (): TableMemory => {
  const known = new Map<string, Tables>();
  return {
    get: (dataset, generation) => known.get(`${dataset} ${generation}`),
    put: (dataset, generation, tables) => {
      const key = `${dataset} ${generation}`;
      known.delete(key);
      known.set(key, tables);
      for (const oldest of known.keys()) {
        if (known.size <= MOST_REMEMBERED) break;
        known.delete(oldest);
      }
    },
  };
};
