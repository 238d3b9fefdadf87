/**
 * Failed attempts by public key and source, in memory that all threads of the process share. A source is known only by a
 * keyed digest together with the key that it tried, and is forgotten within the hour.
 */
import { sha256Latin1 } from '../foundation/secret.ts';
import { SECRET_KEY_REASONS, type SecretKeyReason } from './secret-key.ts';

/** What one more failure of a source came to. */
export interface Failed {
  /** Failures of this source against this key in a row. */
  readonly count: number;
  /** Whole seconds to wait before the next one is looked at; 0 where this one was. */
  readonly retryAfter: number;
}

export interface FailureTable {
  /** The cell in which failures of a key leave a mark; some keys share one. */
  markOf(publicKey: string): number;
  /** Whether a key of this cell failed within the hour. */
  isMarked(mark: number, now: number): boolean;
  /** `now` in milliseconds since the Unix epoch. */
  fail(publicKey: string, source: string, now: number): Failed;
  /** Ends the row of failures of a source; gives how many there were. */
  end(publicKey: string, source: string, now: number): number;
  /** Forgets sources that have not failed for almost an hour; to be called every few minutes. */
  sweep(now: number): void;
  count(reason: SecretKeyReason): void;
}

/** Failures in a row after which a source is slowed, and the owner is told. */
export const MOST_FAILURES = 20;
/** With five minutes between sweeps nothing is older than an hour. */
const FORGET_SECONDS = 55 * 60;
export const SWEEP_MS = 5 * 60_000;
/** 1, 2, 4, … seconds between looks at a source that goes on failing. */
const LONGEST_WAIT_SECONDS = 60;

const MARKS = 1 << 14;
const SETS = 1 << 13;
const WAYS = 7;
/** Words of an entry, and of the head of a set, whose first word is its lock. */
const WORDS = 8;
const AT = { tag: 0, tail: 1, count: 2, last: 3, until: 4, level: 5 } as const;
const SET_WORDS = WORDS * (WAYS + 1);
/** Two words a reason, since there may be more than 2³¹ refusals. */
const REASON_WORDS = SECRET_KEY_REASONS.length * 2;

/** Memory for `sets` × 7 sources; 57,344 in 2.1 MiB where it is left out. */
export const createFailuresBuffer = (sets = SETS): SharedArrayBuffer =>
  new SharedArrayBuffer((REASON_WORDS + MARKS + sets * SET_WORDS) * Int32Array.BYTES_PER_ELEMENT);

const countsIn = (buffer: SharedArrayBuffer): BigInt64Array =>
  new BigInt64Array(buffer, 0, SECRET_KEY_REASONS.length);

/** How many requests were refused for each reason since the process started. */
export const readRefusals = (buffer: SharedArrayBuffer): Readonly<Record<SecretKeyReason, number>> => {
  const counts = countsIn(buffer);
  return Object.fromEntries(
    SECRET_KEY_REASONS.map((reason, index) => [reason, Number(Atomics.load(counts, index))]),
  ) as Record<SecretKeyReason, number>;
};

const LOCK_WAITS = 50;
const LOCK_WAIT_MS = 1;

/** Free is 0. A lock is held for a microsecond; one that outlasts many waits belongs to a thread that was ended. */
const lock = (words: Int32Array, index: number): void => {
  for (let waits = 0; Atomics.compareExchange(words, index, 0, 1) !== 0; waits += 1) {
    if (waits >= LOCK_WAITS) return;
    Atomics.wait(words, index, 1, LOCK_WAIT_MS);
  }
};

/** Four of a digest's characters as one number of 32 bits. */
const wordAt = (digest: string, at: number): number =>
  digest.charCodeAt(at) |
  (digest.charCodeAt(at + 1) << 8) |
  (digest.charCodeAt(at + 2) << 16) |
  (digest.charCodeAt(at + 3) << 24);

const unlock = (words: Int32Array, index: number): void => {
  Atomics.store(words, index, 0);
  Atomics.notify(words, index, 1);
};

/**
 * Opens the table in this thread. A new source takes the place of a forgotten one, or else of the one in its set that failed
 * least, so that a flood of fresh sources pushes out each other first.
 * @param key 32 random bytes, the same in every thread.
 */
