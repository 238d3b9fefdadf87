/** Answers on their way to clients that may not take them: bounded in bytes, and in time. */
import type { ServerResponse } from 'node:http';
import type { Connection } from './edge-connection.ts';
import type { EdgeLimits } from './edge-limits.ts';
import { createHolds } from './holds.ts';
import type { Reply } from './route.ts';

export interface Answers {
  /** One more request has come on a connection; false where too many of its answers are not out yet. */
  mayCome(connection: Connection, response: ServerResponse): boolean;
  /** An answer has been handed over. */
  sent(connection: Connection, response: ServerResponse, reply: Reply): void;
  /** The connection is gone. */
  forget(connection: Connection): void;
}

/** What any system takes at once for a connection that is empty. */
const SMALL = 16 * 1024;

/** Reads nothing more for so long, once the answer is out. */
const rest = ({ socket }: Connection, response: ServerResponse, milliseconds: number): void => {
  // Later than `finish`, at which Node itself sets the socket going again.
  response.once('close', () => {
    if (socket.destroyed) return;
    socket.pause();
    setTimeout(() => socket.resume(), milliseconds).unref();
  });
};

type Limits = Pick<
  EdgeLimits,
  'maxPipelined' | 'maxIgnored' | 'maxUnsentBytes' | 'answerTimeoutMs' | 'slowestBytesPerSecond'
>;

/**
 * Watches large answers, and those to requests that were sent ahead; a small answer to a client that waits for it costs
 * nothing. `server.timeout` alone would leave the connection to whoever takes a byte now and then.
 * @param onCut a connection was closed because its client did not take what it asked for.
 */
export const createAnswers = (limits: Limits, onCut: () => void): Answers => {
  const cut = (connection: Connection): void => {
    if (connection.socket.destroyed) return;
    onCut();
    connection.socket.destroy();
  };
  const holds = createHolds<Connection>(limits.maxUnsentBytes, cut);

  const beginPatience = (connection: Connection): void => {
    clearTimeout(connection.patience);
    connection.patience = undefined;
    if (connection.unsent === 0 || connection.socket.destroyed) return;
    const needed = (connection.unsent / limits.slowestBytesPerSecond) * 1000;
    connection.patience = setTimeout(() => cut(connection), limits.answerTimeoutMs + needed).unref();
  };

  const watch = (connection: Connection, response: ServerResponse, bytes: number): void => {
    connection.unsent += bytes;
    holds.add(connection, bytes);
    if (connection.patience === undefined) beginPatience(connection);
    response.once('close', () => {
      connection.unsent -= bytes;
      holds.reduce(connection, bytes);
      beginPatience(connection);
    });
  };

  return {
    mayCome: (connection, response) => {
      const { last } = connection;
      connection.last = response;
      if (last === undefined || last.writableFinished) return true;
      connection.ahead += 1;
      response.once('close', () => {
        connection.ahead -= 1;
      });
      return connection.ahead <= limits.maxPipelined;
    },
    sent: (connection, response, { status, restMs, body }) => {
      const bytes = body.length;
      if (bytes > SMALL || connection.ahead > 0) watch(connection, response, bytes);
      connection.ignored = status === 429 ? connection.ignored + 1 : 0;
      const isEarly = status === 429 && connection.ignored <= limits.maxIgnored;
      // Others than the one who was told to wait come through a proxy's connection.
      const mayRest = !isEarly && !connection.closing && !connection.isProxy;
      if (restMs !== undefined && mayRest) rest(connection, response, restMs);
    },
    forget: (connection) => {
      holds.release(connection);
      clearTimeout(connection.patience);
    },
  };
};
