import { hashBytes } from './entity.ts';
import type { Sections } from './index-format.ts';

/** The folded name has no entity. */
export const NO_KEY = -1;

/**
 * Finds a folded name among all keys by its hash.
 * @returns a function from a range of bytes to the number of the key, or `NO_KEY`.
 */
export const createKeyIndex = (
  sections: Sections,
): ((bytes: Uint8Array, from: number, to: number) => number) => {
  const { keyBytes, keyStart, keyHash } = sections;
  const mask = keyHash.length - 1;

  return (bytes, from, to) => {
    let slot = hashBytes(bytes, from, to) & mask;
    for (;;) {
      const entry = keyHash[slot] as number;
      if (entry === 0) return NO_KEY;
      const start = keyStart[entry - 1] as number;
      if ((keyStart[entry] as number) - start === to - from) {
        let at = from;
        let other = start;
        while (at < to && bytes[at] === keyBytes[other]) {
          at++;
          other++;
        }
        if (at === to) return entry - 1;
      }
      slot = (slot + 1) & mask;
    }
  };
};
