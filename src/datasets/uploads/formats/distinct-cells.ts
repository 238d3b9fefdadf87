/** Whether a column has a cell twice, in bounded memory: by hashes, or without any where its cells only ever rise. */
import { MOST_REMEMBERED } from './bounds.ts';

/** How many cells all columns together may still remember. */
export interface Memory {
  left: number;
}

export const createMemory = (): Memory => ({ left: MOST_REMEMBERED });

const PRIME = 0x01000193;
const OTHER_PRIME = 0x85ebca6b;

/** Cells after which a column that rose so far is no longer hashed. */
const RISING = 4096;

const SMALLEST = 1 << 10;

export interface DistinctCells {
  /** Takes one more cell into account. @param rises whether it comes after the one before in some order. */
  see(bytes: Uint8Array, start: number, end: number, rises: boolean): void;
  /** Whether there is still something to find out. */
  isOpen(): boolean;
  answer(): 'yes' | 'no' | 'unsure';
}

/** Two sums of 32 bits a cell in open addressing: two different cells of a million are alike once in ten million files. */
export const createDistinctCells = (memory: Memory): DistinctCells => {
  let table: Int32Array | undefined = new Int32Array(SMALLEST * 2);
  let mask = SMALLEST - 1;
  let held = 0;
  let seen = 0;
  let risesOnly = true;
  let answer: 'yes' | 'no' | 'unsure' = 'yes';

  const end = (found: typeof answer): void => {
    answer = found;
    memory.left += held;
    held = 0;
    table = undefined;
  };

  const grow = (old: Int32Array): Int32Array => {
    const grown = new Int32Array(old.length * 2);
    mask = mask * 2 + 1;
    for (let at = 0; at < old.length; at += 2) {
      const one = old[at] as number;
      const two = old[at + 1] as number;
      if (two === 0) continue;
      let place = one & mask;
      while (grown[place * 2 + 1] !== 0) place = (place + 1) & mask;
      grown[place * 2] = one;
      grown[place * 2 + 1] = two;
    }
    table = grown;
    return grown;
  };

  return {
    isOpen: () => answer === 'yes',
    answer: () => answer,
    see: (bytes, start, to, rises) => {
      seen += 1;
      if (!rises) {
        risesOnly = false;
        // Those before were not all remembered, so that nobody knows whether this one is among them.
        if (table === undefined) end('unsure');
      }
      if (table === undefined) return;
      if (risesOnly && seen > RISING) {
        end('yes');
        return;
      }
      let one = 0x811c9dc5;
      let two = 0x5bd1e995;
      for (let at = start; at < to; at += 1) {
        const byte = bytes[at] as number;
        one = Math.imul(one ^ byte, PRIME);
        two = Math.imul(two + byte, OTHER_PRIME) ^ (two >>> 13);
      }
      // The low bits of a product know little of the high ones.
      one ^= one >>> 15;
      // 0 marks an empty place.
      if (two === 0) two = 1;
      let place = one & mask;
      for (;;) {
        const there = table[place * 2 + 1] as number;
        if (there === 0) break;
        if (there === two && table[place * 2] === one) {
          end('no');
          return;
        }
        place = (place + 1) & mask;
      }
      if (memory.left === 0) {
        end('unsure');
        return;
      }
      table[place * 2] = one;
      table[place * 2 + 1] = two;
      memory.left -= 1;
      held += 1;
      if (held * 2 > mask) grow(table);
    },
  };
};
