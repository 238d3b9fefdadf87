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
  /** Whether it is remembered, or was until something of it changed: by no means whether it is good now. */
  isFamiliar(name: string): boolean;
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
 * Refused keys are not kept: a key made a moment ago must work at once. What is forgotten leaves its name, a salted digest,
 * behind, so that a good key does not have to wait with guesses until it is known again.
 */
export const createKeyCache = (capacity: number): KeyCache => {
  const salt = randomSecretBytes(16).toString('base64');
  const entries = new Map<string, KnownKey>();
  /** Names of what was forgotten for want of room, or because it may have changed. Most of them come again, and are good. */
  let before = new Set<string>();
  let generation = 0;

  const remove = (name: string): void => {
    entries.delete(name);
    if (before.size >= capacity)
      for (const oldest of before) {
        before.delete(oldest);
        break;
      }
    before.add(name);
  };

  return {
    nameOf: (key) => sha256Base64(salt + key),
    get: (name) => entries.get(name),
    isFamiliar: (name) => entries.has(name) || before.has(name),
    put: (name, known) => {
      if (entries.size >= capacity && !entries.has(name)) {
        const oldest = entries.keys().next();
        if (!oldest.done) remove(oldest.value);
      }
      entries.set(name, known);
      before.delete(name);
    },
    forget: (id) => {
      generation += 1;
      for (const [name, known] of entries) {
        if (known.caller.key === id || known.caller.project === id) remove(name);
      }
    },
    forgetAll: () => {
      generation += 1;
      before = new Set(entries.keys());
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