export const openFailureTable = (buffer: SharedArrayBuffer, key: Uint8Array): FailureTable => {
  const counts = countsIn(buffer);
  const words = new Int32Array(buffer, REASON_WORDS * Int32Array.BYTES_PER_ELEMENT);
  const sets = (words.length - MARKS) / SET_WORDS;
  // A secret before the message is enough where no digest ever leaves this memory: nobody can lengthen what they cannot see.
  const secret = Buffer.from(key).toString('base64');

  const isForgotten = (entry: number, second: number): boolean =>
    words[entry + AT.count] === 0 || second - (words[entry + AT.last] ?? 0) > FORGET_SECONDS;

  const markOf = (publicKey: string): number => {
    let hash = 0;
    // Its end is a checksum over random characters.
    for (let index = publicKey.length - 12; index < publicKey.length; index += 1)
      hash = (Math.imul(hash, 31) + publicKey.charCodeAt(index)) >>> 0;
    return hash % MARKS;
  };

  /** Works on the entry of a source, which is given as a new one where there is none, while no other thread does. */
  const withEntry = <Value>(
    publicKey: string,
    source: string,
    second: number,
    work: (entry: number, isNew: boolean, write: () => void) => Value,
  ): Value => {
    const digest = sha256Latin1(`${secret}${publicKey} ${source}`);
    const set = MARKS + ((wordAt(digest, 0) >>> 0) % sets) * SET_WORDS;
    const tag = wordAt(digest, 4);
    const tail = wordAt(digest, 8);
    lock(words, set);
    try {
      let victim = set + WORDS;
      for (let entry = set + WORDS; entry < set + SET_WORDS; entry += WORDS) {
        if (words[entry + AT.tag] === tag && words[entry + AT.tail] === tail && !isForgotten(entry, second))
          return work(entry, false, () => undefined);
        if (isForgotten(victim, second)) continue;
        if (isForgotten(entry, second) || (words[entry + AT.count] ?? 0) < (words[victim + AT.count] ?? 0))
          victim = entry;
      }
      return work(victim, true, () => {
        words.fill(0, victim, victim + WORDS);
        words[victim + AT.tag] = tag;
        words[victim + AT.tail] = tail;
      });
    } finally {
      unlock(words, set);
    }
  };

  return {
    markOf,
    isMarked: (mark, now) => {
      const last = Atomics.load(words, mark);
      return last !== 0 && Math.floor(now / 1000) - last <= FORGET_SECONDS;
    },
    fail: (publicKey, source, now) => {
      const second = Math.floor(now / 1000);
      Atomics.store(words, markOf(publicKey), second);
      return withEntry(publicKey, source, second, (entry, _isNew, write) => {
        write();
        const count = Math.min((words[entry + AT.count] ?? 0) + 1, 0x7fffffff);
        words[entry + AT.count] = count;
        words[entry + AT.last] = second;
        const until = words[entry + AT.until] ?? 0;
        // Never longer than the longest wait, which it would be only where the clock was set back.
        if (until > second) return { count, retryAfter: Math.min(until - second, LONGEST_WAIT_SECONDS) };
        if (count >= MOST_FAILURES) {
          const level = words[entry + AT.level] ?? 0;
          words[entry + AT.until] = second + Math.min(2 ** level, LONGEST_WAIT_SECONDS);
          words[entry + AT.level] = Math.min(level + 1, 6);
        }
        return { count, retryAfter: 0 };
      });
    },
    end: (publicKey, source, now) =>
      withEntry(publicKey, source, Math.floor(now / 1000), (entry, isNew) => {
        if (isNew) return 0;
        const count = words[entry + AT.count] ?? 0;
        words.fill(0, entry, entry + WORDS);
        return count;
      }),
    sweep: (now) => {
      const second = Math.floor(now / 1000);
      for (let set = MARKS; set < words.length; set += SET_WORDS) {
        lock(words, set);
        for (let entry = set + WORDS; entry < set + SET_WORDS; entry += WORDS)
          if (isForgotten(entry, second)) words.fill(0, entry, entry + WORDS);
        unlock(words, set);
      }
    },
    count: (reason) => void Atomics.add(counts, SECRET_KEY_REASONS.indexOf(reason), 1n),
  };
};
