/** From what `node:http` parsed to our Request, or to the reason why it is refused unread. */
import type { IncomingMessage } from 'node:http';
import { Opaque } from '../foundation/opaque.ts';
import type { Problem } from '../foundation/problem.ts';
import type { EdgeLimits } from './edge-limits.ts';
import { allHeaders } from './edge-message.ts';
import { headersTooLarge, malformedRequest } from './edge-problems.ts';
import { EMPTY_QUERY, parseQuery, type Query } from './query.ts';
import type { Request } from './route.ts';

/** A query that is parsed when someone first asks for it: most refusals never do. */
class QueryInTransit extends Opaque<Query> {
  readonly #search: string;
  #parsed: Query | undefined;

  constructor(search: string) {
    super(EMPTY_QUERY);
    this.#search = search;
  }

  override expose(): Query {
    return (this.#parsed ??= parseQuery(this.#search));
  }

  exposeSearch(): string {
    return this.#search;
  }
}

/** The query string of a request as it was sent, without the `?`; empty for requests that the edge did not build. */
export const exposeSearch = (request: Request): string =>
  request.query instanceof QueryInTransit ? request.query.exposeSearch() : '';

/** A header field among raw ones (name, value, name, value, …), without building an object of them all. */
export const rawHeader = (raw: readonly string[], name: string): string | undefined => {
  let found: string | undefined;
  for (let index = 0; index < raw.length; index += 2) {
    const candidate = raw[index];
    if (candidate?.length !== name.length || candidate.toLowerCase() !== name) continue;
    const value = raw[index + 1] ?? '';
    found = found === undefined ? value : `${found}, ${value}`;
  }
  return found;
};

/** All headers, built when someone first asks for them. */
class HeadersInTransit extends Opaque<Exposed> {
  readonly #message: IncomingMessage;

  constructor(message: IncomingMessage) {
    super(NO_HEADERS);
    this.#message = message;
  }

  override expose(): Exposed {
    return allHeaders(this.#message);
  }
}

type Exposed = ReturnType<Request['headers']['expose']>;
const NO_HEADERS: Exposed = {};
const NO_PARAMS: Request['params'] = {};
/** Shared by all requests without one. */
export const NO_BODY: Request['body'] = new Opaque(new Uint8Array(0));

/** What a request may tell its connection. */
interface Standing {
  /** Somebody stands behind a request. */
  noteKnown(): void;
}

class RequestInTransit implements Request {
  readonly method: string;
  readonly path: string;
  readonly params = NO_PARAMS;
  readonly query: Opaque<Query>;
  readonly body: Request['body'];
  readonly address: Opaque<string>;
  readonly secure: boolean;
  readonly #raw: readonly string[];
  readonly #message: IncomingMessage;
  readonly #connection: Standing | undefined;

  constructor(
    message: IncomingMessage,
    address: Opaque<string>,
    secure: boolean,
    body: Request['body'],
    connection: Standing | undefined,
  ) {
    const target = message.url ?? '';
    const mark = target.indexOf('?');
    this.method = message.method ?? '';
    this.path = mark === -1 ? target : target.slice(0, mark);
    this.query = new QueryInTransit(mark === -1 ? '' : target.slice(mark + 1));
    this.body = body;
    this.address = address;
    this.secure = secure;
    this.#raw = message.rawHeaders;
    this.#message = message;
    this.#connection = connection;
  }

  noteKnown(): void {
    this.#connection?.noteKnown();
  }

  get headers(): Opaque<Exposed> {
    return new HeadersInTransit(this.#message);
  }

  isGone(): boolean {
    return this.#message.socket.destroyed;
  }

  exposeHeader(name: string): string | undefined {
    return rawHeader(this.#raw, name);
  }
}

/** What the edge hands to the handler. `address` is the connection's, made once for all its requests. */
export const buildRequest = (
  message: IncomingMessage,
  address: Opaque<string>,
  secure: boolean,
  body: Request['body'] = NO_BODY,
  connection?: Standing,
): Request => new RequestInTransit(message, address, secure, body, connection);

/** The path of a target without building a Request. */
export const pathOf = (message: IncomingMessage): string => (message.url ?? '').split('?', 1)[0] ?? '';

/** RFC 3986 `host` with a port, loosely: enough to keep out what could be read as something else. */
const HOST = /^[A-Za-z0-9._~:[\]%-]{0,261}$/;
const CODE_SLASH = 47;

/**
 * Why a request that `node:http` let pass is refused all the same, or undefined.
 * Absolute-form targets (RFC 9112 §3.2.2) come only from clients that take us for a proxy, and two names for one
 * host are how caches and routers are made to disagree; both are refused. So are `OPTIONS *` and fragments.
 */
export const findFault = (message: IncomingMessage, limits: EdgeLimits): Problem | undefined => {
  const target = message.url ?? '';
  if (target.charCodeAt(0) !== CODE_SLASH || target.includes('#')) {
    return malformedRequest('The target must be an absolute path, such as /v1/…, without a fragment.');
  }
  const names = message.rawHeaders;
  if (names.length > limits.maxHeaderCount * 2) return headersTooLarge();
  let hosts = 0;
  for (let index = 0; index < names.length; index += 2) {
    const name = names[index];
    // The first of several stands in `headers`, so only the raw list shows a second one.
    if (name !== undefined && name.length === 4 && name.toLowerCase() === 'host') hosts += 1;
  }
  const isNewEnough = message.httpVersionMajor === 1 && message.httpVersionMinor >= 1;
  if (hosts > 1 || (hosts === 0 && isNewEnough)) {
    return malformedRequest('There must be exactly one Host header field.');
  }
  if (hosts === 1 && !HOST.test(rawHeader(names, 'host') ?? '')) {
    return malformedRequest('The Host header field is not a host name.');
  }
  return undefined;
};

/** Whether bytes follow the header section (RFC 9112 §6.3). */
export const hasBody = (message: IncomingMessage): boolean => {
  const { rawHeaders } = message;
  if (rawHeader(rawHeaders, 'transfer-encoding') !== undefined) return true;
  const length = rawHeader(rawHeaders, 'content-length');
  return length !== undefined && length !== '0';
};

/** How many bytes of body the header section announces; undefined where they come in chunks. */
export const lengthOf = ({ rawHeaders }: IncomingMessage): number | undefined => {
  const length = rawHeader(rawHeaders, 'content-length');
  return length === undefined ? undefined : Number(length);
};
