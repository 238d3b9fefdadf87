/** Calls a handler in a loop, without a network: what is left of a request's cost when only our own code runs. */
import type { IncomingMessage } from 'node:http';
import { Opaque } from '../src/foundation/opaque.ts';
import { buildRequest } from '../src/http/edge-request.ts';
import type { Handler } from '../src/http/server.ts';

/** Asks a server's process to call its own handler. */
export interface Spin {
  readonly ask: 'spin';
  readonly target: string;
  /** `Authorization` of the requests, in turn. */
  readonly authorizations: readonly string[];
  readonly requests: number;
}

const CONNECTIONS = 32;
/** As many as come in one turn of the event loop; without turns it would seem that none ever ends. */
const A_TURN = 100;
const OK = 200;

/** Microseconds of CPU a request; throws where one is not answered with 200. */
export const spinHandler = async (
  handler: Handler,
  { target, authorizations, requests }: Omit<Spin, 'ask'>,
): Promise<number> => {
  const messages = authorizations.map(
    (authorization) =>
      ({
        method: 'GET',
        url: target,
        socket: { destroyed: false },
        rawHeaders: ['host', 'localhost', 'user-agent', 'bench', 'authorization', authorization],
      }) as unknown as IncomingMessage,
  );
  const addresses = Array.from({ length: CONNECTIONS }, () => new Opaque('127.0.0.1'));
  const before = process.cpuUsage();
  for (let index = 0; index < requests; index += 1) {
    if (index % A_TURN === 0) await new Promise((resolve) => setImmediate(resolve));
    const message = messages[index % messages.length];
    const address = addresses[index % CONNECTIONS];
    if (message === undefined || address === undefined) throw new Error('nothing to ask with');
    const reply = handler(buildRequest(message, address, true));
    // Whatever has to be waited for is waited for as the edge would.
    const { status } = reply instanceof Promise ? await reply : reply;
    if (status !== OK)
      throw new Error(
        `a request was answered with ${status}: ${String((reply instanceof Promise ? await reply : reply).body)}`,
      );
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / requests;
};
