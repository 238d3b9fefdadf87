import type { BrowserCaller } from '../foundation/caller.ts';
import type { KeyId, ProjectId } from '../foundation/ids.ts';
import { ownCopy } from '../foundation/own-copy.ts';
import type { OriginRules } from './browser-origin.ts';
import type { InNetworks } from './networks.ts';

/** What is remembered of a project that pages call, by one of its public names. */
export interface KnownProject extends OriginRules<BrowserCaller> {
  readonly project: ProjectId;
  /** Where the name is a public key. */
  readonly key: KeyId | undefined;
  /** From where the key may be used; undefined where from everywhere, and where the name is the id of a project. */
  readonly isInNetworks: InNetworks | undefined;
  /** Milliseconds since the Unix epoch; `Infinity` where it does not expire. */
  readonly expiresAt: number;
}

export interface BrowserOriginCache {
  /** By a public key or the id of a project. */
  get(name: string): KnownProject | undefined;
  put(name: string, known: KnownProject): void;
  /** Forgets every entry of a key or of a project. */
  forget(id: string): void;
  forgetAll(): void;
  /** Grows whenever something is forgotten; an answer asked for under an older generation may be out of date. */
  readonly generation: number;
}

/** At most `capacity` projects in one worker's memory, oldest entry out first. Unknown names are not kept. */
export const createBrowserOriginCache = (capacity: number): BrowserOriginCache => {
  const entries = new Map<string, KnownProject>();
  let generation = 0;
  return {
    get: (name) => entries.get(name),
    put: (name, known) => {
      if (entries.size >= capacity && !entries.has(name)) {
        const oldest = entries.keys().next();
        if (!oldest.done) entries.delete(oldest.value);
      }
      // Cut from a query, it would keep what else was asked alive.
      entries.set(ownCopy(name), known);
    },
    forget: (id) => {
      generation += 1;
      for (const [name, { key, project }] of entries) if (key === id || project === id) entries.delete(name);
    },
    forgetAll: () => {
      generation += 1;
      entries.clear();
    },
    get generation() {
      return generation;
    },
  };
};
