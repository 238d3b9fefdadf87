/** Reads of rows in the log of a dataset's company: once a minute for each reader and dataset, so that most of them write nothing. */
import type { Id, KeyId } from '../../../foundation/ids.ts';
import type { DatasetActor } from '../access/actor.ts';

/** Who reads, and when. */
export interface Read {
  readonly actor: DatasetActor;
  readonly key?: KeyId | undefined;
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
}

const MINUTE_MS = 60_000;
/** Readers that one thread remembers; who was forgotten is noted once more. */
const MOST_READERS = 10_000;

interface Noted {
  readonly minute: number;
  readonly written: Promise<void>;
}

/**
 * Makes the function that a read waits for before its rows go out: the first of a minute until it is written down, and those
 * beside it for the same; the others of that minute for nothing. One that could not be written is no read: it rejects as
 * `write` does, and the next tries again.
 */
export const createReadNotes = (
  write: (read: Read, dataset: Id<'dst'>) => Promise<void>,
): ((read: Read, dataset: Id<'dst'>) => Promise<void>) => {
  const known = new Map<string, Noted>();
  return (read, dataset) => {
    const { actor, key, now } = read;
    const reader = `${actor.company} ${actor.user ?? ''} ${key ?? ''} ${dataset}`;
    const minute = Math.floor(now / MINUTE_MS);
    const before = known.get(reader);
    if (before?.minute === minute) return before.written;
    const noted: Noted = { minute, written: write(read, dataset) };
    known.delete(reader);
    known.set(reader, noted);
    noted.written.catch(() => {
      if (known.get(reader) === noted) known.delete(reader);
    });
    for (const oldest of known.keys()) {
      if (known.size <= MOST_READERS) break;
      known.delete(oldest);
    }
    return noted.written;
  };
};
