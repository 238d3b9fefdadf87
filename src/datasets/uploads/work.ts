/** What one thread does with one upload: looks at it, or loads it, and says so each second, until it is no longer its own. */
import { setTimeout as pause } from 'node:timers/promises';
import type { UploadId } from '../../foundation/ids.ts';
import { inScope, type KeyedActor } from '../../services/datasets/access/actor.ts';
import type { Connection } from '../../store/connection.ts';
import type { Database } from '../../store/database.ts';
import { failureOf, type Failure } from './failures.ts';
import { NotOurs, Stalled } from './interruption.ts';
import { BEAT_MS, GLANCE_MS, LONGEST_DETAIL, MOST_TRIES, MOST_WAITED_MS, STALE_MS } from './limits.ts';
import { loadAlong } from './load-along.ts';
import { loadFile } from './load.ts';
import { lookAt } from './look.ts';
import { removeUnfilled } from './new-dataset.ts';
import { openRejections } from './rejections.ts';
import { findOwnUpload } from './service.ts';
import { openStoredFile } from './stored-file.ts';
import {
  beat,
  claimUpload,
  endWork,
  failClaimed,
  queueUpload,
  readUpload,
  releaseUpload,
  removeUnfilledDatasets,
} from './store.ts';

/** Which upload, whose, and as whom it is taken up. */
export interface WorkPlace {
  readonly upload: UploadId;
  readonly actor: KeyedActor;
  /** A random text of this try. */
  readonly claim: string;
}

export interface WorkParts {
  readonly database: Database;
  /** For the connection on which the load itself runs. */
  readonly connection: Connection;
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
  /** The process ends: what is under way is left to whoever comes next. */
  readonly signal: AbortSignal;
  /** How long somebody else may have said nothing; `STALE_MS` where left out. */
  readonly staleMs?: number;
  /** For what is nobody's fault but ours. */
  readonly onBug: (error: unknown) => void;
}

/** How far the work is. */
export interface Progress {
  bytes: number;
  rows: number;
  rejected: number;
}

/** Does what there is to do, and never rejects but for a database that is lost; then it is done anew later. */
export const workOnUpload = async (place: WorkPlace, parts: WorkParts): Promise<void> => {
  const { upload, actor, claim } = place;
  const { database, now, signal, staleMs = STALE_MS, onBug } = parts;
  const { company } = actor;
  const claimed = await inScope(database, actor, (tx) =>
    tx.one(claimUpload, [company, upload, claim, new Date(now()), new Date(now() - staleMs)]),
  );
  if (claimed === undefined) return;
  if (claimed.tries > MOST_TRIES) {
    const failed = await inScope(database, actor, (tx) =>
      tx.one(failClaimed, [company, upload, claim, 'given_up', new Date(now())]),
    );
    if (failed?.makes_dataset === true) await removeUnfilled(database);
    return;
  }

  const over = new AbortController();
  const stop = (): void => over.abort(new NotOurs());
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  const progress: Progress = { bytes: 0, rows: 0, rejected: 0 };
  let madeDataset = false;
  let beating: Promise<void> = Promise.resolve();
  const say = async (): Promise<void> => {
    const { bytes, rows, rejected } = progress;
    const kept = await inScope(database, actor, (tx) =>
      tx.one(beat, [company, upload, claim, new Date(now()), bytes, rows, rejected]),
    );
    if (kept === undefined) stop();
  };
  // A database that is lost is found out by the work itself.
  const timer = setInterval(() => {
    beating = beating.then(say).catch(() => undefined);
  }, BEAT_MS);

  const isArriving = async (): Promise<boolean> => {
    const held = await inScope(database, actor, (tx) => tx.one(readUpload, [company, upload]));
    return held?.phase === 'arriving';
  };

  const whole = async (): Promise<void> => {
    // The last bytes are there, and somebody may still be at their checksum.
    for (let waited = 0; await isArriving(); waited += GLANCE_MS) {
      if (waited > MOST_WAITED_MS) throw new Stalled();
      await pause(GLANCE_MS, undefined, { signal: over.signal });
    }
  };

  /** Where bytes are missing, whoever sends the last one has somebody look. */
  const leaveUntilWhole = async (): Promise<boolean> =>
    (await isArriving()) &&
    inScope(database, actor, async (tx) => {
      await tx.all(releaseUpload, [company, upload, claim]);
      // The last one may have come just now, and with it the trust that we are at it.
      const held = await tx.one(readUpload, [company, upload]);
      if (held?.phase === 'looking') await tx.one(queueUpload, [upload]);
      return true;
    });

  const end = (phase: string, failure: Failure | undefined, plan: unknown = null): Promise<void> =>
    inScope(database, actor, async (tx) => {
      const ended = await tx.one(endWork, [
        company,
        upload,
        claim,
        phase,
        failure?.code ?? null,
        plan,
        null,
        progress.bytes,
        progress.rows,
        progress.rejected,
        new Date(now()),
        failure?.detail?.slice(0, LONGEST_DETAIL) ?? null,
      ]);
      // It was ordered before.
      if (phase === 'ready' && ended?.phase === 'loading') await tx.one(queueUpload, [upload]);
      // Whoever sees that it failed can use its name again.
      if (madeDataset) await tx.one(removeUnfilledDatasets, []);
    });

  /** A dataset that is deleted in the middle looks like one that may not be changed any more. */
  const asTold = async (failure: Failure): Promise<Failure> => {
    if (failure.code !== 'right_lost') return failure;
    const held = await inScope(database, actor, (tx) => tx.one(readUpload, [company, upload]));
    return held?.dataset_id === null ? { code: 'dataset_gone' } : failure;
  };

  try {
    const found = await inScope(database, actor, (tx) => findOwnUpload(tx, actor, upload));
    madeDataset = (found.phase === 'loading' || found.ordered) && found.makes_dataset;
    if (found.ordered) {
      const file = openStoredFile(database, actor, upload, found.length, { signal: over.signal });
      if (await loadAlong({ ...parts, ...place, file, found, progress, signal: over.signal, whole })) return;
      // Who sends the rest has somebody look at the whole.
      if (await leaveUntilWhole()) return;
    }
    const file = openStoredFile(database, actor, upload, found.length);
    const rejections = await openRejections(database, actor, upload);
    const tools = { file, found, progress, rejections, signal: over.signal };
    try {
      if (found.phase === 'loading') await loadFile({ ...parts, ...place, ...tools });
      else await end('ready', undefined, await lookAt(tools));
    } catch (error) {
      over.signal.throwIfAborted();
      if (error instanceof NotOurs) throw error;
      const reason = failureOf(error);
      if (reason === undefined) throw error;
      const failure = await asTold(reason);
      if (failure.code === 'internal_error') onBug(error);
      await rejections.flush();
      await end(found.phase === 'loading' ? 'failed' : 'unreadable', failure);
    }
  } catch (error) {
    if (over.signal.aborted || error instanceof NotOurs) return;
    // Between any two steps it may be taken back, or the right of whoever sends it may end: then nobody has to be told.
    const held = await inScope(database, actor, (tx) => tx.one(readUpload, [company, upload]));
    if (held !== undefined) throw error;
  } finally {
    clearInterval(timer);
    signal.removeEventListener('abort', stop);
    await beating;
    // Also where its uploader is gone, and nobody else knows of it; where the database is away, the next look finds it.
    if (madeDataset) await removeUnfilled(database).catch(() => undefined);
    // Nobody has to wait until we seem to be dead.
    if (signal.aborted)
      await inScope(database, actor, (tx) => tx.all(releaseUpload, [company, upload, claim])).catch(
        () => undefined,
      );
  }
};
