import { Problem } from '../foundation/problem.ts';

/** 422: more rows than a spreadsheet opens. */
export const exportTooLarge = (most: number): Problem =>
  new Problem(422, 'usage_export_too_large', 'This is too much for one file', {
    detail: `A file has at most ${most.toLocaleString('en')} rows. Choose a shorter range, one project or one key.`,
    field: 'from',
  });
