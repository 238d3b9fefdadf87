import { createHmac } from 'node:crypto';
import { hmacKey, randomSecretBytes } from '../foundation/secret.ts';
import type { Opaque } from '../foundation/opaque.ts';
import { sourceOf } from './source.ts';

/** Slows sources whose requests nobody stands behind: unknown paths and failed credentials. */
export interface Strangers {
  /** Counts one such request; false when its source has had its share of this second. */
  admit(address: Opaque<string>, now: number): boolean;
}

const BUCKETS = 1 << 14;

/**
 * A fixed-size sketch of counts per source and second. Addresses are never kept: a source is a bucket under a
 * random key of this worker, and every count is gone with its second. Two sources in one bucket share a share.
 * @param perSecond requests without a caller that one source may make in a second.
 */
export const createStrangers = (perSecond: number): Strangers => {
  const key = hmacKey(randomSecretBytes(32));
  const counts = new Uint32Array(BUCKETS);
  let second = 0;
  return {
    admit: (address, now) => {
      const current = Math.floor(now / 1000);
      if (current !== second) {
        counts.fill(0);
        second = current;
      }
      const digest = createHmac('sha256', key).update(sourceOf(address.expose())).digest();
      const bucket = digest.readUInt32LE(0) % BUCKETS;
      const count = (counts[bucket] ?? 0) + 1;
      counts[bucket] = count;
      return count <= perSecond;
    },
  };
};
