/** How many downloads one thread does at once: altogether, for one company, and for one user or key in it. */
import { Problem } from '../../../foundation/problem.ts';

/** More than people do; a program that wants more waits, and the rows of others do not wait behind it. */
const MOST = 16;
const MOST_OF_COMPANY = 4;
/** The last of a company is for somebody else in it. */
const MOST_OF_ONE = 3;

/** Milliseconds without taking a part after which a download makes room for another: a part is a megabyte at the most. */
const SLOW_MS = 30_000;

/**
 * 429 `too_many_downloads`: so many of this user, of this company, or altogether are under way.
 * @param milliseconds until it may be otherwise.
 */
export const tooManyDownloads = (bound: string, milliseconds: number): Problem => {
  const seconds = Math.max(1, Math.ceil(milliseconds / 1000));
  return new Problem(429, 'too_many_downloads', 'Too many downloads at once', {
    detail: `${bound} Try again when one of them is done, or in ${seconds} seconds: one that its reader has not gone on with by then makes room.`,
    headers: { 'retry-after': String(seconds) },
  });
};

/** Who has a place: a company, and in it a user or a key, whichever it is. */
export interface Holder {
  readonly company: string;
  readonly one: string;
}

export interface Place {
  /** The reader has a part and asks for no other yet. */
  wait(): void;
  /** It has taken its part, and the next one is made. */
  goOn(): void;
  /** Twice does no harm. */
  giveBack(): void;
}

export interface Places {
  /**
   * Takes a place, in case of need from who has not taken a part for `SLOW_MS`. Throws `too_many_downloads`.
   * @param onLost called where the place goes to another; it is given back already.
   */
  take(holder: Holder, onLost: () => void): Place;
}

interface Taken {
  readonly holder: Holder;
  readonly onLost: () => void;
  /** Since when its reader does not take its part; undefined while there is none to take. */
  waits: number | undefined;
}

/** @param monotonic milliseconds that never run backwards. */
export const createPlaces = (monotonic: () => number): Places => {
  /** In the order in which they were taken. */
  const places = new Set<Taken>();

  const makeRoom = (bound: string, isAmong: (holder: Holder) => boolean): void => {
    const now = monotonic();
    const waiting = [...places].filter(({ holder, waits }) => waits !== undefined && isAmong(holder));
    // The first is the one that was held longest.
    const slow = waiting.find(({ waits = now }) => now - waits >= SLOW_MS);
    if (slow === undefined) {
      const longest = Math.max(0, ...waiting.map(({ waits = now }) => now - waits));
      throw tooManyDownloads(bound, SLOW_MS - longest);
    }
    places.delete(slow);
    slow.onLost();
  };

  const keepBelow = (most: number, bound: string, isAmong: (holder: Holder) => boolean): void => {
    let count = 0;
    for (const { holder } of places) if (isAmong(holder)) count += 1;
    if (count >= most) makeRoom(bound, isAmong);
  };

  return {
    take: (holder, onLost) => {
      const { company, one } = holder;
      keepBelow(
        MOST_OF_ONE,
        `At most ${MOST_OF_ONE} of a user or key are under way at once.`,
        (other) => other.company === company && other.one === one,
      );
      keepBelow(
        MOST_OF_COMPANY,
        `At most ${MOST_OF_COMPANY} of a company are under way at once.`,
        (other) => other.company === company,
      );
      keepBelow(MOST, `At most ${MOST} are under way at once.`, () => true);
      const taken: Taken = { holder, onLost, waits: undefined };
      places.add(taken);
      return {
        wait: () => {
          taken.waits = monotonic();
        },
        goOn: () => {
          taken.waits = undefined;
        },
        giveBack: () => void places.delete(taken),
      };
    },
  };
};
