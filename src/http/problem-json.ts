/** Problems in their standard form, RFC 9457. */
import type { Problem } from '../foundation/problem.ts';
import type { ErrorForm, Reply, Request } from './route.ts';

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

/** What may go into a header field again; whatever else was sent is not repeated. */
const REQUEST_ID = /^[\x21-\x7e]{1,200}$/;

/** The caller's own name for the request as a header field, where it may be repeated; else nothing. */
export const requestIdField = (request: Pick<Request, 'exposeHeader'>): readonly string[] => {
  const id = request.exposeHeader('x-request-id');
  return id !== undefined && REQUEST_ID.test(id) ? ['x-request-id', id] : [];
};

/** The same with the caller's name for the request (OpenID AuthZEN, Authorization API 1.0, “Request Identification”). */
export const namedProblemJson: ErrorForm = (problem, context): Reply => {
  const reply = problemJson(problem, context);
  const { request, exposeHeader } = context;
  const source = request ?? (exposeHeader && { exposeHeader });
  return source === undefined ? reply : { ...reply, extra: requestIdField(source) };
};

/** Whether errors are told in our own API's form, and so with how its callers stand. */
export const isProblemForm = (form: ErrorForm): boolean => form === problemJson || form === namedProblemJson;
