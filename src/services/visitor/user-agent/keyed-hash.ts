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
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  const round = (): void => {
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
  };
  const take = (word: number): void => {
    d ^= word;
    round();
    a ^= word;
  };
  return (text, out) => {
    a = first;
    b = second ^ 0xee;
    c = 0x6c_79_67_65 ^ first;
    d = 0x74_65_64_62 ^ second;
    const even = text.length & ~1;
    for (let at = 0; at < even; at += 2) take(text.charCodeAt(at) | (text.charCodeAt(at + 1) << 16));
    take((text.length << 25) | (even < text.length ? text.charCodeAt(even) : 0));
    c ^= 0xee;
    round();
    round();
    round();
    out[0] = b ^ d;
    b ^= 0xdd;
    round();
    round();
    round();
    out[1] = b ^ d;
  };
};
