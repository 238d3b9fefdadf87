import { ownCopy } from '../foundation/own-copy.ts';
import type { KnownKey } from './key-cache.ts';

/** Good keys of the last second, found by what was presented. */
export interface RecentKeys {
  /** @param generation of the key cache: what was found under another one may have changed since. */
  get(key: string, generation: number): KnownKey | undefined;
  put(key: string, known: KnownKey, generation: number): void;
  readonly size: number;
}

/** As many as are in use at any moment on a busy thread; further ones cost their digest. */
const MOST = 4_096;
const KEPT_MS = 1_000;

/**
 * Spares a busy key its digest, which is the dearest step of the gate. Keys are here in clear, as they are in the buffers
 * of the connections that bring them, for a second and no longer, and nothing else
 * of the request is: the key cache itself knows digests only. A `Map` compares
 * hashes under a seed of the process before it compares texts, so that its time tells nobody how near a guess was.
 */
export const createRecentKeys = (keptMs = KEPT_MS): RecentKeys => {
  const recent = new Map<string, KnownKey>();
  let foundUnder = 0;
  let timer: NodeJS.Timeout | undefined;

  const forget = (): void => {
    recent.clear();
    clearTimeout(timer);
    timer = undefined;
  };

  return {
    get: (key, generation) => (generation === foundUnder ? recent.get(key) : undefined),
    put: (key, known, generation) => {
      if (generation !== foundUnder) {
        forget();
        foundUnder = generation;
      }
      if (recent.size >= MOST) return;
      recent.set(ownCopy(key), known);
      timer ??= setTimeout(forget, keptMs).unref();
    },
    get size() {
      return recent.size;
    },
  };
};
