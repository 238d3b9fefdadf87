import { randomSecretBytes, sha256Latin1 } from '../foundation/secret.ts';
import type { Opaque } from '../foundation/opaque.ts';
import { sourceOf } from './source.ts';

/** Slows sources whose requests nobody stands behind: unknown paths and failed credentials. */
export interface Strangers {
  /** Counts one such request; false when its source has had its share of this second. */
  admit(address: Opaque<string>, now: number): boolean;
}

const BUCKETS = 1 << 14;

/** What is left of a source's share under a flood from very many: enough to be told what is wrong with a key. */
const LEAST = 2;

/**
 * A fixed-size sketch of counts per source and second. Addresses are never kept: a source is a bucket under a
 * random key of this worker, and every count is gone with its second. Two sources in one bucket share a share.
 * @param perSecond requests without a caller that one source may make in a second.
 * @param altogether requests without a caller in a second, of all sources, from which on a source's share is 2: a flood
 *   from thousands of addresses, each of which keeps within its share, is one all the same.
 */
export const createStrangers = (perSecond: number, altogether = Number.POSITIVE_INFINITY): Strangers => {
  const key = randomSecretBytes(32).toString('base64');
  const counts = new Uint32Array(BUCKETS);
  let second = 0;
  let total = 0;
  return {
    admit: (address, now) => {
      const current = Math.floor(now / 1000);
      if (current !== second) {
        counts.fill(0);
        total = 0;
        second = current;
      }
      total += 1;
      const digest = sha256Latin1(key + sourceOf(address.expose()));
      const bucket = digest.charCodeAt(0) | ((digest.charCodeAt(1) & 63) << 8);
      const count = (counts[bucket] ?? 0) + 1;
      counts[bucket] = count;
      return count <= (total > altogether ? Math.min(LEAST, perSecond) : perSecond);
    },
  };
};
