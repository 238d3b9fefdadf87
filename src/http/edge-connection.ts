/** What the edge knows of one open connection. */
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Opaque } from '../foundation/opaque.ts';
import type { IsTrusted } from './forwarded.ts';

export interface Connection {
  readonly socket: Socket;
  /** The peer's own. */
  readonly address: Opaque<string>;
  /** A trusted proxy's: its requests are those of many clients, none of whom may be held to account for another. */
  readonly isProxy: boolean;
  /** `clock.monotonic()` of its last request, or of its opening. */
  usedAt: number;
  /** Requests that it brought. */
  requests: number;
  /** Answers that are still being made; of a trusted proxy also those that wait for their stroke. */
  waiting: number;
  /** Bodies that are still arriving. */
  reading: number;
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
  /** Refusals in a row of requests that nobody stands behind. */
  refused: number;
  /** Refusals that are ready and not sent yet; nothing is read meanwhile. */
  held: number;
  /** Serve what had been read by then, one after the other. */
  readonly behind: (() => void)[];
  /** Nothing more is read from it. */
  closing: boolean;
  /** Somebody stands behind a request of it, which ends its slowness. */
  noteKnown(): void;
}

/** Telling it costs a digest. */
const KNOWN_MS = 1000;

const MAPPED_IPV4 = '::ffff:';

/** The peer's address; IPv4 as IPv4, also on a socket that listens for both. */
export const addressOf = (socket: Socket): string => {
  const peer = socket.remoteAddress ?? '';
  return peer.startsWith(MAPPED_IPV4) ? peer.slice(MAPPED_IPV4.length) : peer;
};

/**
 * @param now `clock.monotonic()`.
 * @param onKnown called when somebody stands behind a request of it, once a second at most.
 */
export const openConnection = (
  socket: Socket,
  now: number,
  isTrusted: IsTrusted | undefined,
  onKnown: (address: string) => void,
): Connection => {
  const address = addressOf(socket);
  let knownAt = Number.NEGATIVE_INFINITY;
  const connection: Connection = {
    socket,
    address: new Opaque(address),
    isProxy: isTrusted?.(address) === true,
    usedAt: now,
    requests: 0,
    waiting: 0,
    reading: 0,
    last: undefined,
    ahead: 0,
    unsent: 0,
    patience: undefined,
    ignored: 0,
    refused: 0,
    held: 0,
    behind: [],
    closing: false,
    noteKnown: () => {
      connection.refused = 0;
      if (connection.usedAt - knownAt < KNOWN_MS) return;
      knownAt = connection.usedAt;
      onKnown(address);
    },
  };
  return connection;
};

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
  // Whoever was just refused goes before whoever may be idle for good reasons.
  found.sort((one, other) => other.held - one.held || one.usedAt - other.usedAt);
  const count = Math.ceil(found.length / 16);
  for (const { socket } of found.slice(0, count)) socket.destroy();
  return count;
};
