/** What the edge knows of one open connection. */
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Opaque } from '../foundation/opaque.ts';

export interface Connection {
  readonly socket: Socket;
  readonly address: Opaque<string>;
  /** `clock.monotonic()` of its last request, or of its opening. */
  usedAt: number;
  /** Requests that it brought. */
  requests: number;
  /** Answers that are still being made. */
  waiting: number;
  /** The response to its last request. */
  last: ServerResponse | undefined;
  /** Requests that came before the answer to an earlier one was out, and whose own answer is not out either. */
  ahead: number;
  /** Bytes of answers that are watched because they may not be taken at once. */
  unsent: number;
  /** Runs while something is unsent. */
  patience: NodeJS.Timeout | undefined;
  /** Answers of 429 in a row. */
  ignored: number;
  /** Nothing more is read from it. */
  closing: boolean;
}

const MAPPED_IPV4 = '::ffff:';

/** The peer's address; IPv4 as IPv4, also on a socket that listens for both. */
export const addressOf = (socket: Socket): string => {
  const peer = socket.remoteAddress ?? '';
  return peer.startsWith(MAPPED_IPV4) ? peer.slice(MAPPED_IPV4.length) : peer;
};

/** @param now `clock.monotonic()`. */
export const openConnection = (socket: Socket, now: number): Connection => ({
  socket,
  address: new Opaque(addressOf(socket)),
  usedAt: now,
  requests: 0,
  waiting: 0,
  last: undefined,
  ahead: 0,
  unsent: 0,
  patience: undefined,
  ignored: 0,
  closing: false,
});

/**
 * Closes connections that are idle, or whose client dawdles over a request or an answer; those unused for longest first,
 * a sixteenth of them at once, so that a flood does not make us look for each of its connections again.
 * @param isMeant which may be closed.
 * @returns how many were.
 */
export const closeIdlest = (
  connections: Iterable<Connection>,
  isMeant: (connection: Connection) => boolean,
): number => {
  const found: Connection[] = [];
  for (const connection of connections) {
    if (connection.waiting === 0 && !connection.socket.destroyed && isMeant(connection))
      found.push(connection);
  }
  found.sort((one, other) => one.usedAt - other.usedAt);
  const count = Math.ceil(found.length / 16);
  for (const { socket } of found.slice(0, count)) socket.destroy();
  return count;
};
