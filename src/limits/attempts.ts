/**
 * How often something may be guessed: counters in memory that all threads of the process share. Nothing personal stays:
 * a bucket is known only by a keyed digest, of which a table entry holds 21 bits beside one instant.
 */
import { hmacKey, hmacSha256 } from '../foundation/secret.ts';

/** How many at once, and one more after each so many milliseconds (whole, at least 1). */
export interface AttemptRate {
  readonly burst: number;
  readonly everyMs: number;
}

export type AttemptVerdict = { readonly ok: true } | { readonly ok: false; readonly retryAfterMs: number };

export interface Attempts {
  /**
   * Spends one attempt of a bucket, if it has one. In any `t` milliseconds at most `burst + t / everyMs` are admitted,
   * over all threads. A bucket always comes with the same rate. `now` in milliseconds since the Unix epoch.
   */
  spend(bucket: string, rate: AttemptRate, now: number): AttemptVerdict;
  /** What `spend` would say, without spending. */
  peek(bucket: string, rate: AttemptRate, now: number): AttemptVerdict;
  /** How many a bucket has left now, and in how many milliseconds one more than that. */
  read(
    bucket: string,
    rate: AttemptRate,
    now: number,
  ): { readonly remaining: number; readonly moreAfterMs: number };
  /** Gives a bucket its whole burst back. */
  forget(bucket: string): void;
}

/** A cache line: one lock and seven entries that a bucket may lie in. */
const WORDS = 8;
const SETS = 1 << 13;

/**
 * An entry is one word, so that it changes as a whole: 21 bits of the bucket's digest, and below them the instant at
 * which its limit is over (GCRA's theoretical arrival time, ITU-T I.371) in 42 bits of milliseconds since the Unix
 * epoch, enough until 2109. Zero is free.
 */
const TIME_BITS = 42n;
const TIME_MASK = (1n << TIME_BITS) - 1n;
const TAG_MASK = (1n << 21n) - 1n;

/** A lock is held for a microsecond. One that is held so many waits long belongs to a thread that was ended meanwhile. */
const LOCK_WAITS = 50;
const LOCK_WAIT_MS = 1;

/** Memory for `sets` × 7 buckets; 512 KiB and 57,344 buckets where it is left out. */
export const createAttemptsBuffer = (sets = SETS): SharedArrayBuffer =>
  new SharedArrayBuffer(sets * WORDS * BigInt64Array.BYTES_PER_ELEMENT);

const entryOf = (tag: bigint, instant: number): bigint =>
  (tag << TIME_BITS) | (BigInt(Math.ceil(instant)) & TIME_MASK);

/**
 * When the limit of an entry is over, in milliseconds since the epoch: never before now, and never later than a whole
 * burst takes, which it would be only where the clock was set back or another bucket has the same digest.
 */
const overOf = (entry: bigint, { burst, everyMs }: AttemptRate, now: number): number =>
  Math.min(Math.max(Number(entry & TIME_MASK), now), now + burst * everyMs);

/** GCRA: one more fits as soon as the limit is over within less than a burst. */
const verdictOf = (over: number, { burst, everyMs }: AttemptRate, now: number): AttemptVerdict => {
  const retryAfterMs = over - (burst - 1) * everyMs - now;
  return retryAfterMs > 0 ? { ok: false, retryAfterMs } : { ok: true };
};

/** Takes the lock of a set: even is free, odd is held, and every holder has a number of its own. */
const lock = (words: BigInt64Array, set: number): bigint => {
  let waits = 0;
  let before = Atomics.load(words, set);
  for (;;) {
    const isFree = before % 2n === 0n;
    if (isFree || waits > LOCK_WAITS) {
      const mine = before + (isFree ? 1n : 2n);
      if (Atomics.compareExchange(words, set, before, mine) === before) return mine;
    } else {
      Atomics.wait(words, set, before, LOCK_WAIT_MS);
    }
    const after = Atomics.load(words, set);
    waits = after === before ? waits + 1 : 0;
    before = after;
  }
};

