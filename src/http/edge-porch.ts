/** Where new connections of suspects wait before anything is spent on them, while many are refused. */
import type { Socket } from 'node:net';
import type { Clock } from '../foundation/clock.ts';

export interface PorchOptions {
  readonly clock: Clock;
  /** Whether this connection has to wait its turn. */
  readonly hasToWait: (socket: Socket) => boolean;
  /** One was closed without a word, since too many wait. */
  readonly onCut: () => void;
  /** Connections let in from here in a second. */
  readonly perSecond: number;
  /** Connections that may wait; 200 where left out. */
  readonly most?: number;
}

export interface Porch {
  /** Calls `begin` now, or when it is this connection's turn, or never where it is gone by then. */
  enter(socket: Socket, begin: () => void): void;
  /** Lets nobody in any more. */
  close(): void;
}

const STROKE_MS = 20;

const noop = (): void => undefined;

/**
 * A handshake costs as much as twenty refusals, and reading what comes after it is not even begun. When too many wait, the
 * one that has waited longest is closed: whoever comes next is never refused.
 */
export const createPorch = (options: PorchOptions): Porch => {
  const { clock, hasToWait, onCut, perSecond, most = 200 } = options;
  const waiting = new Map<Socket, () => void>();
  let allowance = perSecond;
  let countedAt = clock.monotonic();
  let timer: NodeJS.Timeout | undefined;

  function forget(this: Socket): void {
    waiting.delete(this);
  }

  /** It is somebody else's from now on. */
  const leave = (socket: Socket): void => {
    waiting.delete(socket);
    socket.off('error', noop);
    socket.off('close', forget);
  };

  const count = (): void => {
    const at = clock.monotonic();
    allowance = Math.min(perSecond, allowance + ((at - countedAt) / 1000) * perSecond);
    countedAt = at;
  };

  const strike = (): void => {
    count();
    for (const [socket, begin] of waiting) {
      if (allowance < 1) break;
      allowance -= 1;
      leave(socket);
      begin();
    }
    timer = waiting.size === 0 ? undefined : setTimeout(strike, STROKE_MS).unref();
  };

  return {
    enter: (socket, begin) => {
      if (!hasToWait(socket)) {
        begin();
        return;
      }
      // Nobody else listens to it yet.
      socket.on('error', noop);
      socket.on('close', forget);
      waiting.set(socket, begin);
      if (waiting.size > most) {
        for (const longest of waiting.keys()) {
          waiting.delete(longest);
          longest.resetAndDestroy();
          onCut();
          break;
        }
      }
      timer ??= setTimeout(strike, 0).unref();
    },
    close: () => {
      clearTimeout(timer);
      waiting.clear();
    },
  };
};
