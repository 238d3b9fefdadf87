import type { LimitState, ProjectCaller, QuotaState } from '../foundation/caller.ts';
import { ok, refused, type Result } from '../foundation/result.ts';
import type { Ledger } from './ledger.ts';
import { accountIn, readLimits, type Subject } from './limit-states.ts';
import type { OpenAccount, Quota, Spending } from './quota.ts';
import { giveBackToRate, readRate, takeFromRate } from './rate.ts';

/** Why a request may not go on, with the quota's state for contracts that show it. */
export interface LimitReason {
  /** `unavailable`: nothing of a quota is in hand, and more cannot be had at the moment. */
  readonly limit: 'per-second' | 'per-day' | 'per-month' | 'unavailable';
  readonly of: 'project' | 'key';
  readonly retryAfterMs: number;
  readonly quota: QuotaState | undefined;
}

type Verdict = Result<QuotaState | undefined, LimitReason>;

export interface Limiter {
  /** Spends one request of the caller's rates and `cost` units of its quotas: all of it, or nothing. */
  spend(caller: ProjectCaller, cost: number, now: number): Verdict | Promise<Verdict>;
  /** Gives the units back: a request that was refused or failed costs nothing. */
  refund(caller: ProjectCaller, cost: number, now: number): void;
  /** All limits that hold for a caller, as they stand. */
  read(caller: ProjectCaller, now: number): readonly LimitState[];
  close(now: number): Promise<void>;
}

/** The quotas of a caller, one after the other: the project's day, its month, the key's day. */
const STEPS = 3;
/** When to ask again for what cannot be had at the moment. */
const AGAIN_MS = 1000;

const limitOf = ({ limits, keyLimits }: ProjectCaller, step: number): number | null =>
  step === 0 ? limits.perDay : step === 1 ? limits.perMonth : (keyLimits?.perDay ?? null);

/**
 * Rate and quotas hang on the project, never on the key, so that a second key or a rotation doubles nothing. A key may
 * have limits of its own on top.
 */
export const createLimiter = (ledger: Ledger, quota: Quota): Limiter => {
  const subjects = new Map<string, Subject>();

  const subjectOf = (subject: string, project: string): Subject => {
    let found = subjects.get(subject);
    if (found === undefined) {
      found = { subject, project, slot: ledger.slotOf(subject), day: undefined, month: undefined };
      subjects.set(subject, found);
    }
    return found;
  };

  const accountOf = (caller: ProjectCaller, project: Subject, step: number): OpenAccount =>
    step === 0
      ? accountIn(quota, project, 'day')
      : step === 1
        ? accountIn(quota, project, 'month')
        : accountIn(quota, subjectOf(caller.key ?? caller.project, caller.project), 'day');

  /** The quota that ends first: what a contract shows that knows of one only. */
  const tightest = (caller: ProjectCaller, project: Subject, now: number): QuotaState | undefined => {
    let found: QuotaState | undefined;
    for (let step = 0; step < STEPS; step += 1) {
      const limit = limitOf(caller, step);
      if (limit === null) continue;
      const state = quota.read(accountOf(caller, project, step), limit, now);
      if (found === undefined || state.remaining < found.remaining) found = state;
    }
    return found;
  };

  const giveBack = (
    caller: ProjectCaller,
    project: Subject,
    cost: number,
    now: number,
    steps: number,
  ): void => {
    for (let step = 0; step < steps; step += 1)
      if (limitOf(caller, step) !== null) quota.refund(accountOf(caller, project, step), cost, now);
  };

  const refuseQuota = (
    caller: ProjectCaller,
    project: Subject,
    now: number,
    step: number,
    spending: Spending,
  ): Verdict => {
    const of = step === 2 ? 'key' : 'project';
    const state = quota.read(accountOf(caller, project, step), limitOf(caller, step) ?? 0, now);
    if (spending === 'away')
      return refused({ limit: 'unavailable', of, retryAfterMs: AGAIN_MS, quota: state });
    const limit = step === 1 ? 'per-month' : 'per-day';
    return refused({ limit, of, retryAfterMs: state.resetSeconds * 1000 - now, quota: state });
  };

  const spendQuotas = (
    caller: ProjectCaller,
    project: Subject,
    cost: number,
    now: number,
    from: number,
  ): Verdict | Promise<Verdict> => {
    const settle = (step: number, spending: Spending): Verdict | Promise<Verdict> => {
      if (spending === 'spent') return spendQuotas(caller, project, cost, now, step + 1);
      giveBack(caller, project, cost, now, step);
      return refuseQuota(caller, project, now, step, spending);
    };
    for (let step = from; step < STEPS; step += 1) {
      const limit = limitOf(caller, step);
      if (limit === null) continue;
      // A key's own limit is always hard.
      const isSoft = step < 2 && caller.limits.isSoft;
      const spending = quota.spend(accountOf(caller, project, step), limit, isSoft, cost, now);
      if (spending instanceof Promise) return spending.then((late) => settle(step, late));
      if (spending !== 'spent') return settle(step, spending);
    }
    return ok(tightest(caller, project, now));
  };

  const isKeyWaiting = ({ key, keyLimits, project }: ProjectCaller, now: number): boolean => {
    const own = keyLimits?.perSecond ?? null;
    if (own === null || key === undefined) return false;
    return readRate(ledger, subjectOf(key, project).slot, own, own, now).remaining === 0;
  };

  /** Milliseconds until both rates would admit one more; 0 where this one is admitted, and counted by both. */
  const takeRates = (caller: ProjectCaller, project: Subject, now: number): number => {
    const { limits, keyLimits, key } = caller;
    const own = keyLimits?.perSecond ?? null;
    if (own === null || key === undefined)
      return takeFromRate(ledger, project.slot, limits.perSecond, limits.burst, now);
    const { slot } = subjectOf(key, caller.project);
    const keyWait = takeFromRate(ledger, slot, own, own, now);
    if (keyWait > 0) return keyWait;
    const wait = takeFromRate(ledger, project.slot, limits.perSecond, limits.burst, now);
    if (wait > 0) giveBackToRate(ledger, slot, own);
    return wait;
  };

  return {
    spend: (caller, cost, now) => {
      const project = subjectOf(caller.project, caller.project);
      const wait = takeRates(caller, project, now);
      if (wait > 0) {
        const of = isKeyWaiting(caller, now) ? 'key' : 'project';
        const state = tightest(caller, project, now);
        return refused({ limit: 'per-second', of, retryAfterMs: wait, quota: state });
      }
      return cost === 0 ? ok(undefined) : spendQuotas(caller, project, cost, now, 0);
    },
    refund: (caller, cost, now) => {
      if (cost > 0) giveBack(caller, subjectOf(caller.project, caller.project), cost, now, STEPS);
    },
    read: (caller, now) => {
      const { key, keyLimits, project } = caller;
      const own = key === undefined || keyLimits === undefined ? undefined : subjectOf(key, project);
      return readLimits({ ledger, quota, caller, project: subjectOf(project, project), key: own, now });
    },
    close: (now) => quota.close(now),
  };
};
