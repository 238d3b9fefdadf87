/** Look-ups of keys in the database that are under way in one thread: how many there may be, and whose. */
import type { Opaque } from '../foundation/opaque.ts';
import { Problem } from '../foundation/problem.ts';

/** Whose look-up it is. */
export interface Asker {
  /** What is looked up: asked for once, however many wait for it. */
  readonly name: string;
  readonly address: Opaque<string>;
  /** Whether it was good before, and so will most likely be good again. */
  readonly isFamiliar: boolean;
}

export interface Lookups<Found> {
  /**
   * Begins `look`, or joins the same one that is under way.
   * @throws rate_limited (429) where this source has its share under way, unavailable (503) where all are taken.
   */
  run(asker: Asker, look: () => Promise<Found>): Promise<Found>;
}

/** Of keys that nobody here has seen: guesses, and good ones that come for the first time. */
const MOST_UNFAMILIAR = 64;
/** Of keys that were good, in places of their own: guesses never take them. */
const MOST_FAMILIAR = 64;

/** Whoever brings that many unknown keys is slowed; their good keys are remembered soon. */
const tooManyOfSource = (): Problem =>
  new Problem(429, 'rate_limited', 'Too many requests', {
    detail: 'Too many keys from this address are being checked. Try again in a second.',
    headers: { 'retry-after': '1' },
  });

const tooMany = (): Problem =>
  new Problem(503, 'unavailable', 'Too many keys are being checked', {
    detail: 'Try again in a second.',
    headers: { 'retry-after': '1' },
  });

/**
 * A source may have as many look-ups under way as places are left (dynamic thresholds, Choudhury and Hahne, "Dynamic queue
 * length thresholds for shared-memory packet switches", 1998): one alone gets half of them, and the more there are, the fewer
 * each can keep, so that one that has none finds a place. An address is known here only while it has a look-up under way.
 * @param sourceOf what counts as one source; each address by itself where left out.
 */
export const createLookups = <Found>(sourceOf = (address: string): string => address): Lookups<Found> => {
  const underWay = new Map<string, Promise<Found>>();
  const bySource = new Map<string, number>();
  let unfamiliar = 0;

  const begin = (name: string, look: () => Promise<Found>, done: () => void): Promise<Found> => {
    const started = look().finally(() => {
      underWay.delete(name);
      done();
    });
    underWay.set(name, started);
    return started;
  };

  return {
    run: ({ name, address, isFamiliar }, look) => {
      const already = underWay.get(name);
      if (already !== undefined) return already;
      if (isFamiliar && underWay.size - unfamiliar < MOST_FAMILIAR) return begin(name, look, () => undefined);
      const source = sourceOf(address.expose());
      const mine = bySource.get(source) ?? 0;
      const left = MOST_UNFAMILIAR - unfamiliar;
      if (left <= 0) throw tooMany();
      if (mine >= left) throw tooManyOfSource();
      unfamiliar += 1;
      bySource.set(source, mine + 1);
      return begin(name, look, () => {
        unfamiliar -= 1;
        const rest = (bySource.get(source) ?? 1) - 1;
        if (rest === 0) bySource.delete(source);
        else bySource.set(source, rest);
      });
    },
  };
};
