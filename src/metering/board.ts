/**
 * What all workers have answered since the process started: counts by operation, outcome and duration, in shared
 * memory, so that counting costs one atomic addition and the administrative listener reads it without asking anyone.
 */

/** How a request ended, as told apart in usage and metrics. */
export const OUTCOMES = ['ok', 'refused', 'failed'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** Upper bounds of the duration buckets in seconds; the last bucket has none. */
export const BUCKET_SECONDS = [
  0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5,
] as const;

/** How many buckets there are: one for each bound, and one for all that took longer. */
export const BUCKETS = BUCKET_SECONDS.length + 1;

/** Whose fault an answer was, by its HTTP status. */
export const outcomeOf = (status: number): Outcome =>
  status < 400 ? 'ok' : status < 500 ? 'refused' : 'failed';

const cellsFor = (operations: number): number => operations * OUTCOMES.length * (BUCKETS + 1);

export const createBoardBuffer = (operations: readonly string[]): SharedArrayBuffer =>
  new SharedArrayBuffer(cellsFor(operations.length) * BigUint64Array.BYTES_PER_ELEMENT);

/** What one operation and outcome has come to. */
export interface Tally {
  readonly operation: string;
  readonly outcome: Outcome;
  readonly count: number;
  /** Sum of durations in seconds. */
  readonly seconds: number;
  /** Counts per bucket, not cumulative. */
  readonly buckets: readonly number[];
}

export interface Board {
  /**
   * @param milliseconds from the request's last byte to its answer.
   * @returns the bucket that it fell into, from 0 on.
   */
  record(operation: string, outcome: Outcome, milliseconds: number): number;
  read(): Tally[];
}

/**
 * Adds to a 64-bit count in two halves, the lower first: a `BigInt` for each request would cost more than the counting.
 * A reader can be off by 2^32 for the moment of a carry, once in as many requests.
 */
const addTo = (halves: Uint32Array, cell: number, amount: number): void => {
  const before = Atomics.add(halves, cell * 2 + LOWER, amount);
  if (before + amount > 0xffff_ffff) Atomics.add(halves, cell * 2 + UPPER, 1);
};

/** Which half of a 64-bit number comes first is the machine's choice. */
const LOWER = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1 ? 0 : 1;
const UPPER = 1 - LOWER;
/** Microseconds of one request that are counted, some 71 minutes. */
const LONGEST = 0xffff_ffff;

/** Opens the shared board; every thread must give the same operations in the same order. */
export const openBoard = (buffer: SharedArrayBuffer, operations: readonly string[]): Board => {
  const cells = new BigUint64Array(buffer);
  const halves = new Uint32Array(buffer);
  const rows = new Map<string, number>();
  for (const [index, operation] of operations.entries())
    rows.set(operation, index * OUTCOMES.length * (BUCKETS + 1));
  const rowOf = (operation: string, outcome: Outcome): number => {
    const start = rows.get(operation);
    if (start === undefined) throw new Error(`${operation} is not on the board of operations`);
    return start + OUTCOMES.indexOf(outcome) * (BUCKETS + 1);
  };
  return {
    record: (operation, outcome, milliseconds) => {
      const row = rowOf(operation, outcome);
      const seconds = milliseconds / 1000;
      let bucket = 0;
      while (bucket < BUCKET_SECONDS.length && seconds > (BUCKET_SECONDS[bucket] ?? 0)) bucket += 1;
      addTo(halves, row + bucket, 1);
      addTo(halves, row + BUCKETS, Math.min(LONGEST, Math.round(milliseconds * 1000)));
      return bucket;
    },
    read: () => {
      const tallies: Tally[] = [];
      for (const operation of operations) {
        for (const outcome of OUTCOMES) {
          const row = rowOf(operation, outcome);
          const buckets = Array.from({ length: BUCKETS }, (_, bucket) =>
            Number(Atomics.load(cells, row + bucket)),
          );
          const count = buckets.reduce((sum, value) => sum + value, 0);
          const seconds = Number(Atomics.load(cells, row + BUCKETS)) / 1e6;
          if (count > 0) tallies.push({ operation, outcome, count, seconds, buckets });
        }
      }
      return tallies;
    },
  };
};
