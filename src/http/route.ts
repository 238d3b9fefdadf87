import type { ZodType } from 'zod';
import type { Caller, Membership, QuotaState, Scope } from '../foundation/caller.ts';
import type { Opaque } from '../foundation/opaque.ts';
import type { Problem } from '../foundation/problem.ts';
import type { Query } from './query.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/**
 * Who may call a route. There is no default: a public route has to say why it is public, and one that changes something
 * and takes requests from anywhere, pages of other sites included, why that does no harm. `pending` is somebody between
 * password and second factor; `member` is somebody signed in whose role in the path's `:company` has the permission
 * (`policy` knows which there are). With `browser`, pages of a project's authorised domains may call as well, with what
 * is public: say so only of what may be done by whoever can write an `Origin`, which outside of browsers is everybody.
 * `keyHeader` is a header field (lower case) in which a wire contract has the key, besides where keys always may stand; with
 * `keyInHeaders` it may not stand in the query, whose names are all the contract's.
 */
export type Access =
  | { readonly public: string; readonly anywhere?: string }
  | {
      readonly secretKey: Scope;
      readonly browser?: true;
      readonly keyHeader?: string;
      readonly keyInHeaders?: true;
    }
  | { readonly pending: true }
  | { readonly session: true }
  | { readonly member: string };

/** One request, parsed at the rim. What the caller sent is reachable only through `expose()`. */
export interface Request {
  readonly method: string;
  /** The path without the query, still percent-encoded. */
  readonly path: string;
  /** Values of the path's `:parameters`, decoded. */
  readonly params: Readonly<Record<string, string | undefined>>;
  readonly query: Opaque<Query>;
  /** All header values by lower-case name, as `node:http` gives them; building them costs a microsecond. */
  readonly headers: Opaque<Readonly<Record<string, string | string[] | undefined>>>;
  /** One header's value by its lower-case name; several of the same name are joined by a comma (RFC 9110 §5.3). */
  exposeHeader(name: string): string | undefined;
  /**
   * The body as it came, at most as long as the edge or the route allows; empty where there was none, and while a longer one
   * has not been received.
   */
  readonly body: Opaque<Uint8Array>;
  /** Reads a longer body to its end; the pipeline does it once the caller is known. Left out where there is none. */
  receive?(): Promise<void>;
  /** The pieces of a longer body; handlers ask `streamOf` (request-stream.ts), which knows short ones too. */
  stream?(): AsyncIterable<Uint8Array>;
  /** The socket's peer address; lives in memory only. */
  readonly address: Opaque<string>;
  /** True when the request came in over TLS. */
  readonly secure: boolean;
  /** Whether its client has gone away, so that nobody would read an answer. Left out where there is no connection. */
  isGone?(): boolean;
  /** Its caller is known, so that its connection is no stranger's. Left out where there is no connection. */
  noteKnown?(): void;
}

/** What goes back. `headers` are lower-case names; the edge adds the ones that every answer has. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Further headers as name, value, name, value, where they change with every answer. */
  readonly extra?: readonly string[];
  readonly body: string | Uint8Array;
  /**
   * More of the body, made piece by piece while it goes out, so that a long answer is never held whole. May not throw:
   * the head has gone by then, and the connection is cut. The next is asked for when the last was taken, and the iterator is
   * closed when the reader leaves.
   */
  readonly pieces?: Iterable<string> | AsyncIterable<string | Uint8Array>;
  /** True where `body` is a string of bytes, one a character: it goes out as it is, in one write with the head. */
  readonly isBytes?: boolean;
  /**
   * Milliseconds for which nothing more is read from the connection: its client was told to wait, and can. With a 429 only
   * where it has gone on after several of them.
   */
  readonly restMs?: number;
  /**
   * True where nobody stands behind the request: the edge sends it at a pace of its own, and reads nothing more until then.
   * With `restMs` it is sent at once.
   */
  readonly isRefusal?: boolean;
  /** HTTP reason phrase where a wire contract is read from it; otherwise the standard one. */
  readonly reason?: string;
}

/** What a handler knows besides its input. */
export interface CallContext {
  /** The identified caller; undefined on public routes. */
  readonly caller: Caller | undefined;
  /** On `member` routes, what the caller is in the path's company. */
  readonly membership: Membership | undefined;
  /** The request itself, for what its credentials and cookies decide. */
  readonly request: Request;
  readonly quota: QuotaState | undefined;
  /** Milliseconds since the Unix epoch at which the request was taken. */
  readonly now: number;
}

