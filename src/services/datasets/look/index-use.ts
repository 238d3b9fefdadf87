/** By which columns rows are asked for, and in which way: counted by dataset and day, with no value and nobody who asked. */
import { utcDay } from '../../../foundation/clock.ts';
import type { Log } from '../../../foundation/log.ts';
import type { Condition, Query } from '../query/tree.ts';

/** Equality, a range or an order, a search in all texts. */
export type UseKind = 'equal' | 'range' | 'search';

export interface IndexUseCount {
  readonly dataset: string;
  /** Empty for `search`. */
  readonly column: string;
  readonly kind: UseKind;
  /** UTC day, `YYYY-MM-DD`. */
  readonly day: string;
  count: number;
}

export interface IndexUse {
  /** A read of this dataset was answered. `now` in milliseconds since the Unix epoch. */
  countQuery(dataset: string, query: Query, now: number): void;
  countSearch(dataset: string, now: number): void;
  /** Adds what has been counted to the database; keeps it for the next time if that fails. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

export interface IndexUseOptions {
  readonly add: (counts: readonly IndexUseCount[]) => Promise<void>;
  readonly log: Log;
  /** Milliseconds between two flushes: what a crash can lose of the counts. */
  readonly flushMs?: number;
  /** Counters in memory; of what comes beyond them nothing is counted until the next flush. */
  readonly most?: number;
}

/** In which way an index of the column would serve this condition; undefined where none would. */
const kindOf = (condition: Condition & { readonly kind: 'filter' }): UseKind | undefined => {
  const { operation, negated, field } = condition;
  if (negated || field.path.length > 0) return undefined;
  if (operation.kind === 'in') return 'equal';
  if (operation.kind !== 'compare') return undefined;
  if (operation.operator === 'eq') return 'equal';
  return ['gt', 'gte', 'lt', 'lte'].includes(operation.operator) ? 'range' : undefined;
};

/** Counts in this thread's memory; at most one row a dataset, column, kind and day is written every few seconds. */
export const createIndexUse = ({ add, log, flushMs = 5000, most = 10_000 }: IndexUseOptions): IndexUse => {
  let counts = new Map<string, IndexUseCount>();
  let flushing: Promise<void> | undefined;

  const count = (dataset: string, column: string, kind: UseKind, day: string, times = 1): void => {
    const key = `${day} ${dataset} ${kind} ${column}`;
    const present = counts.get(key);
    if (present !== undefined) present.count += times;
    else if (counts.size < most) counts.set(key, { dataset, column, kind, day, count: times });
  };

  const countAll = (dataset: string, conditions: readonly Condition[], day: string): void => {
    for (const condition of conditions) {
      if (condition.kind !== 'filter') {
        if (!condition.negated) countAll(dataset, condition.conditions, day);
        continue;
      }
      const kind = kindOf(condition);
      if (kind !== undefined) count(dataset, condition.field.name, kind, day);
    }
  };

  const flushOnce = async (): Promise<void> => {
    if (counts.size === 0) return;
    const taken = [...counts.values()];
    counts = new Map();
    try {
      await add(taken);
    } catch (error) {
      log.warn('by which columns rows are asked for could not be written down; it is tried again', { error });
      for (const { dataset, column, kind, day, count: times } of taken)
        count(dataset, column, kind, day, times);
    }
  };

  const flush = (): Promise<void> => {
    flushing ??= flushOnce().finally(() => {
      flushing = undefined;
    });
    return flushing;
  };

  const timer = setInterval(() => void flush(), flushMs).unref();

  return {
    countQuery: (dataset, { conditions, order }, now) => {
      if (conditions.length === 0 && order.length === 0) return;
      const day = utcDay(now);
      countAll(dataset, conditions, day);
      const [first] = order;
      if (first !== undefined && first.field.path.length === 0)
        count(dataset, first.field.name, 'range', day);
    },
    countSearch: (dataset, now) => count(dataset, '', 'search', utcDay(now)),
    flush,
    close: async () => {
      clearInterval(timer);
      await flushing;
      await flush();
    },
  };
};
