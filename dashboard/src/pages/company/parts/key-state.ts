/** In which state a key is. */
import type { Key } from '../../../api/shapes.ts';

export type KeyState = 'revoked' | 'expired' | 'rotating' | 'active';

const isPast = (at: string | null, now: number): boolean => at !== null && Date.parse(at) <= now;

/** The state that decides whether the key works. `now` in milliseconds since the epoch. */
export const stateOf = (key: Key, now: number): KeyState => {
  if (key.revoked_at !== null) return 'revoked';
  if (isPast(key.expires_at, now)) return 'expired';
  if (key.previous_secret_expires_at !== null && !isPast(key.previous_secret_expires_at, now))
    return 'rotating';
  return 'active';
};

/** Whether any secret of the key is accepted. */
export const works = (key: Key, now: number): boolean => ['active', 'rotating'].includes(stateOf(key, now));

/** A public key in short: both ends, which tell keys apart. */
export const shortKey = (key: string): string =>
  key.length <= 16 ? key : `${key.slice(0, 6)}…${key.slice(-6)}`;
