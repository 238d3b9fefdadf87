import type { QuotaState } from '../foundation/caller.ts';
import { CELL, type Ledger } from './ledger.ts';
import { nextLeaseSize, roomFor } from './lease-size.ts';
import { endOfPeriod, firstDayOf, periodOf } from './period.ts';
import type { QuotaAccount, QuotaPlan, QuotaStore } from './quota-store.ts';

/** `away`: nothing is leased, and the store does not answer. */
export type Spending = 'spent' | 'used-up' | 'away';

/** An account in this thread. */
export interface OpenAccount extends QuotaAccount {
  /** Index of its cells in the ledger. */
  readonly cell: number;
  leasing: Promise<Leasing> | undefined;
  /** The last return of units, until the store has taken it. */
  returning: Promise<void> | undefined;
  /** Until when a used-up plan is not asked about again. */
  usedUpUntil: number;
  leaseSize: number;
  leasedAt: number;
}

export interface Quota {
  open(account: QuotaAccount): OpenAccount;
  /** Spends `cost` units of the period that `now` lies in, at once where they are leased. A soft plan always does. */
  spend(
    account: OpenAccount,
    limit: number,
    isSoft: boolean,
    cost: number,
    now: number,
  ): Spending | Promise<Spending>;
  /** Gives back what a request spent that was refused or failed afterwards. */
  refund(account: OpenAccount, cost: number, now: number): void;
  /** What is left, without spending. */
  read(account: OpenAccount, limit: number, now: number): QuotaState;
  /** Returns what is leased and not used to the store, so that a stop costs nobody anything. @throws while it is away. */
  close(now: number): Promise<void>;
}

export interface QuotaOptions {
  readonly ledger: Ledger;
  readonly store: QuotaStore;
  /** Called once in the process whenever the store stops answering, and when it answers again. */
  readonly onStoreState?: (isUp: boolean) => void;
}

/** What an account's cells hold: the period's number, units in hand, the plan's rest, the plan, units asked for. */
const [PERIOD, LEASED, CENTRAL, PLAN, PENDING] = [0, 1, 2, 3, 4];
/** The plan's rest before the store was first asked. */
const UNKNOWN = -(2 ** 31);

type Leasing = 'granted' | 'used-up' | 'away';

/** How long a used-up plan, or a store that is away, is not asked again: floods must not become floods of queries. */
const PAUSE_MS = 1000;
/** How long a request waits for a lease before it is told to come again; the lease goes on. */
const PATIENCE_MS = 2000;
/** Leases that a request waits for; each serves at least one of those who wait, unless the plan changes all the time. */
const MOST_WAITS = 64;
const AT_ONCE = 16;

/** Under which what is owed is paid: the units are spent already. */
const OWED: QuotaPlan = { limit: 0, isSoft: true };

const STORE_UP = 1;
const STORE_AWAY = 2;

/** 1 while quotas can be leased, 0 after the store did not answer when it was last asked. */
export const readStoreUp = ({ cells, storeState }: Ledger): 0 | 1 =>
  Atomics.load(cells, storeState) === STORE_AWAY ? 0 : 1;

/** The outcome, or `away` after a while. */
const withPatience = (leasing: Promise<Leasing>, onAway: () => void): Promise<Leasing> => {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<Leasing>((resolve) => {
    timer = setTimeout(() => {
      onAway();
      resolve('away');
    }, PATIENCE_MS);
  });
  return Promise.race([leasing, patience]).finally(() => clearTimeout(timer));
};

/**
 * Quotas of days and months by leases: a process takes a handful of units at a time out of one atomic store and spends
 * them from memory that its threads share. What is spent can therefore never be more than the plan, on any number of
 * nodes, also while the store is away: then what is in hand is spent, and nothing more. Soft plans owe instead.
 */
