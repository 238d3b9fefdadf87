import { Opaque } from '../../src/foundation/opaque.ts';
import { parseQuery } from '../../src/http/query.ts';
import type { CallContext, Request } from '../../src/http/route.ts';

export interface RequestParts {
  readonly method?: string;
  readonly path?: string;
  readonly search?: string;
  readonly headers?: Readonly<Record<string, string | string[] | undefined>>;
  readonly address?: string;
  /** Text, or a value that is sent as JSON with its content type. */
  readonly body?: unknown;
}

/** A request as the edge would build it, for tests of the rooms behind it. */
export const requestOf = ({
  method = 'GET',
  path = '/',
  search = '',
  headers = {},
  address = '127.0.0.1',
  body,
}: RequestParts): Request => ({
  method,
  path,
  params: {},
  query: new Opaque(parseQuery(search)),
  headers: new Opaque(headers),
  body: new Opaque(
    Buffer.from(body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body)),
  ),
  exposeHeader: (name) => {
    const value =
      headers[name] ?? (name === 'content-type' && body !== undefined ? 'application/json' : undefined);
    return Array.isArray(value) ? value.join(', ') : value;
  },
  address: new Opaque(address),
  secure: true,
});

/** What the pipeline would hand to a handler along with its input. */
export const contextOf = (request: Request, changes: Partial<CallContext> = {}): CallContext => ({
  caller: undefined,
  membership: undefined,
  request,
  quota: undefined,
  now: 0,
  ...changes,
});
