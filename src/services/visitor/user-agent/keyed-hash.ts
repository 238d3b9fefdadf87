/** A number for a text that nobody can compute, or work back from, without the key. */

/** @param out receives 64 bits in two parts. */
export type KeyedHash = (text: string, out: Int32Array) => void;

/**
 * HalfSipHash-1-3 with 64 bits (Aumasson and Bernstein, and the reference implementation) of the text as UTF-16LE; what
 * Linux keys its own tables with.
 *
 * @param key 8 random bytes, made anew by each process.
 */
export const createKeyedHash = (key: Uint8Array): KeyedHash => {
  const view = new DataView(key.buffer, key.byteOffset, 8);
  const first = view.getInt32(0, true);
  const second = view.getInt32(4, true);
  return (text, out) => {
    // Variables of this function alone stay in registers: half the time of a round that is a function.
    let a = first;
    let b = second ^ 0xee;
    let c = 0x6c_79_67_65 ^ first;
    let d = 0x74_65_64_62 ^ second;
    const { length } = text;
    const even = length & ~1;
    // A round for each word, one for the last characters and the length, and two times three to end with.
    for (let at = 0; at < even + 14; at += 2) {
      let word = 0;
      if (at < even) word = text.charCodeAt(at) | (text.charCodeAt(at + 1) << 16);
      else if (at === even) word = (length << 25) | (even < length ? text.charCodeAt(even) : 0);
      else if (at === even + 2) c ^= 0xee;
      else if (at === even + 8) {
        out[0] = b ^ d;
        b ^= 0xdd;
      }
      d ^= word;
      a = (a + b) | 0;
      b = ((b << 5) | (b >>> 27)) ^ a;
      a = (a << 16) | (a >>> 16);
      c = (c + d) | 0;
      d = ((d << 8) | (d >>> 24)) ^ c;
      a = (a + d) | 0;
      d = ((d << 7) | (d >>> 25)) ^ a;
      c = (c + b) | 0;
      b = ((b << 13) | (b >>> 19)) ^ c;
      c = (c << 16) | (c >>> 16);
      a ^= word;
    }
    out[1] = b ^ d;
  };
};
