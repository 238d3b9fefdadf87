/** How nodes divide a rate among themselves; pure arithmetic, the same on every node. */

/**
 * The part of every rate that nodes divide evenly, whoever asks: what a node has at hand for the first requests that come
 * to it.
 */
const EVEN_PART = 0.5;
/** A rate that was overdrawn is repaid at up to half of it. */
const LEAST_WHILE_REPAYING = 0.5;

/** Requests a second up to which single ones are counted out: no more than one between two exchanges. */
const MOST_SINGLE = 10;

/** Others are told of a node's demand when it is more than this part of what the node would have if all had the same. */
const NOTABLE = 0.25;

/** What of a burst is used, after `seconds` in which nothing was admitted. */
export const leak = (debt: number, perSecond: number, seconds: number): number =>
  Math.max(0, debt - perSecond * seconds);

/** An average over so many requests at the full rate, and so many seconds: single requests are no demand, and load moves. */
const AVERAGE_REQUESTS = 3;
const AVERAGE_SECONDS = { least: 0.05, most: 1 } as const;

/** The demand after `seconds` in which `asked` requests came, in requests a second. */
export const averageDemand = (
  { demand, perSecond }: { readonly demand: number; readonly perSecond: number },
  asked: number,
  seconds: number,
): number => {
  if (seconds <= 0) return demand;
  const { least, most } = AVERAGE_SECONDS;
  const over = Math.min(most, Math.max(least, AVERAGE_REQUESTS / perSecond));
  return demand + (asked / seconds - demand) * (1 - Math.exp(-seconds / over));
};

/** Whether so much demand on one of so many nodes, or so much use of the burst, is worth telling the others about. */
export const isNotable = (
  rate: {
    readonly demand: number;
    readonly debt: number;
    readonly perSecond: number;
    readonly burst: number;
  },
  nodes: number,
): boolean => rate.demand * nodes > rate.perSecond * NOTABLE || rate.debt * nodes > rate.burst * NOTABLE;

/** Whether demand has died away. */
export const isOver = (demand: number, perSecond: number): boolean => demand < perSecond / 100;

/** A rate, and how its nodes stand to it. */
interface Standing {
  readonly perSecond: number;
  readonly burst: number;
  /** Requests a second that this node is asked for. */
  readonly demand: number;
  /** Requests of the burst that are used, on all nodes. */
  readonly debt: number;
}

/**
 * This node's part of a rate, between 0 and 1: in proportion to what it was asked for of `all` that nodes were. The parts of
 * all nodes make one whole, except where that would be less than a request each.
 * @returns undefined where nobody asks, and parts stay as they are.
 */
export const partOf = (standing: Standing, all: number, nodes: number): number | undefined => {
  const { perSecond, burst, demand, debt } = standing;
  if (all <= 0) return undefined;
  // Where the burst is short, a part that lies idle is lost before the others can have it.
  const even = EVEN_PART * Math.min(1, burst / perSecond);
  const part = even / nodes + (1 - even) * Math.min(1, demand / all);
  if (debt > burst) return part * Math.max(LEAST_WHILE_REPAYING, 1 - (debt - burst) / perSecond);
  const left = burst - debt;
  // One request that is left is there for whichever node is asked for it, unless so many came that they would all take it.
  return left < 1 ? part : Math.min(1, Math.max(part, Math.min(1 / left, MOST_SINGLE / perSecond)));
};

/** How old what the others told may be when it is used. */
const OLDEST_SECONDS = 0.25;

/**
 * What the others may have done while this node admitted what they have not answered: as much of their part as it did of its
 * own, but no more than they are asked for, where that is known. Without it, all would use the whole of what is left before
 * any of them heard of another.
 * @param demand requests a second that the others are asked for; undefined where they have not been heard yet.
 */
export const presumedOf = (part: number, unanswered: number, demand: number | undefined): number => {
  const most = demand === undefined ? Number.POSITIVE_INFINITY : demand * OLDEST_SECONDS;
  return Math.min(most, unanswered * Math.max(0, 1 / part - 1));
};
