/** Sends a body that is made while it goes out. */
import type { ServerResponse } from 'node:http';

/**
 * Writes pieces one after the other: the next is made when the reader has taken the last, and other requests get their
 * turn between two. Where making one throws, or the reader has left, the connection ends without the last chunk, which
 * tells a reader that something is missing.
 */
export const sendPieces = (
  response: ServerResponse,
  first: string | Uint8Array,
  pieces: Iterable<string>,
): void => {
  const iterator = pieces[Symbol.iterator]();
  const step = (): void => {
    if (response.destroyed || response.req.socket.destroyed) {
      iterator.return?.();
      return;
    }
    let next: IteratorResult<string>;
    try {
      next = iterator.next();
    } catch {
      response.destroy();
      return;
    }
    if (next.done === true) response.end();
    else if (response.write(next.value)) setImmediate(step);
    else response.once('drain', step);
  };
  response.once('close', () => iterator.return?.());
  if (first.length > 0) response.write(first);
  step();
};
