/** Takes one part of an upload, stores it piece by piece while it comes, and has the whole looked at when it is there. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { UploadId } from '../../foundation/ids.ts';
import type { Clock } from '../../foundation/clock.ts';
import { collectYoung } from '../../foundation/collect-young.ts';
import { Problem } from '../../foundation/problem.ts';
import { inScope, type KeyedActor } from '../../services/datasets/access/actor.ts';
import type { Database } from '../../store/database.ts';
import { StoreError } from '../../store/errors.ts';
import type { Transaction } from '../../store/transaction.ts';
import { MOST_ARRIVING, MOST_PIECES_REMOVED, PIECE_BYTES, STALE_MS } from './limits.ts';
import type { PartOrder } from './metadata.ts';
import {
  checksumMismatch,
  diskFull,
  offsetConflict,
  tooManyArriving,
  uploadLoaded,
  uploadNotReady,
  uploadTooLong,
} from './problems.ts';
import { canFollow, findOwnUpload, type Upload } from './service.ts';
import { dropFollower, insertPart, queueUpload, removePartsFrom, setWhole, touchUpload } from './store.ts';

export interface ReceiverParts {
  readonly database: Database;
  readonly clock: Pick<Clock, 'now'>;
}

export interface Receiver {
  /**
   * Stores what comes and gives the offset after it. What had come of a part that breaks off stays, unless it had a checksum.
   * @throws upload_not_found (404), upload_offset_conflict, upload_loaded, upload_not_ready (409), upload_too_long (413),
   *   upload_checksum_mismatch (460), uploads_busy (503), disk_full (507), and what `bytes` throws.
   */
  receive(
    actor: KeyedActor,
    upload: UploadId,
    order: PartOrder,
    bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  ): Promise<number>;
}

/** Pieces between two collections of what they leave behind, some four times as much. */
const COLLECT_EACH = 2;

type Pair = readonly [Buffer, Buffer];

/**
 * Memory for the pieces of a part, kept for the next part: it outlives the young by far, and what V8 holds to be old it gives back
 * only when it collects all that this thread has. More arrive at once only now and then.
 */
const createPairs = (): { take(): Pair; giveBack(pair: Pair): void } => {
  let spare: Pair | undefined;
  return {
    take: () => {
      const pair = spare ?? [Buffer.allocUnsafeSlow(PIECE_BYTES), Buffer.allocUnsafeSlow(PIECE_BYTES)];
      spare = undefined;
      return pair;
    },
    giveBack: (pair) => {
      spare = pair;
    },
  };
};

/**
 * Cuts a stream into pieces of `PIECE_BYTES`; what was left when it broke off comes before its error.
 * @param pair two pieces' memory, in turn: whoever asks for a piece is done with the one before the last.
 * @param isWanted asked after each chunk; where it says no, the stream is left, and nothing more comes.
 */
const piecesOf = async function* (
  bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  pair: Pair,
  isWanted: () => boolean,
): AsyncGenerator<Buffer> {
  let [piece, other] = pair;
  let held = 0;
  let whole = 0;
  let failure: { readonly error: unknown } | undefined;
  try {
    for await (const chunk of bytes) {
      let taken = 0;
      while (taken < chunk.length) {
        const some = Math.min(chunk.length - taken, PIECE_BYTES - held);
        piece.set(chunk.subarray(taken, taken + some), held);
        taken += some;
        held += some;
        if (held === PIECE_BYTES) {
          held = 0;
          yield piece;
          whole += 1;
          if (whole % COLLECT_EACH === 0) collectYoung();
          [piece, other] = [other, piece];
        }
      }
      if (!isWanted()) return;
    }
  } catch (error) {
    failure = { error };
  }
  if (held > 0) yield piece.subarray(0, held);
  if (failure !== undefined) throw failure.error;
};

const isTaken = (error: unknown): boolean => error instanceof StoreError && error.code === '23505';

/** PostgreSQL could not make a file longer; the store tells it as 503, with that as its cause. */
const isDiskFull = (error: unknown): boolean => {
  const cause = error instanceof Problem ? error.cause : error;
  return cause instanceof StoreError && cause.code === '53100';
};

/** From the end of the bytes, so that what is there never has a gap. */
const takeBack = async (some: () => Promise<readonly unknown[]>): Promise<void> => {
  for (let gone = await some(); gone.length > 0;) gone = await some();
};

