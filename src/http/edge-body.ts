/** Reads bodies to their end, bounded one by one and altogether, in size and in time. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../foundation/clock.ts';
import { Opaque } from '../foundation/opaque.ts';
import type { Problem } from '../foundation/problem.ts';
import { createBodyBuffer } from './body-buffer.ts';
import { openArrival, type Arrival } from './edge-arrival.ts';
import type { Connection } from './edge-connection.ts';
import type { EdgeLimits } from './edge-limits.ts';
import { bodyTooLarge, requestTimeout, tooManyBodies } from './edge-problems.ts';
import { NO_BODY } from './edge-request.ts';
import { createHolds } from './holds.ts';
import type { Request } from './route.ts';

export interface Bodies {
  /** Reads a short body and then serves its request. What comes with GET or HEAD means nothing and is not kept. */
  read(message: IncomingMessage, response: ServerResponse, connection: Connection): void;
  /** Opens a longer body, of which nothing is read yet. */
  open(
    message: IncomingMessage,
    response: ServerResponse,
    connection: Connection,
    body: { readonly maxBytes: number; readonly isAwaited: boolean },
  ): Arrival;
}

/** A body that is arriving. */
interface Upload {
  readonly giveUp: (problem: Problem) => void;
  readonly isSlow: (now: number) => boolean;
}

type Limits = Pick<
  EdgeLimits,
  | 'maxBodyBytes'
  | 'maxHeldBytes'
  | 'maxHeldOfKnown'
  | 'requestTimeoutMs'
  | 'betweenBytesMs'
  | 'slowestBytesPerSecond'
  | 'checkIntervalMs'
>;

/** What Node may have read ahead of a body that nobody has asked for: a full buffer, and the read that filled it. */
const READ_AHEAD = 128 * 1024;

/**
 * A reader for all bodies of one thread. When all bodies together are too large, the one that began first, or has gone on for
 * longest without a new piece, is refused: who sends at a good pace is done by then. Longer bodies of known callers have a room
 * of their own, so that no stranger can take it from them.
 */
export const createBodies = (
  limits: Limits,
  clock: Pick<Clock, 'monotonic'>,
  refuse: (
    message: IncomingMessage,
    response: ServerResponse,
    connection: Connection,
    problem: Problem,
  ) => void,
  serve: (
    message: IncomingMessage,
    response: ServerResponse,
    connection: Connection,
    body: Request['body'],
  ) => void,
): Bodies => {
  const evict = ({ giveUp }: Upload): void => giveUp(tooManyBodies());
  const held = createHolds<Upload>(limits.maxHeldBytes, evict);
  const heldOfKnown = createHolds<Upload>(limits.maxHeldOfKnown, evict);
  const arriving = new Set<Upload>();
  let timer: NodeJS.Timeout | undefined;

  const cutSlow = (): void => {
    const now = clock.monotonic();
    for (const upload of arriving) if (upload.isSlow(now)) upload.giveUp(requestTimeout());
    if (arriving.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };

  const begin = (upload: Upload): void => {
    arriving.add(upload);
    timer ??= setInterval(cutSlow, limits.checkIntervalMs).unref();
  };

  const end = (upload: Upload): void => {
    arriving.delete(upload);
    held.release(upload);
    heldOfKnown.release(upload);
  };

  return {
    read: (message, response, connection) => {
      const isKept = message.method !== 'GET' && message.method !== 'HEAD';
      const body = createBodyBuffer();
      const beganAt = clock.monotonic();
      let length = 0;
      let isGivenUp = false;
      const upload: Upload = {
        giveUp: (problem) => {
          isGivenUp = true;
          end(upload);
          message.removeAllListeners('data');
          message.removeAllListeners('end');
          refuse(message, response, connection, problem);
        },
        isSlow: (now) => now - beganAt > limits.requestTimeoutMs,
      };
      begin(upload);
      message.on('data', (chunk: Buffer) => {
        length += chunk.length;
        if (length > limits.maxBodyBytes) {
          upload.giveUp(bodyTooLarge());
        } else if (isKept) {
          held.add(upload, chunk.length);
          if (!isGivenUp) body.add(chunk);
        }
      });
      message.on('end', () => {
        end(upload);
        serve(message, response, connection, isKept ? new Opaque(body.take()) : NO_BODY);
      });
      // Where the upload was broken off.
      message.once('close', () => end(upload));
    },
    open: (message, response, connection, { maxBytes, isAwaited }) => {
      const arrival = openArrival(message, maxBytes, limits, () => clock.monotonic(), {
        onAsked: () => {
          held.release(upload);
          heldOfKnown.add(upload, READ_AHEAD);
          if (isAwaited) response.writeContinue();
        },
        onWaiting: (isWaiting) => {
          // A place that its sender keeps, not we.
          connection.waiting += isWaiting ? -1 : 1;
          connection.reading += isWaiting ? 1 : -1;
          connection.usedAt = clock.monotonic();
        },
        onHeld: (bytes) => {
          if (bytes > 0) heldOfKnown.add(upload, bytes);
          else heldOfKnown.reduce(upload, 0);
        },
      });
      const upload: Upload = { giveUp: arrival.fail, isSlow: arrival.isSlow };
      begin(upload);
      // While nobody asks for it, it may be a stranger's.
      held.add(upload, READ_AHEAD);
      response.once('close', () => end(upload));
      message.once('close', () => end(upload));
      return { ...arrival, drop: () => (end(upload), arrival.drop()) };
    },
  };
};
