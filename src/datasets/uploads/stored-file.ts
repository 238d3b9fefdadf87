/** The bytes of an upload as those read them who know formats: in order, or any range, never all at once. */
import { setTimeout as pause } from 'node:timers/promises';
import { collectYoung } from '../../foundation/collect-young.ts';
import type { UploadId } from '../../foundation/ids.ts';
import { inScope, type KeyedActor } from '../../services/datasets/access/actor.ts';
import type { Database } from '../../store/database.ts';
import { BytesLost, Stalled } from './interruption.ts';
import { GLANCE_MS, MOST_WAITED_MS } from './limits.ts';
import { nameBytes, readPart, readRange } from './store.ts';

export interface StoredFile {
  /** Bytes altogether. */
  readonly length: number;
  /** From the first to the last byte; may be asked for again. Throws `BytesLost`. */
  pieces(): AsyncIterable<Uint8Array>;
  /** Bytes from `from` up to `to`, as far as there are some. Throws `BytesLost`. */
  read(from: number, to: number): Promise<Uint8Array>;
}

/** A file that may still be on its way. */
export interface Awaited {
  /** Aborted where nobody waits any more. */
  readonly signal: AbortSignal;
}

/** Pieces between two collections of what was read: fewer, and some that are still worked on would count as old. */
const COLLECT_EACH = 4;

/**
 * Opens the bytes of one upload.
 * @param length as it was announced
 * @param awaited waits for what has not come yet instead of throwing `BytesLost`; throws `Stalled` once it has waited too long
 */
export const openStoredFile = (
  database: Database,
  actor: KeyedActor,
  upload: UploadId,
  length: number,
  awaited?: Awaited,
): StoredFile => {
  let glances = 0;
  /** Asks until there is an answer. */
  const ask = async <Answer>(question: () => Promise<Answer | undefined>): Promise<Answer> => {
    for (;;) {
      const answer = await question();
      if (answer !== undefined) return answer;
      if (awaited === undefined) throw new BytesLost();
      glances += 1;
      if (glances * GLANCE_MS > MOST_WAITED_MS) throw new Stalled();
      await pause(GLANCE_MS, undefined, { signal: awaited.signal });
    }
  };
  const partAt = (start: number): Promise<Uint8Array> =>
    ask(() =>
      inScope(database, actor, async (tx) => {
        await tx.one(nameBytes, [upload, start, length]);
        const [part] = await tx.bytes(readPart);
        return part;
      }),
    );
  return {
    length,
    pieces: async function* () {
      // The next one comes while the one before is worked on.
      let next = length > 0 ? partAt(0) : undefined;
      for (let at = 0, given = 0; next !== undefined; given += 1) {
        if (given % COLLECT_EACH === COLLECT_EACH - 1) collectYoung();
        const bytes = await next;
        at += bytes.length;
        next = at < length ? partAt(at) : undefined;
        // Whoever stops in between leaves it to nobody.
        next?.catch(() => undefined);
        yield bytes;
      }
    },
    read: async (from, to) => {
      const end = Math.min(to, length);
      if (from >= end) return new Uint8Array(0);
      return ask(async () => {
        const rows = await inScope(database, actor, async (tx) => {
          await tx.one(nameBytes, [upload, from, end]);
          return tx.bytes(readRange);
        });
        const bytes = Buffer.concat(rows);
        return bytes.length === end - from ? bytes : undefined;
      });
    },
  };
};
