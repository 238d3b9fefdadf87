/**
 * Sorted numbers in groups, as the steps between them. A step is mostly a power of two, as networks are: it is written as
 * how many zero bits it ends with, and the odd number that is left.
 */
import { bytesOf, createGrowing } from '../../growing.ts';

/** For each number its step's zero bits, and the odd numbers in seven bits a byte. */
export interface Steps {
  readonly zeros: Uint8Array;
  readonly odds: Uint8Array;
}

/** Stands for a step of 0, which only the first of a group can be. */
const NONE = 64;

/** @param starts where each group begins in `values`, and the end. */
export const writeSteps = (starts: Uint32Array, values: Uint16Array | Uint32Array): Steps => {
  const zeros = new Uint8Array(values.length);
  const odds = createGrowing(bytesOf);
  for (let group = 0; group + 1 < starts.length; group++) {
    let last = 0;
    for (let at = starts[group] ?? 0; at < (starts[group + 1] ?? 0); at++) {
      const value = values[at] ?? 0;
      let step = value - last;
      last = value;
      if (step === 0) {
        zeros[at] = NONE;
        continue;
      }
      for (; step % 2 === 0; step /= 2) zeros[at] = (zeros[at] ?? 0) + 1;
      for (step = (step - 1) / 2; step > 127; step = Math.floor(step / 128)) odds.push((step % 128) + 128);
      odds.push(step);
    }
  }
  return { zeros, odds: odds.view() };
};

/** Puts the numbers back into `values`. */
export const readSteps = (
  starts: Uint32Array,
  { zeros, odds }: Steps,
  values: Uint16Array | Uint32Array,
): void => {
  let from = 0;
  for (let group = 0; group + 1 < starts.length; group++) {
    const end = starts[group + 1] as number;
    let last = 0;
    for (let at = starts[group] as number; at < end; at++) {
      const zero = zeros[at] as number;
      if (zero !== NONE) {
        let odd = 0;
        let scale = 1;
        let byte = odds[from++] as number;
        for (; byte > 127; byte = odds[from++] as number) {
          odd += (byte - 128) * scale;
          scale *= 128;
        }
        odd += byte * scale;
        last += (2 * odd + 1) * 2 ** zero;
      }
      values[at] = last;
    }
  }
};
