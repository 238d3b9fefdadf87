/** What the indexes of datasets refuse. */
import { Problem } from '../../foundation/problem.ts';
import { notFoundProblem } from '../../http/endpoint.ts';
import { MOST_INDEXES } from './limits.ts';
import { MOST_INDEX_COLUMNS } from './index-sql.ts';

export const indexNotFound = (): Problem => notFoundProblem('index_not_found', 'No such index', 'index');

/** 400: not the columns of the dataset, or not such that an index could serve. */
export const indexColumnsInvalid = (): Problem =>
  new Problem(400, 'index_columns_invalid', 'There can be no index of these columns', {
    detail: `An index is of one to ${MOST_INDEX_COLUMNS} columns of numbers, times, true and false, UUIDs or addresses, or of one column of text. For words in texts ask for search.`,
    field: '/columns',
  });

export const indexExists = (): Problem =>
  new Problem(409, 'index_exists', 'There is this index already', { field: '/columns' });

export const tooManyIndexes = (): Problem =>
  new Problem(409, 'too_many_indexes', 'No more indexes', {
    detail: `Each makes writing slower, so that a dataset can have ${MOST_INDEXES}. Take one away first.`,
  });
