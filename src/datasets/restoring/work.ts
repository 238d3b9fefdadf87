/**
 * Brings one large version back, in one transaction on a connection of its own. PostgreSQL does all the work, so that no thread is
 * needed beside the one that waits for it.
 */
import { isId, type Id } from '../../foundation/ids.ts';
import { Problem } from '../../foundation/problem.ts';
import { CONTENT_ERRORS } from '../../services/datasets/access/content.ts';
import type { DatasetActor } from '../../services/datasets/access/actor.ts';
import type { Connection } from '../../store/connection.ts';
import type { Database } from '../../store/database.ts';
import { StoreError } from '../../store/errors.ts';
import { openLoading } from '../../store/loading.ts';
import { findDataset } from '../find.ts';
import { RESTORED_AT_ONCE } from '../limits.ts';
import { copyVersion } from './copy-version.ts';
import { BEAT_MS, MOST_TRIES } from './limits.ts';
import { beat, claimRestoration, endRestoration, releaseRestoration } from './store.ts';

/** Which restoration, whose, and as whom it is taken up. */
export interface RestorationPlace {
  readonly restoration: Id<'op'>;
  readonly actor: Required<DatasetActor>;
  /** A random text of this try. */
  readonly claim: string;
}

export interface RestorationParts {
  readonly database: Database;
  /** For the connection on which the copying runs. */
  readonly connection: Connection;
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
  /** The process ends: what is under way is left to whoever comes next. */
  readonly signal: AbortSignal;
  /** How long somebody else may have said nothing, in milliseconds. */
  readonly staleMs: number;
  /** For what is nobody's fault but ours. */
  readonly onBug: (error: unknown) => void;
}

/** It is no longer ours: taken up by somebody else, or its user is no member any more. */
class NotOurs extends Error {}

/** By SQLSTATE (PostgreSQL manual, appendix A) and those of migration 0017. */
const BY_STATE: Readonly<Record<string, string>> = {
  [CONTENT_ERRORS.notAllowed]: 'right_lost',
  [CONTENT_ERRORS.versionMoved]: 'version_conflict',
  [CONTENT_ERRORS.noVersion]: 'right_lost',
  '53100': 'disk_full',
};

const BY_CODE: Readonly<Record<string, string>> = {
  dataset_not_found: 'right_lost',
  dataset_forbids: 'right_lost',
  version_not_found: 'right_lost',
};

/** What its user is told; undefined where the same may well succeed when it is tried again. */
const failureOf = (error: unknown): string | undefined => {
  const cause = error instanceof Problem && error.cause !== undefined ? error.cause : error;
  const known = cause instanceof StoreError ? BY_STATE[cause.code] : undefined;
  if (known !== undefined) return known;
  if (error instanceof Problem)
    return error.status === 503 ? undefined : (BY_CODE[error.code] ?? 'internal_error');
  return 'internal_error';
};

/** Does it, and never rejects but for a database that is lost; then it is done anew later. */
export const workOnRestoration = async (place: RestorationPlace, parts: RestorationParts): Promise<void> => {
  const { restoration, actor, claim } = place;
  const { company } = actor;
  const { database, connection, now, signal, staleMs, onBug } = parts;
  const found = await database.as(actor, (tx) =>
    tx.one(claimRestoration, [company, restoration, claim, new Date(now()), new Date(now() - staleMs)]),
  );
  if (found === undefined) return;
  const { dataset_id: dataset, number, expected_version: expected } = found;

  let rows = 0;
  const ending = (phase: 'restored' | 'failed', version: number | null, failure: string | null) =>
    [company, restoration, claim, phase, version, failure, rows, new Date(now())] as const;

  const over = new AbortController();
  const stop = (): void => over.abort(new NotOurs());
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  let beating: Promise<void> = Promise.resolve();
  const say = async (): Promise<void> => {
    const kept = await database.as(actor, (tx) =>
      tx.one(beat, [company, restoration, claim, new Date(now()), rows]),
    );
    if (kept === undefined) stop();
  };
  // A database that is lost is found out by the work itself.
  const timer = setInterval(() => {
    beating = beating.then(say).catch(() => undefined);
  }, BEAT_MS);

  try {
    if (found.tries > MOST_TRIES) {
      await database.as(actor, (tx) => tx.one(endRestoration, ending('failed', null, 'internal_error')));
      return;
    }
    const loading = await openLoading(connection);
    // Also ends a statement that is under way, which would otherwise go on for minutes.
    const cut = (): void => loading.cut();
    over.signal.addEventListener('abort', cut, { once: true });
    try {
      over.signal.throwIfAborted();
      await loading.run(actor, async (tx) => {
        const old = await findDataset(tx, company, dataset, 'modify', number);
        const version = await copyVersion(tx, {
          old,
          expected,
          now: now(),
          onPart: (count) => {
            rows = Math.min(old.rows, count * RESTORED_AT_ONCE);
          },
        });
        rows = old.rows;
        // Its user is no member any more, or somebody else is at it: then there is no version either.
        const ended = await tx.one(endRestoration, ending('restored', version, null));
        if (ended === undefined) throw new NotOurs();
      });
    } finally {
      over.signal.removeEventListener('abort', cut);
      await loading.close();
    }
  } catch (error) {
    if (over.signal.aborted || error instanceof NotOurs) return;
    const failure = failureOf(error);
    if (failure === undefined) throw error;
    if (failure === 'internal_error') onBug(error);
    await database.as(actor, (tx) => tx.one(endRestoration, ending('failed', null, failure)));
  } finally {
    clearInterval(timer);
    signal.removeEventListener('abort', stop);
    await beating;
    // Nobody has to wait until we seem to be dead.
    if (signal.aborted)
      await database
        .as(actor, (tx) => tx.all(releaseRestoration, [company, restoration, claim]))
        .catch(() => undefined);
  }
};

/** What names a restoration in a job. */
export const restorationOf = (payload: unknown): Id<'op'> | undefined => {
  const id =
    typeof payload === 'object' && payload !== null && 'restoration' in payload
      ? payload.restoration
      : undefined;
  return typeof id === 'string' && isId('op', id) ? id : undefined;
};