export const createQuota = ({ ledger, store, onStoreState }: QuotaOptions): Quota => {
  const { cells } = ledger;
  const opened: OpenAccount[] = [];
  let awayUntil = 0;

  const noteStore = (isUp: boolean): void => {
    const state = isUp ? STORE_UP : STORE_AWAY;
    const before = Atomics.exchange(cells, ledger.storeState, state);
    if (before !== state && (before !== 0 || !isUp)) onStoreState?.(isUp);
  };

  const noteAway = (until: number): void => {
    noteStore(false);
    awayUntil = Math.max(awayUntil, until);
  };

  /** Waited for by the next lease only: until it arrives, the units count as used, which errs on the plan's side. */
  const giveBack = (account: OpenAccount, starts: string, units: number): void => {
    account.returning = store
      .giveBack(account, starts, units)
      .catch(() => undefined)
      .finally(() => {
        account.returning = undefined;
      });
  };

  /** Has the store count what a soft plan gave beyond its lease. */
  const pay = (account: QuotaAccount, starts: string, owed: number): Promise<unknown> =>
    store.lease(account, starts, owed, OWED);

  const enterPeriod = (account: OpenAccount, now: number): void => {
    const { cell, period } = account;
    const current = periodOf(period, now);
    const seen = Atomics.load(cells, cell + PERIOD);
    // A request from just before the turn, after one from behind it, does not turn it back.
    if (seen === current || seen === current + 1) return;
    if (Atomics.compareExchange(cells, cell + PERIOD, seen, current) !== seen) return;
    // What was leased of another period cannot be spent in this one; what is owed still is.
    const left = Atomics.exchange(cells, cell + LEASED, 0);
    Atomics.store(cells, cell + CENTRAL, UNKNOWN);
    Atomics.store(cells, cell + PENDING, 0);
    account.usedUpUntil = 0;
    if (left < 0) pay(account, firstDayOf(period, seen), -left).catch(() => undefined);
  };

  /** What was leased under another plan goes back: a lowered plan must hold at once, a raised one be had at once. */
  const enterPlan = (account: OpenAccount, limit: number, isSoft: boolean): void => {
    const { cell, period } = account;
    const seen = Atomics.load(cells, cell + PLAN);
    // Never zero, which is a slot without a plan; soft plans have the other sign.
    const mark = (isSoft ? -limit - 1 : limit + 1) | 0;
    if (seen === mark || Atomics.compareExchange(cells, cell + PLAN, seen, mark) !== seen) return;
    Atomics.store(cells, cell + CENTRAL, UNKNOWN);
    account.usedUpUntil = 0;
    const left = Atomics.exchange(cells, cell + LEASED, 0);
    if (left > 0) giveBack(account, firstDayOf(period, Atomics.load(cells, cell + PERIOD)), left);
    else if (left < 0) Atomics.add(cells, cell + LEASED, left);
  };

  const take = (cell: number, cost: number): boolean => {
    if (Atomics.sub(cells, cell + LEASED, cost) >= cost) return true;
    Atomics.add(cells, cell + LEASED, cost);
    return false;
  };

  const lease = async (
    account: OpenAccount,
    plan: QuotaPlan,
    want: number,
    now: number,
  ): Promise<Leasing> => {
    const { cell } = account;
    const period = Atomics.load(cells, cell + PERIOD);
    const mark = Atomics.load(cells, cell + PLAN);
    const starts = firstDayOf(account.period, period);
    Atomics.add(cells, cell + PENDING, want);
    try {
      await account.returning;
      const { granted, remaining } = await store.lease(account, starts, want, plan);
      noteStore(true);
      if (Atomics.load(cells, cell + PERIOD) !== period || Atomics.load(cells, cell + PLAN) !== mark) {
        if (granted > 0) giveBack(account, starts, granted);
      } else {
        Atomics.store(cells, cell + CENTRAL, Math.max(UNKNOWN + 1, remaining));
        Atomics.add(cells, cell + LEASED, granted);
      }
      account.usedUpUntil = granted > 0 ? 0 : now + PAUSE_MS;
      return granted > 0 ? 'granted' : 'used-up';
    } catch {
      noteAway(now + PAUSE_MS);
      return 'away';
    } finally {
      Atomics.sub(cells, cell + PENDING, want);
    }
  };

  /** The lease that is under way in this thread, or the next one: of as much as is sensible, and of `least` in any case. */
  const leaseOnce = (
    account: OpenAccount,
    plan: QuotaPlan,
    least: number,
    now: number,
  ): Promise<Leasing> | undefined => {
    if (account.leasing !== undefined) return account.leasing;
    const leased = Atomics.load(cells, account.cell + LEASED);
    const inHand = Math.max(0, leased) + Math.max(0, Atomics.load(cells, account.cell + PENDING));
    account.leaseSize = nextLeaseSize(account, plan.limit, now);
    const want =
      Math.max(least, Math.min(account.leaseSize, roomFor(plan.limit, inHand))) + Math.max(0, -leased);
    if (want <= 0) return undefined;
    account.leasedAt = now;
    account.leasing = withPatience(lease(account, plan, want, now), () =>
      noteAway(now + PATIENCE_MS + PAUSE_MS),
    ).finally(() => {
      account.leasing = undefined;
    });
    return account.leasing;
  };

  /** Asks for the next lease while a whole one is in hand at best, so that no request waits for it. */
  const leaseAhead = (account: OpenAccount, limit: number, isSoft: boolean, now: number): void => {
    const { cell, leasing, leaseSize } = account;
    if (Atomics.load(cells, cell + LEASED) > leaseSize || leasing !== undefined || now < awayUntil) return;
    if (!isSoft && Atomics.load(cells, cell + CENTRAL) <= 0) return;
    void leaseOnce(account, { limit, isSoft }, 0, now);
  };

  const spendAfterLease = async (
    account: OpenAccount,
    plan: QuotaPlan,
    cost: number,
    now: number,
  ): Promise<Spending> => {
    // Several may wait for one lease and only some be served by it.
    for (let waits = 0; waits < MOST_WAITS; waits += 1) {
      const outcome = (await leaseOnce(account, plan, cost, now)) ?? 'away';
      if (take(account.cell, cost)) {
        leaseAhead(account, plan.limit, plan.isSoft, now);
        return 'spent';
      }
      if (outcome !== 'granted') return outcome;
    }
    return 'away';
  };

  const settle = async (account: OpenAccount, now: number): Promise<void> => {
    const { cell, period } = account;
    const number = Atomics.load(cells, cell + PERIOD);
    if (number !== periodOf(period, now)) return;
    const left = Atomics.exchange(cells, cell + LEASED, 0);
    if (left > 0) await store.giveBack(account, firstDayOf(period, number), left);
    else if (left < 0) await pay(account, firstDayOf(period, number), -left);
  };

  return {
    open: (account) => {
      const cell = ledger.slotOf(account.subject) + CELL[account.period];
      const open = { leasing: undefined, returning: undefined, usedUpUntil: 0, leaseSize: 0, leasedAt: 0 };
      const fresh = { ...account, ...open, cell };
      opened.push(fresh);
      return fresh;
    },
    spend: (account, limit, isSoft, cost, now) => {
      enterPeriod(account, now);
      enterPlan(account, limit, isSoft);
      if (isSoft) Atomics.sub(cells, account.cell + LEASED, cost);
      if (isSoft || take(account.cell, cost)) {
        leaseAhead(account, limit, isSoft, now);
        return 'spent';
      }
      if (account.usedUpUntil > now) return 'used-up';
      if (awayUntil > now) return 'away';
      return spendAfterLease(account, { limit, isSoft }, cost, now);
    },
    refund: ({ cell, period }, cost, now) => {
      if (Atomics.load(cells, cell + PERIOD) === periodOf(period, now))
        Atomics.add(cells, cell + LEASED, cost);
    },
    read: (account, limit, now) => {
      enterPeriod(account, now);
      const central = Atomics.load(cells, account.cell + CENTRAL);
      const leased = Atomics.load(cells, account.cell + LEASED);
      const left = central === UNKNOWN ? limit + Math.min(0, leased) : central + leased;
      return {
        limit,
        remaining: Math.min(limit, Math.max(0, left)),
        resetSeconds: endOfPeriod(account.period, now) / 1000,
      };
    },
    close: async (now) => {
      await Promise.all(opened.flatMap(({ leasing }) => leasing ?? []));
      for (let index = 0; index < opened.length; index += AT_ONCE)
        await Promise.all(opened.slice(index, index + AT_ONCE).map((account) => settle(account, now)));
    },
  };
};
