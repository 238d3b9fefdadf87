/** Which indexes would serve the reads that were seen. */
import type { ContentColumn } from '../../services/datasets/access/content.ts';
import { searchedColumns } from '../../services/datasets/query/words-sql.ts';
import { servedBy } from './index-sql.ts';
import { USE_DAYS } from './limits.ts';

/** How often reads asked in one way; `column` is empty for search. */
export interface SeenUse {
  readonly column: string;
  readonly kind: string;
  readonly count: number;
}

export interface Suggestion {
  readonly kind: 'columns' | 'search';
  readonly columns: string[];
  /** Reads that it would have served. */
  readonly count: number;
  /** One sentence. */
  readonly why: string;
}

export interface SeenDataset {
  readonly columns: readonly ContentColumn[];
  readonly rows: number;
  /** Columns of the key and of each index, in their order; an empty list is the one for search. */
  readonly indexed: readonly (readonly string[])[];
  readonly uses: readonly SeenUse[];
}

/** Reads below which, and rows below which, an index would not be noticed. */
const FEWEST_READS = 20;
const FEWEST_ROWS = 10_000;
const MOST = 10;

/** Reads that asked for rows by this column in a way that an index beginning with it serves. */
const countReads = ({ name, type }: ContentColumn, uses: readonly SeenUse[]): number => {
  const served = servedBy(type);
  return uses.reduce((sum, { column, kind, count }) => {
    const isServed = kind === 'equal' ? served !== undefined : kind === 'range' && served === 'order';
    return column === name && isServed ? sum + count : sum;
  }, 0);
};

const countSearches = (uses: readonly SeenUse[]): number =>
  uses.reduce((sum, { kind, count }) => (kind === 'search' ? sum + count : sum), 0);

/** Reads that an index of these columns serves. @param indexed its columns in their order; none for search. */
export const countServed = (
  indexed: readonly string[],
  { columns, uses }: Pick<SeenDataset, 'columns' | 'uses'>,
): number => {
  const [first] = indexed;
  if (first === undefined) return countSearches(uses);
  const column = columns.find(({ name }) => name === first);
  return column === undefined ? 0 : countReads(column, uses);
};

/** Most useful first; none for small datasets, which are read whole in no time. */
export const suggestIndexes = ({ columns, rows, indexed, uses }: SeenDataset): readonly Suggestion[] => {
  if (rows < FEWEST_ROWS) return [];
  const found: Suggestion[] = [];
  const since = `in the last ${USE_DAYS} days`;
  for (const column of columns) {
    const { name } = column;
    if (indexed.some(([first]) => first === name)) continue;
    const count = countReads(column, uses);
    if (count < FEWEST_READS) continue;
    const why = `Rows were asked for by ${name} ${count} times ${since}, and no index begins with it.`;
    found.push({ kind: 'columns', columns: [name], count, why });
  }
  const searches = countSearches(uses);
  const isSearched = searches >= FEWEST_READS && searchedColumns(columns).length > 0;
  if (isSearched && !indexed.some((list) => list.length === 0)) {
    const why = `Texts were searched ${searches} times ${since}, and each search reads all of them.`;
    found.push({ kind: 'search', columns: [], count: searches, why });
  }
  return found.toSorted((a, b) => b.count - a.count).slice(0, MOST);
};
