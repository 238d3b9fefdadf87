/** A body that is taken from its connection when somebody known asks for it, and not before. */
import type { IncomingMessage } from 'node:http';
import { Opaque } from '../foundation/opaque.ts';
import type { Problem } from '../foundation/problem.ts';
import { createBodyBuffer } from './body-buffer.ts';
import type { EdgeLimits } from './edge-limits.ts';
import { bodyTooLarge, clientGone } from './edge-problems.ts';
import type { Request } from './route.ts';

/** A body on its way. Until the first call of `receive` or `stream`, TCP holds it back at its sender. */
export interface Arrival {
  /** Empty until `receive` is done. */
  readonly body: Request['body'];
  /** Reads all of it. Rejects with the Problem that ends it: too long, too slow, no room, nobody there. */
  receive(): Promise<void>;
  /** Hands on each piece as it comes; the next is read when the last was taken. Throws the same Problems. */
  stream(): AsyncIterable<Uint8Array>;
  /** Whether all of it has been read, so that its connection can bring another request. */
  isOver(): boolean;
  /** Nothing more of it is wanted: what has come is let go. */
  drop(): void;
  /** Ends it with this problem, for whoever waits for its bytes. */
  fail(problem: Problem): void;
  /** Whether its sender is slower than anybody has to wait for; what the reader needs is not counted. */
  isSlow(now: number): boolean;
}

/** What an arrival tells of itself. */
export interface ArrivalHooks {
  /** The first byte is wanted: `100 Continue` is due where the client waits for it. */
  readonly onAsked: () => void;
  /** Whether bytes are being waited for. */
  readonly onWaiting: (isWaiting: boolean) => void;
  /** This many bytes are held more; none where the last piece was handed on. */
  readonly onHeld: (bytes: number) => void;
}

/** A body whose bytes come later than the request that has it. */
class BodyInTransit extends Opaque<Uint8Array> {
  readonly #take: () => Uint8Array;

  constructor(take: () => Uint8Array) {
    super(new Uint8Array(0));
    this.#take = take;
  }

  override expose(): Uint8Array {
    return this.#take();
  }
}

/** @param now `clock.monotonic()`. */
export const openArrival = (
  message: IncomingMessage,
  maxBytes: number,
  limits: Pick<EdgeLimits, 'requestTimeoutMs' | 'betweenBytesMs' | 'slowestBytesPerSecond'>,
  now: () => number,
  hooks: ArrivalHooks,
): Arrival => {
  const buffer = createBodyBuffer(maxBytes);
  const waiting: Uint8Array[] = [];
  let received = 0;
  let isOver = false;
  let isAsked = false;
  let failure: Problem | undefined;
  let wake: (() => void) | undefined;
  /** Since when bytes are waited for, and for how long they were altogether. */
  let [waitsSince, waited] = [0, 0];

  const settle = (): void => {
    const waiter = wake;
    if (waiter === undefined) return;
    wake = undefined;
    waited += now() - waitsSince;
    hooks.onWaiting(false);
    waiter();
  };

  const drop = (): void => {
    message.removeAllListeners('data');
    waiting.length = 0;
    // Whatever else comes of it is let go as it comes.
    message.resume();
  };

  const fail = (problem: Problem): void => {
    if (failure !== undefined || isOver) return;
    failure = problem;
    drop();
    settle();
  };

  const take = (chunk: Uint8Array): void => {
    received += chunk.length;
    if (received > maxBytes) {
      fail(bodyTooLarge());
      return;
    }
    waiting.push(chunk);
    message.pause();
    settle();
  };

  message.once('end', () => {
    isOver = true;
    settle();
  });
  message.once('close', () => fail(clientGone()));

  /** The next piece, or undefined after the last. */
  const next = async (): Promise<Uint8Array | undefined> => {
    if (!isAsked) {
      isAsked = true;
      hooks.onAsked();
      message.on('data', take);
    }
    if (waiting.length === 0 && !isOver && failure === undefined) {
      await new Promise<void>((resolve) => {
        wake = resolve;
        waitsSince = now();
        hooks.onWaiting(true);
        message.resume();
      });
    }
    if (failure !== undefined) throw failure;
    return waiting.shift();
  };

  return {
    body: new BodyInTransit(() => buffer.take()),
    receive: async () => {
      for (let chunk = await next(); chunk !== undefined; chunk = await next()) {
        hooks.onHeld(chunk.length);
        // Holding may have ended it.
        if (failure === undefined) buffer.add(chunk);
      }
    },
    stream: async function* () {
      for (let chunk = await next(); chunk !== undefined; chunk = await next()) {
        yield chunk;
        hooks.onHeld(0);
      }
    },
    isOver: () => isOver,
    drop,
    fail,
    isSlow: (at) => {
      if (wake === undefined) return false;
      const [since, altogether] = [at - waitsSince, waited + at - waitsSince];
      const allowed = limits.requestTimeoutMs + (received / limits.slowestBytesPerSecond) * 1000;
      return since > limits.betweenBytesMs || altogether > allowed;
    },
  };
};
