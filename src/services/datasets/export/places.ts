/** How many downloads one thread does at once, altogether and for one company. */
import { Problem } from '../../../foundation/problem.ts';

/** More than people do; a program that wants more waits, and the rows of others do not wait behind it. */
const MOST = 16;
const MOST_OF_ONE = 4;

/** 429 `too_many_downloads`: so many of this company are under way, or so many altogether. */
export const tooManyDownloads = (): Problem =>
  new Problem(429, 'too_many_downloads', 'Too many downloads at once', {
    detail: `At most ${MOST_OF_ONE} of a company are under way at once. Try again when one of them is done.`,
    headers: { 'retry-after': '5' },
  });

export interface Places {
  /** Takes a place. Gives what gives it back; twice does no harm. Throws `too_many_downloads`. */
  take(company: string): () => void;
}

export const createPlaces = (): Places => {
  const taken = new Map<string, number>();
  let total = 0;
  return {
    take: (company) => {
      const own = taken.get(company) ?? 0;
      if (total >= MOST || own >= MOST_OF_ONE) throw tooManyDownloads();
      total += 1;
      taken.set(company, own + 1);
      let isBack = false;
      return () => {
        if (isBack) return;
        isBack = true;
        total -= 1;
        const left = (taken.get(company) ?? 1) - 1;
        if (left === 0) taken.delete(company);
        else taken.set(company, left);
      };
    },
  };
};