const unlock = (words: BigInt64Array, set: number, mine: bigint): void => {
  Atomics.compareExchange(words, set, mine, mine + 1n);
  Atomics.notify(words, set);
};

/**
 * Opens the table in this thread. It is never full: a new bucket takes the place of the one in its set whose limit is
 * over first, so that a flood of fresh buckets pushes out each other before one that has been guessed at for long.
 * @param key 32 random bytes, the same in every thread.
 */
export const openAttempts = (buffer: SharedArrayBuffer, key: Uint8Array): Attempts => {
  const words = new BigInt64Array(buffer);
  const sets = words.length / WORDS;
  const secret = hmacKey(Buffer.from(key));

  const placeOf = (bucket: string): { set: number; tag: bigint } => {
    const digest = hmacSha256(secret, bucket);
    const tag = BigInt(digest.readUInt32LE(4)) & TAG_MASK;
    // An entry is never zero, not even at the epoch.
    return { set: (digest.readUInt32LE(0) % sets) * WORDS, tag: tag === 0n ? 1n : tag };
  };

  /** Index of a bucket's entry; -1 where it has none. */
  const find = (set: number, tag: bigint): number => {
    for (let index = set + 1; index < set + WORDS; index += 1)
      if (Atomics.load(words, index) >> TIME_BITS === tag) return index;
    return -1;
  };

  /** The entry that is over first; a free one is over since ever. */
  const victimOf = (set: number): number => {
    let victim = set + 1;
    for (let index = set + 2; index < set + WORDS; index += 1) {
      const [mine, best] = [Atomics.load(words, index) & TIME_MASK, Atomics.load(words, victim) & TIME_MASK];
      if (mine < best) victim = index;
    }
    return victim;
  };

  /** Adds a bucket's first attempt, unless another thread has just done so. */
  const add = (set: number, tag: bigint, over: number): boolean => {
    const mine = lock(words, set);
    try {
      if (find(set, tag) !== -1) return false;
      const victim = victimOf(set);
      const before = Atomics.load(words, victim);
      return Atomics.compareExchange(words, victim, before, entryOf(tag, over)) === before;
    } finally {
      unlock(words, set, mine);
    }
  };

  /** One try; undefined where another thread was faster. */
  const trySpend = (set: number, tag: bigint, rate: AttemptRate, now: number): AttemptVerdict | undefined => {
    const index = find(set, tag);
    if (index === -1) return add(set, tag, now + rate.everyMs) ? { ok: true } : undefined;
    const before = Atomics.load(words, index);
    if (before >> TIME_BITS !== tag) return undefined;
    const over = overOf(before, rate, now);
    const verdict = verdictOf(over, rate, now);
    if (!verdict.ok) return verdict;
    const after = entryOf(tag, over + rate.everyMs);
    return Atomics.compareExchange(words, index, before, after) === before ? verdict : undefined;
  };

  return {
    spend: (bucket, rate, now) => {
      const { set, tag } = placeOf(bucket);
      for (;;) {
        const verdict = trySpend(set, tag, rate, now);
        if (verdict !== undefined) return verdict;
      }
    },
    peek: (bucket, rate, now) => {
      const { set, tag } = placeOf(bucket);
      const index = find(set, tag);
      const entry = index === -1 ? 0n : Atomics.load(words, index);
      return entry >> TIME_BITS === tag ? verdictOf(overOf(entry, rate, now), rate, now) : { ok: true };
    },
    read: (bucket, rate, now) => {
      const { set, tag } = placeOf(bucket);
      const index = find(set, tag);
      const over = index === -1 ? now : overOf(Atomics.load(words, index), rate, now);
      const free = now + rate.burst * rate.everyMs - over;
      const remaining = Math.floor(free / rate.everyMs);
      return { remaining, moreAfterMs: over === now ? 0 : (remaining + 1) * rate.everyMs - free };
    },
    forget: (bucket) => {
      const { set, tag } = placeOf(bucket);
      for (let index = find(set, tag); index !== -1; index = find(set, tag)) {
        const entry = Atomics.load(words, index);
        if (entry >> TIME_BITS === tag) Atomics.compareExchange(words, index, entry, 0n);
      }
    },
  };
};
