/**
 * Lets those who change something see it at once: how often each user's sessions have changed something, in memory that
 * all threads share, so that what a thread remembered before counts for nothing. What others change comes by `NOTIFY`.
 */
import type { UserId } from '../foundation/ids.ts';

const MARKS = 1 << 12;

/** Users share marks; one that moves for another's change costs a look-up. */
export const createWriteMarksBuffer = (): SharedArrayBuffer =>
  new SharedArrayBuffer(MARKS * Int32Array.BYTES_PER_ELEMENT);

export interface WriteMarks {
  /** To be asked before the database is. */
  of(user: UserId): number;
  /** To be called after the change is committed, before its answer goes out. */
  note(user: UserId): void;
}

/** Opens the marks in this thread. */
export const openWriteMarks = (buffer: SharedArrayBuffer): WriteMarks => {
  const cells = new Int32Array(buffer);
  const cellOf = (user: UserId): number => {
    let hash = 0;
    // The end of an id is random.
    for (let index = user.length - 8; index < user.length; index += 1)
      hash = (hash * 31 + user.charCodeAt(index)) >>> 0;
    return hash % cells.length;
  };
  return {
    of: (user) => Atomics.load(cells, cellOf(user)),
    note: (user) => void Atomics.add(cells, cellOf(user), 1),
  };
};
