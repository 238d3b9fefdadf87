import { Opaque } from '../../src/foundation/opaque.ts';
import { parseQuery } from '../../src/http/query.ts';
import type { Request } from '../../src/http/route.ts';

export interface RequestParts {
  readonly method?: string;
  readonly path?: string;
  readonly search?: string;
  readonly headers?: Readonly<Record<string, string | string[] | undefined>>;
  readonly address?: string;
}

/** A request as the edge would build it, for tests of the rooms behind it. */
export const requestOf = ({
  method = 'GET',
  path = '/',
  search = '',
  headers = {},
  address = '127.0.0.1',
}: RequestParts): Request => ({
  method,
  path,
  params: {},
  query: new Opaque(parseQuery(search)),
  headers: new Opaque(headers),
  exposeHeader: (name) => {
    const value = headers[name];
    return Array.isArray(value) ? value.join(', ') : value;
  },
  address: new Opaque(address),
  secure: true,
});
