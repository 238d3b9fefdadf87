/** The one way to the server: the documented API, with the session cookie that the browser keeps. */
import { ApiProblem, CANCELLED, problemFrom } from './problem.ts';
import { OPERATIONS } from './operations.gen.ts';
import type { Operations } from './types.gen.ts';

export type Operation = keyof Operations;
export type Reply<Op extends Operation> = Operations[Op]['reply'];
export type Body<Op extends Operation> = Operations[Op]['body'];

type Part<Name extends string, Value> = [Value] extends [undefined]
  ? unknown
  : Record<string, never> extends Value
    ? { readonly [Key in Name]?: Value }
    : { readonly [Key in Name]: Value };

/** What an operation needs; members that it does not have cannot be passed. */
export type Input<Op extends Operation> = Part<'params', Operations[Op]['params']> &
  Part<'query', Operations[Op]['query']> &
  Part<'body', Operations[Op]['body']>;

type InputArgument<Op extends Operation> =
  Record<string, never> extends Input<Op>
    ? [input?: Input<Op>, signal?: AbortSignal]
    : [input: Input<Op>, signal?: AbortSignal];

/** What the shell does when a call needs more of the person. Set once, at the start. */
export interface Interventions {
  /** The session is over: to the sign-in page, and back afterwards. */
  signedOut(): void;
  /** Asks for a fresh proof; true when it was given and the call may be repeated. */
  prove(problem: ApiProblem): Promise<boolean>;
  /** The company asks for a second factor that this person has not set up. */
  secondFactorMissing(problem: ApiProblem): void;
}

let interventions: Interventions | undefined;

/** Called by the shell, before the first call. */
export const setInterventions = (value: Interventions): void => {
  interventions = value;
};

interface LooseInput {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | number | boolean | null | undefined>>;
  readonly body?: unknown;
}

/** The address of an operation; path parameters are encoded, absent query parameters left out. */
export const urlOf = (path: string, { params = {}, query = {} }: LooseInput): string => {
  const filled = path.replaceAll(/\{(\w+)\}/g, (_whole, name: string) =>
    encodeURIComponent(params[name] ?? ''),
  );
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== '') search.set(name, String(value));
  }
  return search.size === 0 ? filled : `${filled}?${search}`;
};

const cancelled = (): ApiProblem => new ApiProblem(0, { code: CANCELLED, title: 'Cancelled' });

/** Every call: with the cookie, from no cache, to nowhere else. */
const reach = async (url: string, init: RequestInit): Promise<Response> => {
  try {
    return await fetch(url, { ...init, credentials: 'same-origin', cache: 'no-store', redirect: 'error' });
  } catch {
    if (init.signal?.aborted === true) throw cancelled();
    throw new ApiProblem(0, {
      code: 'offline',
      title: 'The server could not be reached.',
      detail: 'Check your connection, then try again.',
    });
  }
};

const send = (
  method: string,
  url: string,
  body: unknown,
  signal: AbortSignal | undefined,
): Promise<Response> =>
  reach(url, {
    method,
    signal: signal ?? null,
    headers: {
      accept: 'application/json',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });

const contentOf = (response: Response): Promise<unknown> => {
  const type = response.headers.get('content-type') ?? '';
  if (response.status === 204 || response.status === 205) return Promise.resolve(undefined);
  return type.startsWith('application/json') ? response.json() : response.blob();
};

/** A wrong proof is a 401 too, and no end of the session. */
const WRONG_PROOFS: ReadonlySet<string> = new Set([
  'invalid_credentials',
  'invalid_code',
  'invalid_passkey',
  'passkey_refused',
]);

/** Does it once more after a fresh proof where the server wants one; tells the shell of sessions that are over. */
const guarded = async <Value>(once: () => Promise<Value>): Promise<Value> => {
  try {
    return await once();
  } catch (error) {
    if (!(error instanceof ApiProblem) || interventions === undefined) throw error;
    if (error.status === 401 && !WRONG_PROOFS.has(error.code)) interventions.signedOut();
    if (error.code === 'second_factor_required') interventions.secondFactorMissing(error);
    if (error.code !== 'fresh_proof_required') throw error;
    if (!(await interventions.prove(error))) throw cancelled();
    return once();
  }
};

/**
 * Calls an operation of `docs/openapi.json` and gives its typed reply (a Blob for files, undefined for 204).
 * With a signal, what is aborted while it is on its way ends in a problem of the code `cancelled`.
 * Asks for a fresh proof and repeats the call once where the server wants one.
 * @throws {ApiProblem} for everything that is not a 2xx.
 */
export const call = <Op extends Operation>(
  op: Op,
  ...[input, signal]: InputArgument<Op>
): Promise<Reply<Op>> => {
  const [method, path] = OPERATIONS[op] as readonly [string, string];
  const loose = (input ?? {}) as LooseInput;
  return guarded(async () => {
    const response = await send(method, urlOf(path, loose), loose.body, signal);
    if (!response.ok) throw await problemFrom(response);
    return (await contentOf(response)) as Reply<Op>;
  });
};

export interface RawRequest {
  readonly method: string;
  /** Path and query, encoded. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: NonNullable<RequestInit['body']>;
  readonly signal?: AbortSignal;
}

/**
 * For what is no JSON of an operation: rows with their ranges, parts of files. The reply as it came, its body unread.
 * @throws {ApiProblem} as `call` does.
 */
export const request = ({ method, url, headers = {}, body, signal }: RawRequest): Promise<Response> =>
  guarded(async () => {
    const response = await reach(url, { method, headers, signal: signal ?? null, body: body ?? null });
    if (!response.ok) throw await problemFrom(response);
    return response;
  });
