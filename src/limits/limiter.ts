import type { ProjectCaller, QuotaState } from '../foundation/caller.ts';
import { ok, refused, type Result } from '../foundation/result.ts';
import type { Ledger } from './ledger.ts';
import type { Quota } from './quota.ts';
import { takeFromWindow } from './rate.ts';

/** Why a request may not go on, with the quota's state for contracts that show it. */
export interface LimitReason {
  readonly limit: 'per-second' | 'per-day';
  readonly quota: QuotaState | undefined;
}

type Verdict = Result<QuotaState | undefined, LimitReason>;

export interface Limiter {
  /** Spends one request of the caller's rate and `cost` units of its project's quota. */
  spend(caller: ProjectCaller, cost: number, now: number): Verdict | Promise<Verdict>;
  /** Gives the units back: a request that was refused or failed costs nothing. */
  refund(caller: ProjectCaller, cost: number, now: number): void;
  close(now: number): Promise<void>;
}

/** Both limits hang on the project, never on the key, so that a second key or a rotation doubles nothing. */
export const createLimiter = (ledger: Ledger, quota: Quota): Limiter => {
  const settle = (
    state: QuotaState | undefined,
    caller: ProjectCaller,
    perDay: number,
    now: number,
  ): Verdict =>
    state === undefined
      ? refused({ limit: 'per-day', quota: quota.peek(caller.project, perDay, now) })
      : ok(state);

  return {
    spend: (caller, cost, now) => {
      const { perSecond, perDay } = caller.limits;
      if (!takeFromWindow(ledger.cells, ledger.slotOf(caller.project), perSecond, now)) {
        const state = perDay === null ? undefined : quota.peek(caller.project, perDay, now);
        return refused({ limit: 'per-second', quota: state });
      }
      if (perDay === null || cost === 0) return ok(undefined);
      const state = quota.spend(caller.project, perDay, cost, now);
      return state instanceof Promise
        ? state.then((later) => settle(later, caller, perDay, now))
        : settle(state, caller, perDay, now);
    },
    refund: (caller, cost, now) => {
      if (caller.limits.perDay !== null && cost > 0) quota.refund(caller.project, cost, now);
    },
    close: (now) => quota.close(now),
  };
};
