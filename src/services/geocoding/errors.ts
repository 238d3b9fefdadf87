import type { Problem } from '../../foundation/problem.ts';
import type { ErrorForm } from '../../http/route.ts';
import { createTimestamps, envelopeTexts, rateText, replyHeaders, type Envelope } from './envelope.ts';
import { isPlain, mediaTypeOf, writeForm, type Format } from './formats.ts';
import { readForm } from './parameters.ts';

/** The contract's words for problems, by our code; clients compare them. */
const MESSAGES: Readonly<Record<string, string>> = {
  missing_key: 'missing API key',
  invalid_key: 'invalid API key',
  unauthenticated: 'invalid API key',
  quota_exceeded: 'quota exceeded',
  key_disabled: 'disabled',
  address_rejected: 'IP address rejected',
  forbidden: 'forbidden',
  https_required: 'HTTPS required',
  rate_limited: 'too many requests',
  method_not_allowed: 'Method not allowed',
  not_found: 'invalid endpoint',
  malformed: 'bad request',
  malformed_request: 'bad request',
  headers_too_large: 'request headers too large',
  timeout: 'timeout',
  request_timeout: 'timeout',
  unavailable: 'service unavailable',
  internal: 'internal error',
  bad_query: 'missing or bad query',
  bad_coordinates: 'invalid coordinates',
  query_too_long: 'request too long',
  bad_version: 'not a valid version',
  bad_format: 'not a valid format',
  bad_callback: 'not a valid callback',
};

const BY_STATUS: Readonly<Record<number, string>> = {
  400: 'bad request',
  401: 'invalid API key',
  402: 'quota exceeded',
  403: 'forbidden',
  404: 'invalid endpoint',
  405: 'Method not allowed',
  408: 'timeout',
  410: 'request too long',
  426: 'upgrade required',
  429: 'too many requests',
  431: 'request headers too large',
  503: 'service unavailable',
};

/** The contract has one code for whatever is too long. */
const contractStatus = (status: number): number => (status === 413 || status === 414 ? 410 : status);

/** Words of our own source only: a problem's title is fixed text, and of its field only names of our schema come. */
const messageOf = ({ code, field }: Problem, status: number): string => {
  if (code === 'duplicate_parameter' && field !== undefined) return `duplicate parameter ${field}`;
  return MESSAGES[code] ?? BY_STATUS[status] ?? 'internal error';
};

/**
 * Renders problems as the contract's envelope, with the message as the HTTP reason too: some of its clients read
 * nothing else.
 * @param publicUrl whose pages the envelope points to.
 * @param format that of the route; JSON on paths that are none of the contract.
 */
export const createOpencageErrors = (publicUrl: string, format: Format = 'json'): ErrorForm => {
  const { head, tail } = envelopeTexts(publicUrl);
  const timestampAt = createTimestamps();
  const customerUrl = JSON.stringify(new URL('/', publicUrl).href);
  const bare = { format, pretty: false, callback: undefined };
  return (problem, { now, quota, request }) => {
    const status = contractStatus(problem.status);
    const message = messageOf(problem, status);
    const become = status === 402 ? `"become_a_customer":${customerUrl},` : '';
    const body =
      `${head}${rateText(quota)},"results":[],"status":{${become}"code":${status},"message":"${message}"}` +
      `${tail}${timestampAt(now)},"total_results":0}`;
    const form = request === undefined ? bare : readForm(request.query.expose(), format);
    const { headers, ...extra } = replyHeaders(quota, mediaTypeOf(form));
    return {
      status,
      reason: message,
      headers: { ...problem.headers, ...headers },
      ...extra,
      body: isPlain(form) ? body : writeForm(JSON.parse(body) as Envelope, form),
    };
  };
};
