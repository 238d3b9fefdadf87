import { randomSecretBytes, sha256Base64 } from '../foundation/secret.ts';
import type { KeyCaller } from '../foundation/caller.ts';
import type { InNetworks } from './networks.ts';

/** What is remembered of a key that the database has vouched for. */
export interface KnownKey {
  readonly caller: KeyCaller;
  readonly publicKey: string;
  /** Where the caller may be; undefined where that does not matter. */
  readonly isInNetworks?: InNetworks | undefined;
  /** Where failed attempts against the pair are marked (`FailureWatch`). */
  readonly mark: number;
  /** Milliseconds since the epoch; `Infinity` where the key does not expire. */
  readonly expiresAt: number;
}

export interface KeyCache {
  /** The name under which a key is kept: a salted digest, so that memory holds no key in clear. */
  nameOf(key: string): string;
  get(name: string): KnownKey | undefined;
  put(name: string, known: KnownKey): void;
  /** Forgets every entry of a key or of a project. */
  forget(id: string): void;
  forgetAll(): void;
  /** Grows whenever something is forgotten; an answer asked for under an older generation may be out of date. */
  readonly generation: number;
  readonly size: number;
}

/**
 * Keys known to be good, in one worker's memory, oldest entry out first when `capacity` is reached.
 * Refused keys are not kept: a key made a moment ago must work at once.
 */
export const createKeyCache = (capacity: number): KeyCache => {
  const salt = randomSecretBytes(16).toString('base64');
  const entries = new Map<string, KnownKey>();
  let generation = 0;
  return {
    nameOf: (key) => sha256Base64(salt + key),
    get: (name) => entries.get(name),
    put: (name, known) => {
      if (entries.size >= capacity && !entries.has(name)) {
        const oldest = entries.keys().next();
        if (!oldest.done) entries.delete(oldest.value);
      }
      entries.set(name, known);
    },
    forget: (id) => {
      generation += 1;
      for (const [name, known] of entries) {
        if (known.caller.key === id || known.caller.project === id) entries.delete(name);
      }
    },
    forgetAll: () => {
      generation += 1;
      entries.clear();
    },
    get generation() {
      return generation;
    },
    get size() {
      return entries.size;
    },
  };
};