/** Renders a problem in a contract's own form. `request` is undefined where not even a path could be read. */
export type ErrorForm = (problem: Problem, context: ErrorContext) => Reply;

export interface ErrorContext {
  readonly now: number;
  readonly quota: QuotaState | undefined;
  /** The request, where it could be read, for contracts whose errors depend on it (a callback, a format). */
  readonly request: Request | undefined;
  /** A header field of a request whose head was read and that is refused before it became a Request. */
  exposeHeader?(name: string): string | undefined;
}

/** How a parameter or reply is described in the OpenAPI document. */
export interface RouteDocs {
  readonly summary: string;
  readonly description: string;
  readonly tag: string;
  /** Query parameters by name; each schema carries `.describe()` and an example in its metadata. */
  readonly query: Readonly<Record<string, { readonly schema: ZodType; readonly required: boolean }>>;
  /** Path parameters by name. */
  readonly path?: Readonly<Record<string, ZodType>>;
  readonly body?: ZodType;
  /** Where a body may be, but need not. */
  readonly bodyIsOptional?: boolean;
  readonly replies: Readonly<
    Record<number, { readonly description: string; readonly type: string; readonly schema?: ZodType }>
  >;
}

/**
 * An endpoint as data. Router, pipeline, metering, OpenAPI and the whole-house tests read this table;
 * `operation`, `access` and `cost` have no defaults, so that leaving one out does not compile.
 */
export interface Route<Input = unknown> {
  /** `noun.verb`: the OpenAPI operationId, the metric label, the usage counter's name. */
  readonly operation: string;
  readonly method: Method;
  /** find-my-way pattern. A trailing slash is accepted everywhere. */
  readonly path: string;
  readonly access: Access;
  /** Demands that the person behind a session has proved who they are in the last ten minutes. */
  readonly fresh?: boolean;
  /** Set on a route that only asks, by another method than GET: no thread has to look anew at its session afterwards. */
  readonly changesNothing?: boolean;
  /** Units of quota that one call spends; sessions have none. */
  readonly cost: number;
  /** Where a call's units depend on what it brings. Runs before anything is parsed: bounded, and never throws. */
  costOf?(request: Request): number;
  /**
   * The longest body, where it may be longer than the edge reads for strangers (64 KiB). More than that is read only once the
   * caller is identified, within its limits and authorised; so never on public routes, and `costOf` does not see it.
   */
  readonly body?: { readonly maxBytes: number };
  /** The handler reads the body itself, piece by piece (`streamOf`); of any length unless `body` says which. */
  readonly streamsBody?: true;
  /** Set where what is asked is about a person: no request log holds it, even where its owner wants queries logged. */
  readonly keepsNothing?: true;
  /** Set on a GET with a key or a session that answers HEAD as well; `method` of the request tells them apart. */
  readonly answersHead?: true;
  /** Problems on this route are rendered by it; RFC 9457 problem+json where it is left out. */
  readonly errors?: ErrorForm;
  /** What plain HTTP answers: pages and wire-compatible reads redirect, our own API refuses (decision 1). */
  readonly overPlainHttp: 'redirect' | 'refuse';
  readonly docs: RouteDocs;
  /**
   * For keys that a contract has published for tests: what to answer instead of identifying anybody, or undefined for
   * every other request. It spends nothing and may throw a Problem; its source is slowed like any stranger's.
   */
  rehearsal?(request: Request): ((now: number) => Reply) | undefined;
  /** Unknown → typed; throws a Problem that names the field. Runs after identify, limit and authorise. */
  parse(request: Request): Input;
  /** A parsed input may be counted under a narrower name (`geocoding.reverse`), listed in `countedAs`. */
  readonly countedAs?: readonly string[];
  countAs?(input: Input): string;
  handle(input: Input, context: CallContext): Reply | Promise<Reply>;
}

/** Keeps a route's input type while it stands in a table of many. */
// oxlint-disable-next-line typescript/no-explicit-any -- a table of routes with different inputs is existential
export type AnyRoute = Route<any>;

export const defineRoute = <Input>(route: Route<Input>): Route<Input> => route;
