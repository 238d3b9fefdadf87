import type { LimitState, ProjectCaller } from '../foundation/caller.ts';
import type { Ledger } from './ledger.ts';
import { secondsOfPeriod } from './period.ts';
import type { QuotaPeriod } from './quota-store.ts';
import type { OpenAccount, Quota } from './quota.ts';
import { readRate } from './rate.ts';

/** What is counted for one project or key in this thread. */
export interface Subject {
  readonly subject: string;
  /** Of the subject, or the subject itself. */
  readonly project: string;
  readonly slot: number;
  /** Undefined until they are asked for: most have no such limit. */
  day: OpenAccount | undefined;
  month: OpenAccount | undefined;
}

/** The subject's account of a period, opened at its first use. */
export const accountIn = (quota: Quota, of: Subject, period: QuotaPeriod): OpenAccount =>
  (of[period] ??= quota.open({ subject: of.subject, project: of.project, period }));

interface Reading {
  readonly ledger: Ledger;
  readonly quota: Quota;
  readonly caller: ProjectCaller;
  readonly project: Subject;
  /** Undefined where the key has no limits of its own. */
  readonly key: Subject | undefined;
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
}

/** All limits that hold for a caller, as they stand, under the names of the RateLimit fields. */
export const readLimits = ({ ledger, quota, caller, project, key, now }: Reading): readonly LimitState[] => {
  const states: LimitState[] = [];

  const addRate = (name: string, { slot }: Subject, perSecond: number, burst: number): void => {
    const { remaining, moreAfterMs } = readRate(ledger, slot, perSecond, burst, now);
    states.push({
      name,
      quota: burst,
      // After as many seconds the whole burst is back.
      windowSeconds: Math.max(1, Math.ceil(burst / perSecond)),
      remaining,
      resetSeconds: Math.ceil(moreAfterMs / 1000),
    });
  };

  const addQuota = (name: string, account: OpenAccount, limit: number): void => {
    const { remaining, resetSeconds } = quota.read(account, limit, now);
    states.push({
      name,
      quota: limit,
      windowSeconds: secondsOfPeriod(account.period, now),
      remaining,
      resetSeconds: Math.ceil(resetSeconds - now / 1000),
    });
  };

  const { limits, keyLimits } = caller;
  addRate('burst', project, limits.perSecond, limits.burst);
  if (limits.perDay !== null) addQuota('day', accountIn(quota, project, 'day'), limits.perDay);
  if (limits.perMonth !== null) addQuota('month', accountIn(quota, project, 'month'), limits.perMonth);
  if (key !== undefined && keyLimits !== undefined) {
    if (keyLimits.perSecond !== null) addRate('key-burst', key, keyLimits.perSecond, keyLimits.perSecond);
    if (keyLimits.perDay !== null) addQuota('key-day', accountIn(quota, key, 'day'), keyLimits.perDay);
  }
  return states;
};
