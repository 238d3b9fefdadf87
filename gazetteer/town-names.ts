import { hashBytes } from '../src/services/geocoding/entity.ts';
import { foldKey } from '../src/services/geocoding/fold.ts';

/** Words that post offices and maps write differently. */
const SAME_WORDS: Readonly<Record<string, string>> = {
  saint: 'st',
  sainte: 'ste',
  sankt: 'st',
  mount: 'mt',
  fort: 'ft',
};

/**
 * A number for a town's name in a country that is the same for its usual spellings: `St. Louis` and `Saint Louis`,
 * `Winston-Salem` and `Winston Salem`, `McLean` and `Mc Lean`. Two different names rarely have the same.
 */
export const townHash = (name: string, country: string): number => {
  const words = foldKey(name.replace(/[,;]/gu, ' ')).split(' ');
  const text = Buffer.from(`${country}${words.map((word) => SAME_WORDS[word] ?? word).join('')}`, 'latin1');
  return hashBytes(text, 0, text.length);
};

/** Rows by hash: pairs that are sorted once. */
export interface HashIndex {
  /** Calls `visit` with every row of a hash. */
  each(hash: number, visit: (row: number) => void): void;
}

/** @param hashes @param rows of the same length. */
export const createHashIndex = (hashes: Uint32Array, rows: Uint32Array): HashIndex => {
  const halves = new Uint32Array(hashes.length * 2);
  for (let at = 0; at < hashes.length; at++) {
    halves[at * 2] = rows[at] as number;
    halves[at * 2 + 1] = hashes[at] as number;
  }
  new BigUint64Array(halves.buffer).sort();
  return {
    each(hash, visit) {
      let low = 0;
      let high = hashes.length;
      while (low < high) {
        const middle = (low + high) >>> 1;
        if ((halves[middle * 2 + 1] as number) < hash) low = middle + 1;
        else high = middle;
      }
      for (let at = low; at < hashes.length && halves[at * 2 + 1] === hash; at++)
        visit(halves[at * 2] as number);
    },
  };
};
