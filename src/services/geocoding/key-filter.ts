/**
 * A Bloom filter over all keys and some of their beginnings, so that the thousands of spellings next to a misspelt name
 * cost one look at memory each (Bloom 1970; one word a key, as in Putze, Sanders and Singler 2007).
 */

/** Multiplier of the polynomial hash; odd, so that no letter is lost. */
const BASE = 0x9e3779b1;
/** Beginnings of these lengths in bytes are in the filter too: what no key begins with need not be continued. */
export const CHECKED_LENGTHS: readonly number[] = [4, 6, 7, 8, 10, 12, 15];
/** Keeps beginnings apart from whole keys. */
const BEGINNING = 0x5bd1e995;
/** Filter bits for each key, before rounding up to a power of two; with beginnings some ten bits an entry. */
const BITS_PER_KEY = 24;

/** Longest text that is looked at, in bytes. */
const LONGEST = 256;
/** Powers of the multiplier, to move a hash along by so many bytes. */
export const POWERS: Int32Array = new Int32Array(LONGEST + 8);
POWERS[0] = 1;
for (let at = 1; at < POWERS.length; at++) POWERS[at] = Math.imul(POWERS[at - 1] as number, BASE);

/** The hash of a text that is one byte longer. */
export const hashOn = (hash: number, byte: number): number => (Math.imul(hash, BASE) + byte) | 0;

/** The hash of a beginning, from its hash as a text. */
export const asBeginning = (hash: number): number => hash ^ BEGINNING;

const mixed = (hash: number): number => Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);

/** The three bits of an entry, all in one word. */
const bitsOf = (mix: number): number =>
  (1 << (mix & 31)) | (1 << ((mix >>> 5) & 31)) | (1 << (Math.imul(mix, 0x297a2d39) >>> 27));

/** Whether an entry may be in the filter; wrong for less than one of a hundred that are not. */
export const mayHold = (filter: Uint32Array, shift: number, hash: number): boolean => {
  const mix = mixed(hash);
  const bits = bitsOf(mix);
  return ((filter[mix >>> shift] as number) & bits) === bits;
};

/** How far a mixed hash is shifted to number a word of the filter. */
export const shiftOf = (filter: Uint32Array): number => 32 - Math.log2(filter.length);

/** Lays the filter out; its length is a power of two, at least two words. */
export const buildKeyFilter = (bytes: Uint8Array, starts: Uint32Array): Uint32Array => {
  const count = starts.length - 1;
  const filter = new Uint32Array(2 ** Math.max(1, Math.ceil(Math.log2((count * BITS_PER_KEY) / 32))));
  const shift = shiftOf(filter);
  const put = (hash: number): void => {
    const mix = mixed(hash);
    filter[mix >>> shift] = ((filter[mix >>> shift] as number) | bitsOf(mix)) >>> 0;
  };
  const isChecked = new Uint8Array(LONGEST);
  for (const length of CHECKED_LENGTHS) isChecked[length] = 1;
  for (let key = 0; key < count; key++) {
    const start = starts[key] as number;
    const end = starts[key + 1] as number;
    let hash = 0;
    for (let at = start; at < end; at++) {
      hash = hashOn(hash, bytes[at] as number);
      if (isChecked[at - start + 1] === 1) put(asBeginning(hash));
    }
    put(hash);
  }
  return filter;
};
