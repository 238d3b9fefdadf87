/** What answers now, held in one place, so that another index can take over between two requests. */
import type { Atlas } from './atlas.ts';
import type { Gazetteer } from './gazetteer.ts';

/** The atlas of one thread. */
export interface AtlasHolder {
  /** Whoever needs it for longer than one turn of the event loop keeps what this gave. */
  readonly current: () => Atlas;
  /**
   * Takes over; answers that have begun end with what they began with. What a follower's `make` throws comes through,
   * and then all goes on as it was: what is looked up in must not be newer than what is suggested.
   */
  readonly swap: (next: Atlas) => void;
  /**
   * Makes something of the atlas now and again after each swap, at once, so that no request pays for it.
   * @returns what was made of the current one. Nothing stays bound to an atlas that is gone.
   */
  readonly follow: <Made>(make: (atlas: Atlas) => Made) => () => Made;
}

/** Holds the first atlas until it is swapped. */
export const createAtlasHolder = (first: Atlas): AtlasHolder => {
  let atlas = first;
  /** Each makes its part of the next atlas, and gives back what takes that part into use, which cannot fail. */
  const followers: ((next: Atlas) => () => void)[] = [];
  return {
    current: () => atlas,
    swap: (next) => {
      const commits = followers.map((follow) => follow(next));
      atlas = next;
      for (const commit of commits) commit();
    },
    follow: (make) => {
      let made = make(atlas);
      followers.push((next) => {
        const other = make(next);
        return () => {
          made = other;
        };
      });
      return () => made;
    },
  };
};

/** Of a base index alone, that nothing will take over from: tests, benches, and a table of routes that is only read. */
export const holdBase = (base: Gazetteer): AtlasHolder => createAtlasHolder({ base, extracts: [] });
