/**
 * Does one long job on a dataset, in one transaction on a connection of its own. PostgreSQL does all the work, so that no thread is
 * needed beside the one that waits for it; who is at it says so again and again, so that another goes on where a server was lost.
 */
import type { Id } from '../../foundation/ids.ts';
import type { DatasetActor } from '../../services/datasets/access/actor.ts';
import type { Connection } from '../../store/connection.ts';
import type { Database } from '../../store/database.ts';
import { openLoading, type LoadingTransaction } from '../../store/loading.ts';
import type { Transaction } from '../../store/transaction.ts';
import { failureOf } from './failure.ts';
import { BEAT_MS, MOST_TRIES } from './limits.ts';

/** Which job, whose, and as whom it is taken up. */
export interface JobPlace {
  readonly job: Id<'op'>;
  readonly actor: Required<Pick<DatasetActor, 'company' | 'user'>>;
  /** A random text of this try. */
  readonly claim: string;
}

export interface JobParts {
  readonly database: Database;
  /** For the connection on which it runs. */
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

/** What a kind of job does. Each is called in a transaction of the job's actor. */
export interface JobKind<Claimed extends { readonly tries: number }> {
  /** Takes it up; undefined where there is nothing to do, or somebody is at it who was heard of since `stale`. */
  claim(tx: Transaction, place: JobPlace, at: Date, stale: Date): Promise<Claimed | undefined>;
  /** Says that it goes on, and how far it is; false where it is no longer theirs. */
  beat(tx: Transaction, place: JobPlace, at: Date, rows: number): Promise<boolean>;
  /** Leaves it to whoever comes next; that it was begun does not count. */
  release(tx: Transaction, place: JobPlace): Promise<unknown>;
  fail(tx: Transaction, place: JobPlace, at: Date, failure: string, rows: number): Promise<unknown>;
  /** All of it, and that it is done; false, and nothing of it stays, where it is no longer theirs. */
  run(
    tx: LoadingTransaction,
    place: JobPlace,
    claimed: Claimed,
    more: { readonly now: () => number; readonly onRows: (rows: number) => void },
  ): Promise<boolean>;
  /** What its user is told, by SQLSTATE, besides what all jobs have. */
  readonly failures: Readonly<Record<string, string>>;
}

/** It is somebody else's to go on with by now, or its user is no member any more. */
class NotOurs extends Error {}

/** Does it, and never rejects but for a database that is lost; then it is done anew later. */
export const workOnJob = async <Claimed extends { readonly tries: number }>(
  kind: JobKind<Claimed>,
  place: JobPlace,
  { database, connection, now, signal, staleMs, onBug }: JobParts,
): Promise<void> => {
  const asActor = <Value>(work: (tx: Transaction) => Promise<Value>): Promise<Value> =>
    database.as(place.actor, work);
  const found = await asActor((tx) => kind.claim(tx, place, new Date(now()), new Date(now() - staleMs)));
  if (found === undefined) return;

  let rows = 0;
  const onRows = (done: number): void => {
    rows = done;
  };
  const fail = (failure: string): Promise<unknown> =>
    asActor((tx) => kind.fail(tx, place, new Date(now()), failure, rows));
  const over = new AbortController();
  const stop = (): void => over.abort(new NotOurs());
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  let beating: Promise<void> = Promise.resolve();
  const say = async (): Promise<void> => {
    if (!(await asActor((tx) => kind.beat(tx, place, new Date(now()), rows)))) stop();
  };
  // A database that is lost is found out by the work itself.
  const timer = setInterval(() => {
    beating = beating.then(say).catch(() => undefined);
  }, BEAT_MS);

  try {
    if (found.tries > MOST_TRIES) {
      await fail('internal_error');
      return;
    }
    const loading = await openLoading(connection);
    // Also ends a statement that is under way, which would otherwise go on for minutes.
    const cut = (): void => loading.cut();
    over.signal.addEventListener('abort', cut, { once: true });
    try {
      over.signal.throwIfAborted();
      await loading.run(place.actor, async (tx) => {
        if (!(await kind.run(tx, place, found, { now, onRows }))) throw new NotOurs();
      });
    } finally {
      over.signal.removeEventListener('abort', cut);
      await loading.close();
    }
  } catch (error) {
    if (over.signal.aborted || error instanceof NotOurs) return;
    const failure = failureOf(error, kind.failures);
    if (failure === undefined) throw error;
    if (failure === 'internal_error') onBug(error);
    await fail(failure);
  } finally {
    clearInterval(timer);
    signal.removeEventListener('abort', stop);
    await beating;
    // Nobody has to wait until we seem to be dead.
    if (signal.aborted) await asActor((tx) => kind.release(tx, place)).catch(() => undefined);
  }
};
