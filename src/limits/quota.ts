import type { QuotaState } from '../foundation/caller.ts';
import { nextUtcMidnight, utcDay } from '../foundation/clock.ts';
import { CELL, type Ledger } from './ledger.ts';

/** The atomic store behind the leases. */
export interface QuotaStore {
  /** Takes up to `want` units of `day`; `remaining` is what the plan has left after that for all processes. */
  lease(project: string, day: string, want: number): Promise<{ granted: number; remaining: number }>;
  giveBack(project: string, day: string, units: number): Promise<void>;
}

export interface Quota {
  /** Spends `cost` units of today's plan: the state afterwards, or undefined when the plan is used up. */
  spend(
    project: string,
    perDay: number,
    cost: number,
    now: number,
  ): QuotaState | undefined | Promise<QuotaState | undefined>;
  /** Gives back what a request spent that was refused or failed afterwards. */
  refund(project: string, cost: number, now: number): void;
  /** The plan's state, without spending. */
  peek(project: string, perDay: number, now: number): QuotaState;
  /** Returns what is leased and not used to the store, so that a stop costs nobody anything. */
  close(now: number): Promise<void>;
}

const DAY_MS = 86_400_000;

/** How long a used-up plan is not asked about again: a flood of refused requests must not become a flood of queries. */
const EXHAUSTED_FOR_MS = 1000;

/** At most a fiftieth of the plan at a time, so that little is stranded on a process that dies. */
const largestLease = (perDay: number): number => Math.max(1, Math.floor(perDay / 50));

const FIRST_LEASE = 1000;
/** A lease that was spent faster than this is followed by one twice as large. */
const BRISK_MS = 2000;

/** How a project has been leasing lately, in this thread. */
interface Pace {
  size: number;
  at: number;
}

/**
 * Daily quotas by leases: a process takes a handful of units at a time out of one atomic store and spends them from
 * memory shared by its threads. What is spent can therefore never be more than the plan, on any number of nodes.
 */