/** One for each worker thread. */
export const createReceiver = ({ database, clock }: ReceiverParts): Receiver => {
  const pairs = createPairs();
  let arriving = 0;

  const offsetOf = async (actor: KeyedActor, upload: UploadId): Promise<number> =>
    (await inScope(database, actor, (tx) => findOwnUpload(tx, actor, upload))).at;

  /** The whole is there: somebody looks at it, with what its uploader had said about it before. */
  const noteWhole = async (
    tx: Transaction,
    { company }: KeyedActor,
    upload: UploadId,
    corrections: unknown,
  ): Promise<void> => {
    const now = clock.now();
    const heard = new Date(now - STALE_MS);
    const set = await tx.one(setWhole, [company, upload, corrections, new Date(now), heard]);
    if (set?.is_followed === false) await tx.one(queueUpload, [upload]);
  };

  /** @param endsIt whether the last byte makes it whole at once; else its checksum is looked at before. */
  const store = async (
    actor: KeyedActor,
    found: Upload,
    upload: UploadId,
    at: number,
    piece: Buffer,
    endsIt: boolean,
  ): Promise<number> => {
    let finish: number | undefined;
    try {
      finish = await inScope(database, actor, async (tx) => {
        const added = await tx.one(insertPart, [actor.company, upload, at, piece]);
        if (added === undefined) return undefined;
        if (endsIt && added.finish === found.length) await noteWhole(tx, actor, upload, found.corrections);
        else if (canFollow(found, added.finish) && !canFollow(found, at)) await tx.one(queueUpload, [upload]);
        return added.finish;
      });
    } catch (error) {
      if (!isTaken(error)) throw error;
    }
    if (finish === undefined) throw offsetConflict(await offsetOf(actor, upload));
    return finish;
  };

  const takePart = async (
    actor: KeyedActor,
    upload: UploadId,
    { offset, checksum }: PartOrder,
    bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  ): Promise<number> => {
    const found = await inScope(database, actor, (tx) => findOwnUpload(tx, actor, upload));
    if (found.at !== offset) throw offsetConflict(found.at);
    if (found.phase === 'loaded') throw uploadLoaded();
    if (found.phase === 'loading') throw uploadNotReady();
    const hash = checksum === undefined ? undefined : createHash(checksum.algorithm);
    const takeSomeBack = (): Promise<readonly unknown[]> =>
      inScope(database, actor, async (tx) => {
        await tx.all(dropFollower, [actor.company, upload]);
        return tx.all(removePartsFrom, [actor.company, upload, offset, MOST_PIECES_REMOVED]);
      });
    let at = offset;
    // One piece goes into the database while the next one comes.
    let storing: Promise<number> | undefined;
    let isRefused = false;
    const pair = pairs.take();
    const stored = async (): Promise<void> => {
      const last = storing;
      storing = undefined;
      if (last !== undefined) at = await last;
    };
    try {
      for await (const piece of piecesOf(bytes, pair, () => !isRefused)) {
        hash?.update(piece);
        await stored();
        const fitting = piece.subarray(0, found.length - at);
        if (fitting.length > 0) {
          storing = store(actor, found, upload, at, fitting, hash === undefined);
          storing.catch(() => {
            isRefused = true;
          });
        }
        if (fitting.length === piece.length) continue;
        await stored();
        throw uploadTooLong();
      }
      await stored();
    } catch (error) {
      // What came before it counts, and nothing may come in behind what is taken back.
      await stored().catch(() => undefined);
      // A part with a checksum is kept whole or not at all (tus 1.0.0, “Checksum”).
      if (hash !== undefined && at > offset) await takeBack(takeSomeBack);
      throw error;
    } finally {
      // Nothing of it is being stored any more.
      pairs.giveBack(pair);
    }
    if (hash !== undefined && checksum !== undefined) {
      const digest = hash.digest();
      if (digest.length !== checksum.digest.length || !timingSafeEqual(digest, checksum.digest)) {
        if (at > offset) await takeBack(takeSomeBack);
        throw checksumMismatch();
      }
    }
    await inScope(database, actor, async (tx) => {
      if (hash !== undefined && at === found.length) await noteWhole(tx, actor, upload, found.corrections);
      else await tx.all(touchUpload, [actor.company, upload, new Date(clock.now())]);
    });
    return at;
  };

  return {
    receive: async (actor, upload, order, bytes) => {
      if (arriving >= MOST_ARRIVING) throw tooManyArriving();
      arriving += 1;
      try {
        return await takePart(actor, upload, order, bytes);
      } catch (error) {
        throw isDiskFull(error) ? diskFull() : error;
      } finally {
        arriving -= 1;
      }
    },
  };
};
