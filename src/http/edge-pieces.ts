/** Sends a body that is made while it goes out. */
import type { ServerResponse } from 'node:http';
import { TLSSocket } from 'node:tls';
import { DEFAULT_EDGE_LIMITS, type EdgeLimits } from './edge-limits.ts';
import type { Reply } from './route.ts';

type Pieces = NonNullable<Reply['pieces']>;

const iteratorOf = (pieces: Pieces): Iterator<string> | AsyncIterator<string | Uint8Array> =>
  Symbol.asyncIterator in pieces ? pieces[Symbol.asyncIterator]() : pieces[Symbol.iterator]();

/**
 * Writes pieces one after the other: the next is made when the reader has taken the last, and other requests get their
 * turn between two. Where making one throws, or the reader has left or takes nothing for too long, the connection ends
 * without the last chunk, which tells a reader that something is missing.
 */
export const sendPieces = (
  response: ServerResponse,
  first: string | Uint8Array,
  pieces: Pieces,
  limits: Pick<EdgeLimits, 'answerTimeoutMs' | 'slowestBytesPerSecond'> = DEFAULT_EDGE_LIMITS,
): void => {
  const iterator = iteratorOf(pieces);
  let isClosed = false;
  let patience: NodeJS.Timeout | undefined;

  /** Whoever makes pieces can let go of what it holds for them. */
  const close = (): void => {
    clearTimeout(patience);
    if (isClosed) return;
    isClosed = true;
    try {
      const closed = iterator.return?.();
      if (closed instanceof Promise) closed.catch(() => undefined);
    } catch {
      // Nobody is left to be told.
    }
  };

  const cut = (): void => {
    close();
    const { socket, httpVersionMinor } = response.req;
    // HTTP/1.0 has no last chunk that could be missing: there only a reset differs from the end. TLS has an end of its own
    // (`close_notify`, RFC 8446, 6.1), which is sent after a whole answer alone: without it a reader knows it was cut.
    if (httpVersionMinor === 0 && !(socket instanceof TLSSocket)) socket.resetAndDestroy();
    else response.destroy();
  };

  /** Cuts who does not take what is written: as long as its bytes need at the slowest, and some more. */
  const watch = (): void => {
    const needed = (response.writableLength / limits.slowestBytesPerSecond) * 1000;
    clearTimeout(patience);
    patience = setTimeout(cut, limits.answerTimeoutMs + needed).unref();
  };

  const take = (next: IteratorResult<string | Uint8Array>): void => {
    if (isClosed) return;
    if (next.done === true) {
      isClosed = true;
      // What was below the high-water mark may still wait for its reader, the very last of it too.
      response.once('finish', () => clearTimeout(patience));
      response.end();
      if (!response.writableFinished) watch();
    } else if (response.write(next.value)) setImmediate(step);
    else {
      watch();
      response.once('drain', () => {
        clearTimeout(patience);
        step();
      });
    }
  };

  const step = (): void => {
    if (response.destroyed || response.req.socket.destroyed) {
      close();
      return;
    }
    try {
      const next = iterator.next();
      if (next instanceof Promise) next.then(take, cut);
      else take(next);
    } catch {
      cut();
    }
  };
  response.once('close', close);
  if (first.length > 0) response.write(first);
  step();
};