export const createQuota = (ledger: Ledger, store: QuotaStore): Quota => {
  const { cells } = ledger;
  const leasing = new Map<string, Promise<boolean>>();
  const touched = new Set<string>();
  const exhausted = new Map<string, number>();
  const paces = new Map<string, Pace>();

  const enterDay = (slot: number, now: number): void => {
    const day = Math.floor(now / DAY_MS);
    const seen = Atomics.load(cells, slot + CELL.day);
    if (seen === day) return;
    // What was leased of another day cannot be spent today.
    if (Atomics.compareExchange(cells, slot + CELL.day, seen, day) === seen) {
      Atomics.store(cells, slot + CELL.leased, 0);
      Atomics.store(cells, slot + CELL.central, -1);
    }
  };

  /** Not waited for: until it arrives, the units count as used, which errs on the plan's side. */
  const giveBack = (project: string, units: number, now: number): void => {
    store.giveBack(project, utcDay(now), units).catch(() => undefined);
  };

  /** What was leased under another plan goes back: a lowered plan must hold at once, a raised one be had at once. */
  const enterPlan = (project: string, slot: number, perDay: number, now: number): void => {
    const seen = Atomics.load(cells, slot + CELL.plan);
    // One more than the plan, so that a plan of nothing differs from a slot that has none.
    const plan = perDay + 1;
    if (seen === plan || Atomics.compareExchange(cells, slot + CELL.plan, seen, plan) !== seen) return;
    const unused = Atomics.exchange(cells, slot + CELL.leased, 0);
    Atomics.store(cells, slot + CELL.central, -1);
    exhausted.delete(project);
    if (unused > 0) giveBack(project, unused, now);
  };

  const take = (slot: number, cost: number): boolean => {
    if (Atomics.sub(cells, slot + CELL.leased, cost) >= cost) return true;
    Atomics.add(cells, slot + CELL.leased, cost);
    return false;
  };

  const state = (slot: number, perDay: number, now: number): QuotaState => {
    const central = Atomics.load(cells, slot + CELL.central);
    const remaining = central < 0 ? perDay : central + Math.max(0, Atomics.load(cells, slot + CELL.leased));
    return {
      limit: perDay,
      remaining: Math.min(perDay, Math.max(0, remaining)),
      resetSeconds: nextUtcMidnight(now) / 1000,
    };
  };

  const lease = async (project: string, slot: number, want: number, now: number): Promise<boolean> => {
    const plan = Atomics.load(cells, slot + CELL.plan);
    const { granted, remaining } = await store.lease(project, utcDay(now), want);
    touched.add(project);
    if (Atomics.load(cells, slot + CELL.plan) !== plan) {
      if (granted > 0) giveBack(project, granted, now);
    } else if (Atomics.load(cells, slot + CELL.day) === Math.floor(now / DAY_MS)) {
      Atomics.store(cells, slot + CELL.central, Math.max(0, remaining));
      Atomics.add(cells, slot + CELL.leased, granted);
    }
    if (granted === 0) exhausted.set(project, now + EXHAUSTED_FOR_MS);
    else exhausted.delete(project);
    return granted > 0;
  };

  const nextSize = (project: string, perDay: number, now: number): number => {
    const last = paces.get(project);
    const brisk = last !== undefined && now - last.at < BRISK_MS;
    const size = Math.min(
      largestLease(perDay),
      last === undefined ? FIRST_LEASE : brisk ? last.size * 2 : last.size,
    );
    paces.set(project, { size, at: now });
    return size;
  };

  const leaseOnce = (
    project: string,
    slot: number,
    perDay: number,
    cost: number,
    now: number,
  ): Promise<boolean> => {
    let running = leasing.get(project);
    if (running === undefined) {
      const want = Math.max(cost, nextSize(project, perDay, now));
      running = lease(project, slot, want, now).finally(() => leasing.delete(project));
      leasing.set(project, running);
    }
    return running;
  };

  /** Asks for the next lease while there is still something left of this one, so that no request waits for it. */
  const leaseAhead = (project: string, slot: number, perDay: number, now: number): void => {
    const last = paces.get(project);
    if (last === undefined || Atomics.load(cells, slot + CELL.leased) * 2 > last.size) return;
    if (leasing.has(project) || Atomics.load(cells, slot + CELL.central) <= 0) return;
    leaseOnce(project, slot, perDay, 0, now).catch(() => undefined);
  };

  const spendAfterLease = async (
    project: string,
    slot: number,
    perDay: number,
    cost: number,
    now: number,
  ): Promise<QuotaState | undefined> => {
    // Several may wait for one lease and only some be served by it; each further lease serves at least one more.
    while (await leaseOnce(project, slot, perDay, cost, now)) {
      if (take(slot, cost)) return state(slot, perDay, now);
    }
    return undefined;
  };

  return {
    spend: (project, perDay, cost, now) => {
      const slot = ledger.slotOf(project);
      enterDay(slot, now);
      enterPlan(project, slot, perDay, now);
      if (take(slot, cost)) {
        leaseAhead(project, slot, perDay, now);
        return state(slot, perDay, now);
      }
      if ((exhausted.get(project) ?? 0) > now) return undefined;
      return spendAfterLease(project, slot, perDay, cost, now);
    },
    refund: (project, cost, now) => {
      const slot = ledger.slotOf(project);
      if (Atomics.load(cells, slot + CELL.day) === Math.floor(now / DAY_MS)) {
        Atomics.add(cells, slot + CELL.leased, cost);
      }
    },
    peek: (project, perDay, now) => {
      const slot = ledger.slotOf(project);
      enterDay(slot, now);
      return state(slot, perDay, now);
    },
    close: async (now) => {
      await Promise.allSettled(leasing.values());
      for (const project of touched) {
        const slot = ledger.slotOf(project);
        if (Atomics.load(cells, slot + CELL.day) !== Math.floor(now / DAY_MS)) continue;
        const unused = Atomics.exchange(cells, slot + CELL.leased, 0);
        if (unused > 0) await store.giveBack(project, utcDay(now), unused);
      }
    },
  };
};
