/** Asks what the server says of an address, as the project: the member's own, or any. */
import { useEffect, useRef, useState } from 'react';
import { call } from '../../../api/client.ts';
import { ApiProblem, CANCELLED } from '../../../api/problem.ts';
import { isLocalHost, SECRET_PLACEHOLDER } from '../parts/curl-line.ts';

/** Letters, digits, dots and colons: what an IPv4 or IPv6 address is made of. */
const ADDRESS = /^[0-9A-Fa-f:.]{2,45}$/;

/** Whether a text could be an address; whether it is one is for the server to say. */
export const couldBeAddress = (text: string): boolean => ADDRESS.test(text.trim()) && /[.:]/.test(text);

/** The route: one's own address where the text is empty. */
export const routeOf = (address: string): string =>
  address.trim() === '' ? '/v1/visitor' : `/v1/visitor/${address.trim()}`;

/** The same call as a line for a terminal. Nothing in it needs escaping once the address could be one. */
export const curlOf = (
  address: string,
  { origin, hostname }: { readonly origin: string; readonly hostname: string },
): string =>
  [
    'curl',
    ...(isLocalHost(hostname) ? ['--cacert data/tls/ca.pem'] : []),
    `-H "X-Api-Key: ${SECRET_PLACEHOLDER}"`,
    `"${origin}${routeOf(address)}"`,
  ].join(' ');

/** An answer of the server. */
export interface Looked {
  /** Counts up with each question. */
  readonly number: number;
  /** Empty where it was one's own. */
  readonly address: string;
  readonly status: number;
  /** The JSON of the answer, errors included; undefined where it is none. */
  readonly answer: unknown;
  /** Milliseconds on the server. */
  readonly durationMs: number;
}

interface State {
  readonly looked: Looked | undefined;
  readonly problem: unknown;
  readonly isPending: boolean;
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

export interface LookUp extends State {
  readonly look: (address: string) => Promise<void>;
}

/** Of one project of a company. The newest question counts; nothing of it is kept but in the memory of the page. */
export const useLookUp = (company: string, project: string): LookUp => {
  const [state, setState] = useState<State>({ looked: undefined, problem: undefined, isPending: false });
  const current = useRef<AbortController>(undefined);
  const count = useRef(0);
  useEffect(() => () => current.current?.abort(), []);
  const look = async (address: string): Promise<void> => {
    current.current?.abort();
    const { signal } = (current.current = new AbortController());
    setState((before) => ({ ...before, problem: undefined, isPending: true }));
    try {
      const body = { path: routeOf(address), parameters: {} };
      const tried = await call('playground.ask', { params: { company, project }, body }, signal);
      if (signal.aborted) return;
      count.current += 1;
      const { status, duration_ms: durationMs } = tried;
      const looked = { number: count.current, address, status, answer: parsed(tried.body), durationMs };
      setState({ looked, problem: undefined, isPending: false });
    } catch (error) {
      if (signal.aborted || (error instanceof ApiProblem && error.code === CANCELLED)) return;
      setState((before) => ({ ...before, problem: error, isPending: false }));
    }
  };
  return { ...state, look };
};
