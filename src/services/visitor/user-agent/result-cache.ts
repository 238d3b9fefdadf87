/** Remembers what was made of a text without the text: a bounded table under keyed hashes that holds only results. */
import type { KeyedHash } from './keyed-hash.ts';

export interface ResultCache<Result> {
  /** The result for a text, remembered or made. */
  read(text: string): Result;
  /** How many results are remembered. */
  size(): number;
  /** Forgets all. */
  clear(): void;
}

/** How many places a result may stand in; the oldest of them makes way. */
const WAYS = 4;

/**
 * @param sets a power of two; four times as many results are remembered at most.
 * @param make must not keep the text, nor a part of it that keeps it alive.
 * @param mayStay whether a result may be remembered; each where left out.
 */
export const createResultCache = <Result>(
  sets: number,
  hash: KeyedHash,
  make: (text: string) => Result,
  mayStay: (result: Result) => boolean = () => true,
): ResultCache<Result> => {
  if (sets < 1 || (sets & (sets - 1)) !== 0) throw new RangeError('not a power of two');
  const keys = new Int32Array(sets * WAYS * 2);
  const results: (Result | undefined)[] = Array.from({ length: sets * WAYS });
  const oldest = new Uint8Array(sets);
  const hashed = new Int32Array(2);
  return {
    read: (text) => {
      hash(text, hashed);
      const low = hashed[0] ?? 0;
      const high = hashed[1] ?? 0;
      const set = low & (sets - 1);
      for (let slot = set * WAYS; slot < (set + 1) * WAYS; slot += 1) {
        if (keys[slot * 2] !== low || keys[slot * 2 + 1] !== high) continue;
        const known = results[slot];
        if (known !== undefined) return known;
      }
      const made = make(text);
      if (!mayStay(made)) return made;
      const way = oldest[set] ?? 0;
      oldest[set] = (way + 1) % WAYS;
      const slot = set * WAYS + way;
      keys[slot * 2] = low;
      keys[slot * 2 + 1] = high;
      results[slot] = made;
      return made;
    },
    size: () => results.reduce((count: number, result) => (result === undefined ? count : count + 1), 0),
    clear: () => {
      keys.fill(0);
      results.fill(undefined);
      oldest.fill(0);
    },
  };
};
