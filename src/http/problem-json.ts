/** Problems in their standard form, RFC 9457. */
import type { Problem } from '../foundation/problem.ts';
import type { ErrorForm, Reply } from './route.ts';

/**
 * RFC 9457 problem details: `type`, `title`, `status`, `code`, `detail`, `field` and extension members, in this order.
 * `type` is a relative reference, stable whatever host the installation has, at which a page may explain the code.
 */
export const problemJson: ErrorForm = (problem: Problem): Reply => ({
  status: problem.status,
  headers: {
    ...problem.headers,
    'content-type': 'application/problem+json',
    'cache-control': 'no-store',
  },
  body: JSON.stringify({
    type: `/problems/${problem.code}`,
    title: problem.title,
    status: problem.status,
    code: problem.code,
    // JSON.stringify leaves out what is undefined.
    detail: problem.detail,
    field: problem.field,
    ...problem.extensions,
  }),
});
