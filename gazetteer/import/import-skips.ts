import type { FeatureSource } from './feature.ts';

/** What a reader left out of an import, and why: counted, the first few with their place. */

/** So many are reported with their place. */
const SHOWN = 10;
/** More kinds of reasons than readers have. */
const MOST_REASONS = 100;

/** What was left out so far. */
export interface Skips {
  readonly total: number;
  /** How often for which reason, in the order of the first. */
  readonly reasons: ReadonlyMap<string, number>;
  /** The first ten, one sentence each: where and why. */
  readonly first: readonly string[];
}

/** Counts what is left out. */
export interface SkipCounter extends Skips {
  /** `reason` without figures, so that equal ones count together; `where` such as `addresses.csv, line 7`. */
  skip(reason: string, where: string): void;
}

/** A counter that stands at nought. */
export const createSkips = (): SkipCounter => {
  const reasons = new Map<string, number>();
  const first: string[] = [];
  const counter = {
    total: 0,
    reasons,
    first,
    skip(reason: string, where: string): void {
      counter.total += 1;
      if (reasons.has(reason) || reasons.size < MOST_REASONS)
        reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
      if (first.length < SHOWN) first.push(`${where}: ${reason}`);
    },
  };
  return counter;
};

/** A source that counts what it leaves out; the count is whole when `features` has ended. */
export interface SkippingSource extends FeatureSource {
  readonly skips: Skips;
}
