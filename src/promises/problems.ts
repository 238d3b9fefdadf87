import { Problem } from '../foundation/problem.ts';

/** 400: the number of the entry to page from is none. */
export const beforeInvalid = (): Problem =>
  new Problem(400, 'before_invalid', 'Not the number of an entry', {
    detail: 'Give a whole number from 1, such as the seq of the first entry of the last answer.',
    field: 'before',
  });
