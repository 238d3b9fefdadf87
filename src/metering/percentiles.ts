/** Percentiles of durations, read from how many took how long. */
import { BUCKET_SECONDS, BUCKETS } from './board.ts';

/** How long a share of requests took at most, as well as buckets can tell. Milliseconds. */
export interface DurationEstimate {
  /** Interpolated within its bucket, as if requests were spread evenly over it. */
  readonly estimate_ms: number;
  /** The upper bound of its bucket, which is certain; null where it took longer than the last bound, `estimate_ms`. */
  readonly at_most_ms: number | null;
}

/** The usual three. */
export interface Percentiles {
  readonly p50: DurationEstimate;
  readonly p90: DurationEstimate;
  readonly p99: DurationEstimate;
}

const boundMs = (bucket: number): number | undefined => {
  const seconds = BUCKET_SECONDS[bucket];
  return seconds === undefined ? undefined : seconds * 1000;
};

/** Three significant digits are more than a bucket knows. */
const rounded = (milliseconds: number): number => Number(milliseconds.toPrecision(3));

/** @param share from 0 to 1. Undefined where there are no durations. */
export const estimateOf = (durations: readonly number[], share: number): DurationEstimate | undefined => {
  const all = durations.reduce((sum, count) => sum + count, 0);
  if (all === 0) return undefined;
  const rank = Math.max(1, Math.ceil(share * all));
  let below = 0;
  for (const [bucket, count] of durations.entries()) {
    if (below + count >= rank) {
      const lower = boundMs(bucket - 1) ?? 0;
      const upper = boundMs(bucket);
      if (upper === undefined) return { estimate_ms: lower, at_most_ms: null };
      return { estimate_ms: rounded(lower + ((rank - below) / count) * (upper - lower)), at_most_ms: upper };
    }
    below += count;
  }
  return undefined;
};

/** Null where there are no durations. */
export const percentilesOf = (durations: readonly number[]): Percentiles | null => {
  const [p50, p90, p99] = [0.5, 0.9, 0.99].map((share) => estimateOf(durations, share));
  return p50 === undefined || p90 === undefined || p99 === undefined ? null : { p50, p90, p99 };
};

/** Adds up the buckets of several counters. */
export const sumDurations = (all: readonly (readonly number[])[]): readonly number[] =>
  Array.from({ length: BUCKETS }, (_, bucket) =>
    all.reduce((sum, durations) => sum + (durations[bucket] ?? 0), 0),
  );
