/** Answers that pages of other origins may read: for routes that are safe for browsers, and for no others. */
import { canonicalOrigin } from '../foundation/origin.ts';
import type { Access, Reply, Request } from './route.ts';
import type { Router } from './router.ts';

/** The name under which preflights are counted; they spend nothing. */
export const PREFLIGHT = 'http.preflight';

/** Whether a route may be called by pages of a project's authorised domains. */
export const isForBrowsers = (access: Access): boolean => 'secretKey' in access && access.browser === true;

/** What a script may read besides the fields that it always may (Fetch standard, "CORS-safelisted response-header name"). */
const EXPOSED =
  'ratelimit, ratelimit-policy, retry-after, x-ratelimit-limit, x-ratelimit-remaining, x-ratelimit-reset';

/** Where a key may stand. Nothing else is asked for by any route that is safe for browsers. */
const REQUEST_HEADERS = 'authorization, content-type, x-api-key';

const requestHeadersOf = (access: Access): string =>
  'secretKey' in access && access.keyHeader !== undefined
    ? `${REQUEST_HEADERS}, ${access.keyHeader}`
    : REQUEST_HEADERS;

/** Two hours, the most that Chromium keeps a preflight for; Firefox would keep it for a day. */
const PREFLIGHT_SECONDS = 7200;

/** The origin of the page that asks, where it is one that an answer can name; never `null`, which anybody can be. */
export const readerOf = (request: Request): string | undefined => {
  const origin = request.exposeHeader('origin');
  return origin === undefined ? undefined : canonicalOrigin(origin);
};

/** The same answer, for this page alone. No credentials: cookies of this site are nothing to pages of others. */
export const readableBy = (reply: Reply, origin: string): Reply => ({
  ...reply,
  extra: [
    ...(reply.extra ?? []),
    'access-control-allow-origin',
    origin,
    'access-control-expose-headers',
    EXPOSED,
  ],
});

/**
 * The answer to a preflight (Fetch standard, "CORS-preflight request"), or undefined where there is nothing to allow: no
 * preflight, no origin, or a route that is not safe for browsers. No key comes with one, so every origin is told how it
 * would have to ask; whether it may is said to the request itself.
 */
export const answerPreflight = (request: Request, router: Router): Reply | undefined => {
  const method = request.exposeHeader('access-control-request-method');
  const origin = method === undefined ? undefined : readerOf(request);
  if (method === undefined || origin === undefined) return undefined;
  const match = router.match(method, request.path);
  if (match.kind !== 'match' || match.route.method !== method || !isForBrowsers(match.route.access))
    return undefined;
  return {
    status: 204,
    headers: {
      'access-control-allow-origin': origin,
      'access-control-allow-methods': method,
      'access-control-allow-headers': requestHeadersOf(match.route.access),
      'access-control-max-age': String(PREFLIGHT_SECONDS),
      // The edge puts `origin` before it.
      vary: 'access-control-request-method, access-control-request-headers',
    },
    body: '',
  };
};
