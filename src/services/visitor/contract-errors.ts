/** Problems in the words of VisitorAPI's contract; its clients show them to people, and some compare them. */
import type { Problem } from '../../foundation/problem.ts';
import type { ErrorForm, Request } from '../../http/route.ts';

interface Told {
  readonly status: number;
  readonly result: string;
}

const MISSING: Told = { status: 400, result: 'Error: missing project ID parameter pid' };
const UNKNOWN: Told = { status: 404, result: 'Error: cannot find the project' };
const OTHER_PAGE: Told = { status: 403, result: 'Error: referrer domain is not allowed' };

/** The contract's six, by the gate's and the limits' codes. */
const SIX: Readonly<Record<string, Told>> = {
  missing_key: MISSING,
  // Public ids are no secret: that there is no such project is said, and nothing of why a key does not work.
  invalid_key: UNKNOWN,
  no_domain: { status: 403, result: 'Error: no domain is allowed' },
  origin_missing: OTHER_PAGE,
  origin_not_allowed: OTHER_PAGE,
  quota_exceeded: { status: 402, result: 'Error: exceed free plan quota, please upgrade' },
  internal: { status: 500, result: 'Internal error' },
};

/** What the contract has no words for, in words like its own. */
const FURTHER: Readonly<Record<string, string>> = {
  secret_in_browser: 'Error: a secret key was sent by a page',
  forbidden: 'Error: the key does not have the scope for this',
  rate_limited: 'Error: too many requests, please slow down',
  not_found: 'Error: there is nothing at this path',
  method_not_allowed: 'Error: this method is not allowed',
  https_required: 'Error: HTTPS is required',
  headers_too_large: 'Error: request headers are too large',
};

const BY_STATUS: Readonly<Record<number, string>> = {
  400: 'Error: bad request',
  403: 'Error: not allowed',
  408: 'Error: timeout',
  413: 'Error: the request is too large',
  414: 'Error: the request is too long',
  429: 'Error: too many requests, please slow down',
  431: 'Error: request headers are too large',
  503: 'Error: temporarily unavailable, please try again',
};

const TYPE = 'application/json; charset=utf-8';
/** Of a problem's own fields those that say when and how to come back; a challenge for credentials is not of this contract. */
const PASSED_ON = ['retry-after', 'allow'] as const;

/** `?pid=` is no project id that is unknown: there is none. */
const hasEmptyPid = (request: Request | undefined): boolean =>
  request?.query.expose().values.get('pid')?.trim() === '';

const toldOf = ({ code, status }: Problem, request: Request | undefined): Told => {
  if (code === 'invalid_key' && hasEmptyPid(request)) return MISSING;
  const one = SIX[code];
  if (one !== undefined) return one;
  const result =
    FURTHER[code] ?? BY_STATUS[status] ?? (status >= 500 ? 'Internal error' : 'Error: bad request');
  return { status, result };
};

/** `{"status":403,"result":"…"}`, with the same status in HTTP: clients know an error by it alone. */
export const contractErrors: ErrorForm = (problem, { request }) => {
  const { status, result } = toldOf(problem, request);
  const headers: Record<string, string> = { 'cache-control': 'no-store', 'content-type': TYPE };
  for (const name of PASSED_ON) {
    const value = problem.headers[name];
    if (value !== undefined) headers[name] = value;
  }
  return { status, headers, body: `{"status":${status},"result":"${result}"}` };
};
