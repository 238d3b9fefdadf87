/** The bytes of one body while they arrive. */

export interface BodyBuffer {
  add(chunk: Uint8Array): void;
  /** All bytes so far. */
  take(): Uint8Array;
}

const FIRST_CAPACITY = 1024;

/**
 * Copies chunks together in memory that doubles: a body that comes byte by byte would otherwise hold an object, and
 * memory of its own, for each byte.
 * @param most bytes that will ever come, so that no room is made for more.
 */
export const createBodyBuffer = (most = Number.POSITIVE_INFINITY): BodyBuffer => {
  let bytes = new Uint8Array(0);
  let length = 0;
  return {
    add: (chunk) => {
      const needed = length + chunk.length;
      if (needed > bytes.length) {
        const larger = new Uint8Array(
          Math.max(needed, Math.min(most, Math.max(bytes.length * 2, FIRST_CAPACITY))),
        );
        larger.set(bytes.subarray(0, length));
        bytes = larger;
      }
      bytes.set(chunk, length);
      length = needed;
    },
    take: () => bytes.subarray(0, length),
  };
};
