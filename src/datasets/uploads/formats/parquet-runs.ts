/**
 * Runs of small numbers as Parquet packs them (parquet-format, Encodings.md, “Run Length Encoding / Bit-Packing Hybrid”), read a
 * few at a time: a page of a few bytes may hold a million of them.
 */

export interface Runs {
  /** Fills the first `count` places. Throws RangeError where the bytes end before, or a number needs more bits. */
  read(into: Uint32Array, count: number): void;
}

/**
 * Opens the runs in `bytes` from `start` up to `end`.
 * @param width bits of one number, 0 to 32; of none there are only zeros.
 */
export const openRuns = (bytes: Uint8Array, start: number, end: number, width: number): Runs => {
  if (width > 32) throw new RangeError('too wide');
  let at = start;
  let left = 0;
  let isPacked = false;
  let value = 0;
  let bit = 0;

  const byteAt = (place: number): number => {
    const byte = place < end ? bytes[place] : undefined;
    if (byte === undefined) throw new RangeError('the runs end too soon');
    return byte;
  };

  const open = (): void => {
    let header = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = byteAt(at);
      at += 1;
      header += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) break;
      if (shift > 28) throw new RangeError('a run is too long');
    }
    isPacked = header % 2 === 1;
    left = Math.floor(header / 2);
    if (isPacked) {
      bit = at * 8;
      // What is wanted of the last group may end before it.
      at += left * width;
      left *= 8;
      return;
    }
    value = 0;
    for (let shift = 0; shift < width; shift += 8) {
      value = (value | (byteAt(at) << shift)) >>> 0;
      at += 1;
    }
    // It is written in whole bytes.
    if (value >= 2 ** width) throw new RangeError('a number is too wide');
  };

  const unpack = (): number => {
    let made = 0;
    for (let got = 0; got < width;) {
      const offset = bit & 7;
      const some = Math.min(8 - offset, width - got);
      made |= ((byteAt(bit >>> 3) >>> offset) & ((1 << some) - 1)) << got;
      got += some;
      bit += some;
    }
    return made >>> 0;
  };

  return {
    read: (into, count) => {
      if (width === 0) {
        into.fill(0, 0, count);
        return;
      }
      for (let done = 0; done < count;) {
        if (left === 0) {
          open();
          continue;
        }
        const some = Math.min(left, count - done);
        if (isPacked) for (let one = done; one < done + some; one += 1) into[one] = unpack();
        else into.fill(value, done, done + some);
        done += some;
        left -= some;
      }
    },
  };
};
