/** Watches attempts against key pairs that fail: slows their sources, and passes on what owners have to be told. */
import type { Log } from '../foundation/log.ts';
import { Problem } from '../foundation/problem.ts';
import { SWEEP_MS, type FailureTable } from './failure-table.ts';
import type { FailureWatch } from './secret-key.ts';

/** What happened to one public key, in the order in which it did; times in milliseconds since the Unix epoch. */
export type FailureStep =
  | { readonly kind: 'failed'; readonly count: number; readonly firstAt: number; readonly lastAt: number }
  /** Successes that ended `count` failures of their own sources, of which one had `longest` in a row. */
  | { readonly kind: 'ended'; readonly count: number; readonly longest: number; readonly at: number };

/** News of one public key, which may be none of ours. */
export interface FailureNews {
  readonly publicKey: string;
  readonly steps: readonly FailureStep[];
}

export interface FailuresOptions {
  readonly table: FailureTable;
  /** What counts as one source: an IPv4 address, an IPv6 /64. */
  readonly sourceOf: (address: string) => string;
  /** Writes news down and tells whoever has to know; gives back what has to be tried again. */
  readonly record: (news: readonly FailureNews[]) => Promise<readonly FailureNews[]>;
  readonly now: () => number;
  readonly log: Log;
}

export interface Failures extends FailureWatch {
  /** Passes on what has not been yet. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

/** So many attempts of a flood become one write. */
const FLUSH_MS = 100;
/** Public keys with news at once; more are a flood of made-up ones, whose sources are slowed all the same. */
const MOST_KEYS = 1000;
/** Steps of one key at once; beyond that their order is lost, not their number. */
const MOST_STEPS = 64;

/** The same answer whether there is such a key or not. */
const sourceSlowed = (seconds: number): Problem =>
  new Problem(429, 'rate_limited', 'Too many requests', {
    detail:
      'Too many attempts with this public key and a wrong secret came from this address. The right secret works at once.',
    headers: { 'retry-after': String(seconds) },
  });

/** Two steps of one kind as one. */
const merge = (one: FailureStep, other: FailureStep): FailureStep => {
  if (one.kind === 'failed' && other.kind === 'failed') {
    const { firstAt } = one;
    return { kind: 'failed', count: one.count + other.count, firstAt, lastAt: other.lastAt };
  }
  if (one.kind === 'ended' && other.kind === 'ended') {
    const longest = Math.max(one.longest, other.longest);
    return { kind: 'ended', count: one.count + other.count, longest, at: other.at };
  }
  return other;
};

const add = (steps: FailureStep[], step: FailureStep): void => {
  const isFull = steps.length >= MOST_STEPS;
  const at = isFull ? steps.findLastIndex(({ kind }) => kind === step.kind) : steps.length - 1;
  const before = steps[at];
  if (before?.kind === step.kind) steps[at] = merge(before, step);
  else steps.push(step);
};

/** Makes the watch of one thread. */
export const createFailures = ({ table, sourceOf, record, now, log }: FailuresOptions): Failures => {
  const pending = new Map<string, FailureStep[]>();
  let timer: NodeJS.Timeout | undefined;
  let flushing: Promise<void> | undefined;
  let isFailing = false;
  const sweeper = setInterval(() => table.sweep(now()), SWEEP_MS).unref();

  const pass = async (): Promise<void> => {
    const taken: readonly FailureNews[] = [...pending].map(([publicKey, steps]) => ({ publicKey, steps }));
    pending.clear();
    if (taken.length === 0) return;
    let left = taken;
    try {
      left = await record(taken);
      isFailing = left.length > 0;
    } catch (error) {
      if (!isFailing) log.warn('failed attempts could not be written down; it is tried again', { error });
      isFailing = true;
    }
    for (const { publicKey, steps } of left) {
      const all = [...steps];
      for (const later of pending.get(publicKey) ?? []) add(all, later);
      pending.set(publicKey, all);
    }
  };

  const flush = async (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    const mine: Promise<void> = (flushing ?? Promise.resolve()).then(pass).finally(() => {
      if (flushing === mine) flushing = undefined;
    });
    flushing = mine;
    await mine;
    if (pending.size > 0) plan();
  };

  const plan = (): void => {
    timer ??= setTimeout(() => void flush(), isFailing ? FLUSH_MS * 50 : FLUSH_MS).unref();
  };

  const note = (publicKey: string, step: FailureStep): void => {
    const steps = pending.get(publicKey);
    if (steps !== undefined) add(steps, step);
    else if (pending.size < MOST_KEYS) pending.set(publicKey, [step]);
    if (flushing === undefined) plan();
  };

  return {
    markOf: table.markOf,
    mayBeOpen: table.isMarked,
    refused: table.count,
    failed: (publicKey, address, at) => {
      const { retryAfter } = table.fail(publicKey, sourceOf(address.expose()), at);
      note(publicKey, { kind: 'failed', count: 1, firstAt: at, lastAt: at });
      if (retryAfter > 0) throw sourceSlowed(retryAfter);
    },
    succeeded: (publicKey, address, at) => {
      const count = table.end(publicKey, sourceOf(address.expose()), at);
      if (count > 0) note(publicKey, { kind: 'ended', count, longest: count, at });
    },
    flush,
    close: async () => {
      clearInterval(sweeper);
      await flush();
      clearTimeout(timer);
    },
  };
};
