/** The ends of a request that the edge itself decides, before any route is asked. */
import { Problem } from '../foundation/problem.ts';
import { DEFAULT_EDGE_LIMITS } from './edge-limits.ts';

/** 400: the bytes are not one well-formed HTTP/1.1 request to an origin server (RFC 9112). */
export const malformedRequest = (detail?: string): Problem =>
  new Problem(
    400,
    'malformed_request',
    'The request is not well-formed HTTP',
    detail === undefined ? {} : { detail },
  );

/** 403: our own API does not answer over plain HTTP, and does not redirect either (OWASP ASVS 5.0, 4.1.2). */
export const plainHttpRefused = (): Problem =>
  new Problem(403, 'https_required', 'This is answered over HTTPS only', {
    detail:
      'Call the same path over https://. If this call carried a key, replace the key: it was readable on the way.',
  });

/** 404: nothing answers at this path. */
export const notFound = (): Problem => new Problem(404, 'not_found', 'There is nothing at this path');

/** 405: the path exists, the method does not. `allow` lists the methods that do (RFC 9110 §15.5.6). */
export const methodNotAllowed = (allow: readonly string[]): Problem =>
  new Problem(405, 'method_not_allowed', 'This path does not answer this method', {
    headers: { allow: allow.join(', ') },
  });

/** 408: the request did not arrive whole within its time. */
export const requestTimeout = (): Problem =>
  new Problem(408, 'request_timeout', 'The request took too long to arrive');

/** 413: a body longer than is read. */
export const bodyTooLarge = (): Problem =>
  new Problem(413, 'body_too_large', 'The body of the request is too large');

/** 414: a target longer than is redirected. */
export const targetTooLong = (): Problem =>
  new Problem(414, 'target_too_long', 'The address of the request is too long');

/** 417: an `Expect` other than `100-continue`. */
export const expectationFailed = (): Problem =>
  new Problem(417, 'expectation_failed', 'The expectation of the request is not known here');

/** 431: header section longer, or with more fields, than is read (RFC 6585 §5). */
export const headersTooLarge = (): Problem =>
  new Problem(431, 'headers_too_large', 'The header fields of the request are too large', {
    detail: `With the request line they may have ${DEFAULT_EDGE_LIMITS.maxHeaderBytes / 1024} KiB, in at most ${DEFAULT_EDGE_LIMITS.maxHeaderCount} fields.`,
  });

/** 503: too many bodies are on their way at once. */
export const tooManyBodies = (): Problem =>
  new Problem(503, 'unavailable', 'Too much is being received at the moment', {
    detail: 'Try again in a second.',
    headers: { 'retry-after': '1' },
  });

/** 429: requests were sent ahead, and the answers are not taken. */
export const tooManyPipelined = (): Problem =>
  new Problem(429, 'rate_limited', 'Too many requests', {
    detail: 'Too many requests on this connection wait for their answers to be read.',
    headers: { 'retry-after': '1' },
  });

/** 499, in a log's eyes only: the client went away before anything was done for it. */
export const clientGone = (): Problem => new Problem(499, 'client_gone', 'The client went away');

/** 500: a bug of ours; says nothing about it. */
export const internalError = (): Problem => new Problem(500, 'internal', 'Something went wrong on our side');
