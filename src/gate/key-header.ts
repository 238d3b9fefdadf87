/** Keys in a header field that a wire contract has for them. */
import type { Request } from '../http/route.ts';

/**
 * The request as if its key had come in `X-Api-Key`. Where both fields came they are joined, like two fields of one name
 * (RFC 9110 §5.3), and are no key: which of two would count is nothing to guess.
 * @param header a lower-case name; undefined on routes without such a field, where the request stays as it is.
 */
export const withKeyHeader = (request: Request, header: string | undefined): Request => {
  const key = header === undefined ? undefined : request.exposeHeader(header);
  if (key === undefined) return request;
  const own = request.exposeHeader('x-api-key');
  const { method, path, params, query, headers, body, address, secure } = request;
  const exposeHeader = (name: string): string | undefined => {
    if (name !== 'x-api-key') return request.exposeHeader(name);
    return own === undefined ? key : `${own}, ${key}`;
  };
  return { method, path, params, query, headers, exposeHeader, body, address, secure };
};
