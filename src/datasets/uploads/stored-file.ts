/** The bytes of an upload as those read them who know formats: in order, or any range, never all at once. */
import type { UploadId } from '../../foundation/ids.ts';
import { inScope, type KeyedActor } from '../../services/datasets/access/actor.ts';
import type { Database } from '../../store/database.ts';
import { BytesLost } from './interruption.ts';
import { nameBytes, readPart, readRange } from './store.ts';

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
  const partAt = (start: number): Promise<Uint8Array> =>
    inScope(database, actor, async (tx) => {
      await tx.one(nameBytes, [upload, start, length]);
      const [part] = await tx.bytes(readPart);
      if (part === undefined) throw new BytesLost();
      return part;
    });
  return {
    length,
    pieces: async function* () {
      // The next one comes while the one before is worked on.
      let next = length > 0 ? partAt(0) : undefined;
      for (let at = 0; next !== undefined;) {
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
      const rows = await inScope(database, actor, async (tx) => {
        await tx.one(nameBytes, [upload, from, end]);
        return tx.bytes(readRange);
      });
      const bytes = Buffer.concat(rows);
      if (bytes.length !== end - from) throw new BytesLost();
      return bytes;
    },
  };
};
