/** The bytes of an upload as those read them who know formats: in order, or any range, never all at once. */
import type { UploadId } from '../../foundation/ids.ts';
import { inScope, type KeyedActor } from '../../services/datasets/access/actor.ts';
import type { Database } from '../../store/database.ts';
import { BytesLost } from './interruption.ts';
import { readPart, readRange } from './store.ts';

export interface StoredFile {
  /** Bytes altogether. */
  readonly length: number;
  /** From the first to the last byte; may be asked for again. Throws `BytesLost`. */
  pieces(): AsyncIterable<Uint8Array>;
  /** Bytes from `from` up to `to`, as far as there are some. Throws `BytesLost`. */
  read(from: number, to: number): Promise<Uint8Array>;
}

/** Opens the bytes of one upload. @param length as it was announced. */
export const openStoredFile = (
  database: Database,
  actor: KeyedActor,
  upload: UploadId,
  length: number,
): StoredFile => {
  const { company } = actor;
  const partAt = (start: number): Promise<{ finish: number; bytes: Uint8Array }> =>
    inScope(database, actor, async (tx) => {
      const part = await tx.one(readPart, [company, upload, start]);
      if (part === undefined) throw new BytesLost();
      return part;
    });
  return {
    length,
    pieces: async function* () {
      // The next one comes while the one before is worked on.
      let next = length > 0 ? partAt(0) : undefined;
      while (next !== undefined) {
        const { finish, bytes } = await next;
        next = finish < length ? partAt(finish) : undefined;
        // Whoever stops in between leaves it to nobody.
        next?.catch(() => undefined);
        yield bytes;
      }
    },
    read: async (from, to) => {
      const end = Math.min(to, length);
      if (from >= end) return new Uint8Array(0);
      const rows = await inScope(database, actor, (tx) => tx.all(readRange, [company, upload, from, end]));
      const bytes = Buffer.concat(rows.map((row) => row.bytes));
      if (bytes.length !== end - from) throw new BytesLost();
      return bytes;
    },
  };
};
