/**
 * What is unusual about a day of a project. Pure. Measures that a few odd days in the past do not move (median, median
 * absolute deviation, 90th percentile), and floors below which nobody wants to be told.
 */

/** A day with far more requests than usual, the first call of a domain, many requests refused, many failed. */
export const KINDS = ['busy', 'domain', 'refused', 'failed'] as const;
export type Kind = (typeof KINDS)[number];

/** Full days before a day that it is compared with. */
export const PAST_DAYS = 28;

/** From where to where it usually goes: the 10th and the 90th percentile of the days before. */
export interface Usual {
  readonly low: number;
  readonly high: number;
}

/** A part of the requests of one operation on one day. */
export interface Part {
  readonly part: number;
  readonly total: number;
}

/** A younger project has no past to speak of. */
const FEWEST_DAYS = 14;
const FEWEST_REQUESTS = 1000;
/** How many times the 90th percentile a day has to be. */
const FACTOR = 2;
/** How many standard deviations above the median, as the MAD estimates them (Rousseeuw and Croux 1993, §1). */
const DEVIATIONS = 6;
const MAD_TO_DEVIATION = 1.4826;

const FEWEST_BAD = 50;
const FEWEST_OF = 100;
/** Days on which an operation was called often enough for a share of them to mean something. */
const FEWEST_SHARE_DAYS = 7;
const FEWEST_ON_DAY = 20;
/** Percentage points above what is usual, at least. */
const FEWEST_POINTS = 0.05;

/** The value at or below which this share of the values lies (nearest rank). @param values not empty. */
export const quantileOf = (values: readonly number[], share: number): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
};

const usualOf = (values: readonly number[]): Usual => ({
  low: quantileOf(values, 0.1),
  high: quantileOf(values, 0.9),
});

/** Undefined where a day's requests are nothing to tell of. @param past requests of each full day before, quiet ones too. */
export const judgeRequests = (requests: number, past: readonly number[]): Usual | undefined => {
  if (past.length < FEWEST_DAYS || requests < FEWEST_REQUESTS) return undefined;
  const usual = usualOf(past);
  const median = quantileOf(past, 0.5);
  const deviation =
    MAD_TO_DEVIATION *
    quantileOf(
      past.map((value) => Math.abs(value - median)),
      0.5,
    );
  // Counts scatter by their square root even where every day was like the other.
  const spread = Math.max(deviation, Math.sqrt(median));
  return requests > FACTOR * usual.high && requests > median + DEVIATIONS * spread ? usual : undefined;
};

/** Undefined where the share is nothing to tell of. @param past the same of each day before on which there was any. */
export const judgeShare = ({ part, total }: Part, past: readonly Part[]): Usual | undefined => {
  if (part < FEWEST_BAD || total < FEWEST_OF) return undefined;
  const shares = past.filter((day) => day.total >= FEWEST_ON_DAY).map((day) => day.part / day.total);
  if (shares.length < FEWEST_SHARE_DAYS) return undefined;
  const usual = usualOf(shares);
  const share = part / total;
  // Three times as many; where it is often anyway, halfway from there to all of them.
  const far = Math.min(3 * usual.high, (1 + usual.high) / 2);
  return share >= usual.high + FEWEST_POINTS && share >= far ? usual : undefined;
};

/** What one project did with one operation on one day. */
export interface DayCount {
  readonly operation: string;
  /** `YYYY-MM-DD`. */
  readonly day: string;
  readonly outcome: string;
  readonly count: number;
}

/** Something that stands out on a day of a project. */
export interface Finding {
  readonly kind: Kind;
  /** An operation, the id of a domain, or empty. */
  readonly subject: string;
  readonly day: string;
  readonly figure: number;
  readonly total: number | null;
  readonly usual: Usual | null;
}

const sum = (counts: readonly DayCount[]): number => counts.reduce((all, { count }) => all + count, 0);

const partOf = (counts: readonly DayCount[], outcome: string): Part => ({
  part: sum(counts.filter((one) => one.outcome === outcome)),
  total: sum(counts),
});

/**
 * What stands out on `day`.
 * @param counts of that day and the days before. @param past the days before it that the project was there for, all of each.
 */
export const judgeDay = (counts: readonly DayCount[], day: string, past: readonly string[]): Finding[] => {
  const found: Finding[] = [];
  const byDay = Map.groupBy(counts, (one) => one.day);
  const requests = sum(byDay.get(day) ?? []);
  const busy = judgeRequests(
    requests,
    past.map((one) => sum(byDay.get(one) ?? [])),
  );
  if (busy !== undefined)
    found.push({ kind: 'busy', subject: '', day, figure: requests, total: null, usual: busy });
  for (const [operation, today] of Map.groupBy(byDay.get(day) ?? [], (one) => one.operation)) {
    const before = past.map((one) => (byDay.get(one) ?? []).filter((two) => two.operation === operation));
    for (const kind of ['refused', 'failed'] as const) {
      const { part, total } = partOf(today, kind);
      const usual = judgeShare(
        { part, total },
        before.map((one) => partOf(one, kind)),
      );
      if (usual !== undefined) found.push({ kind, subject: operation, day, figure: part, total, usual });
    }
  }
  return found;
};
