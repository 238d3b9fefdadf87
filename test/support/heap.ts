/** Whether something is still in memory. */
import { getHeapSnapshot } from 'node:v8';

/**
 * Whether a string with the mark is alive, after all that is not has been collected.
 * @param mark in bytes, so that the test itself has no string of it.
 */
export const isAlive = async (mark: Buffer): Promise<boolean> => {
  let rest = Buffer.alloc(0);
  let found = false;
  for await (const chunk of getHeapSnapshot()) {
    const bytes = Buffer.concat([rest, chunk as Buffer]);
    found ||= bytes.includes(mark);
    rest = bytes.subarray(-mark.length);
  }
  return found;
};
