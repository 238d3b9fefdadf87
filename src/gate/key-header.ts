/** Keys in a header field that a wire contract has for them. */
import { Opaque } from '../foundation/opaque.ts';
import { EMPTY_QUERY } from '../http/query.ts';
import type { Request } from '../http/route.ts';

const NO_QUERY = new Opaque(EMPTY_QUERY);

/**
 * The request as if its key had come in `X-Api-Key`. Where both fields came they are joined, like two fields of one name
 * (RFC 9110 §5.3), and are no key: which of two would count is nothing to guess.
 * @param header a lower-case name; undefined on routes without such a field, where the request stays as it is.
 * @param headersOnly whether `?key=` is no key here.
 */
export const withKeyHeader = (request: Request, header: string | undefined, headersOnly = false): Request => {
  const key = header === undefined ? undefined : request.exposeHeader(header);
  if (key === undefined && !headersOnly) return request;
  const own = request.exposeHeader('x-api-key');
  const { method, path, params, headers, body, address, secure } = request;
  const query = headersOnly ? NO_QUERY : request.query;
  const exposeHeader = (name: string): string | undefined => {
    if (name !== 'x-api-key' || key === undefined) return request.exposeHeader(name);
    return own === undefined ? key : `${own}, ${key}`;
  };
  return { method, path, params, query, headers, exposeHeader, body, address, secure };
};
