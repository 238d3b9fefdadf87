/** How quickly a company's reads have gone lately: who is quick shares round trips, who is slow shares connections. */

/** Readings that share a round trip at most. */
const MOST_TOGETHER = 16;
/** A round trip that takes longer was slow, in milliseconds. */
const QUICK_MS = 100;
/** Companies that are remembered; the one that was noted longest ago is forgotten, and begins anew. */
const MOST_COMPANIES = 1000;

export interface ReadPace {
  /** How many readings of this company may go together: one until it is known to be quick, for nobody can stop them. */
  together(company: string): number;
  /** Whether its last round trip was slow. */
  isSlow(company: string): boolean;
  /** A round trip is over. */
  note(company: string, milliseconds: number): void;
}

export const createReadPace = (): ReadPace => {
  /** 0 for slow. */
  const paces = new Map<string, number>();
  return {
    together: (company) => Math.max(1, paces.get(company) ?? 1),
    isSlow: (company) => paces.get(company) === 0,
    note: (company, milliseconds) => {
      const before = Math.max(1, paces.get(company) ?? 1);
      paces.delete(company);
      paces.set(company, milliseconds > QUICK_MS ? 0 : Math.min(MOST_TOGETHER, before * 2));
      for (const oldest of paces.keys()) {
        if (paces.size <= MOST_COMPANIES) break;
        paces.delete(oldest);
      }
    },
  };
};
