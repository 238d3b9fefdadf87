/** Indexes in words, and which columns can have one. */
import { isNumber, isText, type Column } from '../table/question.ts';
import type { Index, IndexSuggestion } from '../shapes.ts';

/** "depth, spud"; the one for search has no columns. */
export const nameOf = ({ kind, columns }: Pick<Index | IndexSuggestion, 'kind' | 'columns'>): string =>
  kind === 'search' ? 'all texts, for search' : columns.join(', ');

export const isUnderWay = ({ state }: Index): boolean => state === 'waiting' || state === 'building';

const ORDERED = /^(?:bool|date|time|timetz|timestamp|timestamptz|interval|uuid|inet)$/;

/** Whether the server makes an index of this column alone. */
export const canBeIndexed = (column: Column): boolean =>
  isText(column) || isNumber(column) || ORDERED.test(column.type);

const FAILURES: Readonly<Record<NonNullable<Index['failure']>, string>> = {
  no_such_column: 'The newest version has no such column. Drop it, or upload a version with that column.',
  cell_too_long: 'A cell is too long for an index. Shorten it, drop this one, and build it again.',
  disk_full: 'The server has no room left. Tell whoever runs it, then drop this one and build it again.',
};

/** Why there is none of the present rows, and what to do. */
export const sayIndexFailure = (failure: Index['failure']): string =>
  failure === null ? 'It could not be built. Drop it, and build it again.' : FAILURES[failure];
