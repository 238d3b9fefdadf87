/** The only place that writes statements about indexes of datasets: names from the catalogue, in quotes, and words of our own. */
import { CONTENT_SCHEMA, contentTable, type ContentColumn } from '../../services/datasets/access/content.ts';
import { isText, type ColumnType } from '../../services/datasets/query/column-types.ts';
import { quoteName } from '../../services/datasets/query/sql.ts';
import { searchedColumns, wordsSql } from '../../services/datasets/query/words-sql.ts';
import { renderedStatement, type RenderedStatement } from '../../store/rendered.ts';

/** Columns of one index at most, as migration 0021 has it. */
export const MOST_INDEX_COLUMNS = 4;

const ORDERED: ReadonlySet<ColumnType> = new Set<ColumnType>([
  'bool',
  'int2',
  'int4',
  'int8',
  'numeric',
  'float4',
  'float8',
  'date',
  'time',
  'timetz',
  'timestamp',
  'timestamptz',
  'interval',
  'uuid',
  'inet',
]);

/** In which way an index of one column of this type serves reads; undefined where none does. */
export const servedBy = (type: ColumnType): 'equal' | 'order' | undefined => {
  if (ORDERED.has(type)) return 'order';
  // A tree refuses texts of more than 2.7 kB, also those that are written later; hashes take any.
  return isText(type) ? 'equal' : undefined;
};

/** Whether there can be such an index: up to four columns that have an order, or one of text. */
export const canIndex = (types: readonly ColumnType[]): boolean =>
  types.length > 0 &&
  types.length <= MOST_INDEX_COLUMNS &&
  (types.length === 1
    ? servedBy(types[0] ?? 'json') !== undefined
    : types.every((type) => ORDERED.has(type)));

export interface WantedIndex {
  readonly dataset: string;
  readonly generation: number;
  readonly number: number;
  /** None: of all texts, for search. */
  readonly columns: readonly string[];
}

/** What PostgreSQL calls it; below its 63 bytes, since a dataset's id has 30. */
export const indexName = ({ dataset, generation, number }: Omit<WantedIndex, 'columns'>): string =>
  `${contentTable(dataset, generation)}_i${number}`;

const schema = quoteName(CONTENT_SCHEMA);

/** Undefined where the generation's columns are not such that it can be made. */
export const renderCreateIndex = (
  wanted: WantedIndex,
  content: readonly ContentColumn[],
): RenderedStatement | undefined => {
  const head = `create index concurrently ${quoteName(indexName(wanted))} on ${schema}.${quoteName(contentTable(wanted.dataset, wanted.generation))} using`;
  if (wanted.columns.length === 0) {
    const names = searchedColumns(content);
    return names.length === 0 ? undefined : renderedStatement(`${head} gin (${wordsSql(names)})`);
  }
  const found = wanted.columns.flatMap((name) => content.filter((column) => column.name === name));
  if (found.length !== wanted.columns.length || !canIndex(found.map(({ type }) => type))) return undefined;
  const method = found.every(({ type }) => isText(type)) ? 'hash' : 'btree';
  return renderedStatement(`${head} ${method} (${found.map(({ name }) => quoteName(name)).join(', ')})`);
};

/** @param name of an index in the schema of content, as PostgreSQL has it. */
export const renderDropIndex = (name: string): RenderedStatement =>
  renderedStatement(`drop index concurrently if exists ${schema}.${quoteName(name)}`);

/** So that the planner knows what an expression holds. */
export const renderAnalyze = ({ dataset, generation }: WantedIndex): RenderedStatement =>
  renderedStatement(`analyze ${schema}.${quoteName(contentTable(dataset, generation))}`);
