/** Sources that failed several times lately and never succeeded: their new connections wait where others do not. */
import type { Clock } from '../foundation/clock.ts';
import { randomSecretBytes, sha256Latin1 } from '../foundation/secret.ts';

export interface Suspects {
  /** A request from this address was refused, with nobody behind it. */
  note(address: string): void;
  /** Somebody is known to stand behind a request from this address. */
  clear(address: string): void;
  has(address: string): boolean;
}

const BUCKETS = 1 << 16;
/** A source is known as suspect for one to two of these. */
const GENERATION_MS = 60_000;
/** Whoever pastes half a key, and then another half. */
const MOST_MISTAKES = 3;

/**
 * A fixed-size sketch. Addresses are not kept: a source is a bucket under a random key of this thread, and what is counted is
 * gone after two minutes. Two sources in one bucket are taken for one.
 * @param sourceOf what counts as one source: an IPv4 address, an IPv6 /64.
 */
export const createSuspects = (sourceOf: (address: string) => string, clock: Clock): Suspects => {
  const key = randomSecretBytes(32).toString('base64');
  let current = new Uint8Array(BUCKETS);
  let previous = new Uint8Array(BUCKETS);
  let turnedAt = clock.monotonic();

  const bucketOf = (address: string): number => {
    const digest = sha256Latin1(key + sourceOf(address));
    return digest.charCodeAt(0) | (digest.charCodeAt(1) << 8);
  };

  const turn = (): void => {
    const age = clock.monotonic() - turnedAt;
    if (age < GENERATION_MS) return;
    [current, previous] = [previous, current];
    current.fill(0);
    if (age >= 2 * GENERATION_MS) previous.fill(0);
    turnedAt = clock.monotonic();
  };

  return {
    note: (address) => {
      turn();
      const bucket = bucketOf(address);
      current[bucket] = Math.min(MOST_MISTAKES + 1, (current[bucket] ?? 0) + 1);
    },
    clear: (address) => {
      const bucket = bucketOf(address);
      current[bucket] = 0;
      previous[bucket] = 0;
    },
    has: (address) => {
      turn();
      const bucket = bucketOf(address);
      return (current[bucket] ?? 0) + (previous[bucket] ?? 0) > MOST_MISTAKES;
    },
  };
};
