/** Warns accounts that nobody uses, and erases those that were warned twice, by the code that erases on request. */
import { utcDay } from '../foundation/clock.ts';
import { isId, type UserId } from '../foundation/ids.ts';
import type { Log } from '../foundation/log.ts';
import { enqueueMail } from '../mail/outbox.ts';
import type { Database } from '../store/database.ts';
import type { Transaction } from '../store/transaction.ts';
import { againByChance } from './again.ts';
import { nextStep, WARNING_MAIL_MS, warnableBefore, type Disuse, type Stage } from './dormancy-rules.ts';
import { eraseAccountIn } from './erase-account.ts';
import { dormantUsers, lockUser, noteWarnings } from './store.ts';

/** A user whom nobody has seen for long. */
export interface DormantUser extends Disuse {
  readonly user: UserId;
  readonly email: string;
}

/** Everybody who may have to be warned or erased now. The transaction needs no scope. */
export const listDormantIn = async (tx: Transaction, now: number): Promise<readonly DormantUser[]> => {
  const rows = await tx.all(dormantUsers, [warnableBefore(now)]);
  return rows.flatMap((row) =>
    isId('usr', row.user_id)
      ? [
          {
            user: row.user_id,
            email: row.email,
            activeOn: row.active_on,
            warned30At: row.warned_30_at?.getTime(),
            warned7At: row.warned_7_at?.getTime(),
            warningUntil: row.warning_until?.getTime(),
            isWaiting: row.is_waiting,
          },
        ]
      : [],
  );
};

/** Somebody acted for the user between two looks. */
class CameBack extends Error {}

export type Taken = 'nothing' | 'warned' | 'confirmed' | 'erased';

const TEMPLATES = { first: 'dormant-30', last: 'dormant-7' } as const;

const dateOf = (at: number | undefined): Date | null => (at === undefined ? null : new Date(at));

const warn = async (
  tx: Transaction,
  { user, email, warned30At }: DormantUser,
  { stage, erasedAt, now }: { readonly stage: Stage; readonly erasedAt: number; readonly now: number },
): Promise<void> => {
  const expiresAt = new Date(now + WARNING_MAIL_MS);
  const params = { deletionDay: utcDay(erasedAt) };
  await enqueueMail(tx, { template: TEMPLATES[stage], recipient: email, params, user, expiresAt }, now);
  await tx.all(noteWarnings, [user, stage === 'first' ? null : dateOf(warned30At), null, expiresAt]);
};

const confirm = async (
  tx: Transaction,
  { user, warned30At }: DormantUser,
  { stage, now }: { readonly stage: Stage; readonly now: number },
): Promise<void> => {
  const at = new Date(now);
  await tx.all(
    noteWarnings,
    stage === 'first' ? [user, at, null, null] : [user, dateOf(warned30At), at, null],
  );
};

/** Takes the step that is due, in a transaction whose scope is the user. Rejects where the user came back meanwhile. */
export const advanceIn = async (tx: Transaction, dormant: DormantUser, now: number): Promise<Taken> => {
  const { user, activeOn } = dormant;
  const next = nextStep(dormant, now);
  if (next.step === 'nothing') return 'nothing';
  const refuseActive = (account: { readonly activeOn: string } | undefined): void => {
    if (account?.activeOn !== activeOn) throw new CameBack();
  };
  if (next.step === 'erase') {
    await eraseAccountIn(tx, { user, reason: 'dormant', now, confirm: refuseActive });
    return 'erased';
  }
  const account = await tx.one(lockUser, [user]);
  refuseActive(account && { activeOn: account.active_on });
  if (next.step === 'warn') {
    await warn(tx, dormant, { ...next, now });
    return 'warned';
  }
  await confirm(tx, dormant, { ...next, now });
  return 'confirmed';
};

export interface DormancyOptions {
  readonly database: Pick<Database, 'user' | 'system'>;
  readonly log: Log;
}

/** What one run did, by number of accounts. */
export type DormancyRun = Readonly<Record<Exclude<Taken, 'nothing'>, number>>;

/**
 * One look at all accounts that nobody uses; run it every hour. An account whose turn fails is left for the next run.
 * @param now milliseconds since the Unix epoch.
 */
export const runDormancy = async ({ database, log }: DormancyOptions, now: number): Promise<DormancyRun> => {
  const done = { warned: 0, confirmed: 0, erased: 0 };
  for (const dormant of await database.system((tx) => listDormantIn(tx, now))) {
    // Most only wait for their day.
    if (nextStep(dormant, now).step === 'nothing') continue;
    try {
      const taken = await againByChance(() =>
        database.user(dormant.user, (tx) => advanceIn(tx, dormant, now)),
      );
      if (taken !== 'nothing') done[taken] += 1;
    } catch (error) {
      if (!(error instanceof CameBack)) log.warn('an unused account has to be looked at again', { error });
    }
  }
  return done;
};
