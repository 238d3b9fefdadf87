/** One rate as this node sees it: what it has admitted itself, what the others tell, and which part of it is this node's. */
import { CELL, WHOLE_SHARE, type ActiveSlot, type Ledger } from './ledger.ts';
import { readBusy, setBusy } from './rate.ts';
import type { SharedEntry } from './shared-entries.ts';
import { averageDemand, isNotable, isOver, leak, partOf, presumedOf } from './shared-rules.ts';

/** What another node last told of a rate: see `SharedEntry`. */
interface Told {
  admitted: number;
  demand: number;
}

/** Times are milliseconds that never run backwards. */
export interface SharedRate {
  readonly slot: number;
  readonly idHigh: number;
  readonly idLow: number;
  perSecond: number;
  burst: number;
  /** The slot's counters as they were last read. */
  asked: number;
  refused: number;
  /** Requests that were asked for since `demandAt`, when `demand` was last worked out. */
  askedSince: number;
  demand: number;
  demandAt: number;
  /** Requests of the burst that all nodes together have used, at `debtAt`. */
  debt: number;
  debtAt: number;
  /** Requests that this node, and the others, have admitted and that are not yet in `debt`. */
  ownSince: number;
  heardSince: number;
  /** What `admitted` was when the others were last heard. */
  answered: number;
  /** How often they have been since they are told of this rate. */
  answers: number;
  /** This node's part, as it was last applied. */
  part: number;
  /** See `SharedEntry`. */
  admitted: number;
  /** Whether the others are told of it. */
  isTold: boolean;
  readonly others: Map<string, Told>;
}

/** Two kinds of now: of the slot's words, in milliseconds since the epoch, and one that never runs backwards. */
export interface Moment {
  readonly now: number;
  readonly at: number;
}

const MS = 1000;

/** The way of a 32-bit counter that wraps; below zero where it was ahead of what it counts. */
const way = (from: number, to: number): number => (to - from) | 0;

/** Begins to look at a slot. */
export const watchRate = (ledger: Ledger, active: ActiveSlot, { now, at }: Moment): SharedRate => {
  const { cells } = ledger;
  const { slot, perSecond } = active;
  const share = Atomics.load(cells, slot + CELL.share);
  // What requests have used of this node's part of the burst before anybody looked.
  const part = share === 0 ? 1 : share / WHOLE_SHARE;
  const used = (readBusy(ledger, slot, now) / MS) * perSecond * part;
  return {
    ...active,
    refused: Atomics.load(cells, slot + CELL.refused),
    asked: Atomics.load(cells, slot + CELL.asked),
    askedSince: 0,
    demand: used,
    demandAt: at,
    debt: used,
    debtAt: at,
    ownSince: 0,
    heardSince: 0,
    answered: 0,
    answers: 0,
    part,
    admitted: Math.ceil(used) >>> 0,
    isTold: false,
    others: new Map(),
  };
};

/** Counts what this node has done since the last look. */
export const lookAtRate = ({ cells }: Ledger, rate: SharedRate): void => {
  const { slot } = rate;
  const limit = Atomics.load(cells, slot + CELL.perSecond);
  if (limit > 0) {
    rate.perSecond = limit;
    rate.burst = Atomics.load(cells, slot + CELL.burst);
  }
  // In this order: one is counted as asked for before it may be counted as refused.
  const refused = Atomics.load(cells, slot + CELL.refused);
  const asked = Atomics.load(cells, slot + CELL.asked);
  const admitted = way(rate.asked, asked) - way(rate.refused, refused);
  rate.askedSince += way(rate.asked, asked);
  rate.asked = asked;
  rate.refused = refused;
  rate.admitted = (rate.admitted + admitted) >>> 0;
  rate.ownSince += admitted;
};

/** Brings the debt to the present; to be called right after a look. */
export const settleRate = (rate: SharedRate, { at }: Moment): void => {
  const seconds = (at - rate.debtAt) / MS;
  // What others did is heard of late: on the whole it was done before that time went by, and what this node did after it.
  rate.debt = leak(rate.debt + rate.heardSince, rate.perSecond, seconds) + rate.ownSince;
  rate.debt = Math.max(0, rate.debt);
  rate.debtAt = at;
  rate.ownSince = 0;
  rate.heardSince = 0;
};

const demandOfOthers = (rate: SharedRate): number => {
  let sum = 0;
  for (const { demand } of rate.others.values()) sum += demand;
  return sum;
};

/** Whether nobody asks for it any more, and nothing of it is used. */
export const isQuiet = (rate: SharedRate): boolean =>
  rate.debt === 0 && isOver(rate.demand + demandOfOthers(rate), rate.perSecond);

const isWorthTelling = (rate: SharedRate, nodes: number): boolean =>
  isNotable(rate, nodes) || ((rate.isTold || rate.others.size > 0) && !isQuiet(rate));

/** Works out the demand since the last time, and whether the others must know of it; to be called right after a look. */
export const averageRate = (rate: SharedRate, nodes: number, { at }: Moment): void => {
  rate.demand = averageDemand(rate, rate.askedSince, (at - rate.demandAt) / MS);
  rate.askedSince = 0;
  rate.demandAt = at;
  // What of it is still felt when it is told of for the first time goes into the first number.
  if (!rate.isTold && rate.others.size === 0) {
    rate.admitted = Math.ceil(rate.debt) >>> 0;
    rate.answered = 0;
    rate.answers = 0;
  }
  rate.isTold = isWorthTelling(rate, nodes);
};

/** A counter goes back by the requests under way when it was read, and by more where it began anew. */
const MOST_UNDER_WAY = 256;

/** Whether a node has just begun to tell of a rate: what it has admitted since is all in its debt. */
const isNewHere = ({ admitted, debt }: SharedEntry): boolean => admitted <= Math.ceil(debt);

/** Takes in what another node tells. */
export const hearOf = (rate: SharedRate, node: string, entry: SharedEntry): void => {
  const { admitted, demand } = entry;
  const told = rate.others.get(node);
  rate.others.set(node, { admitted, demand });
  const step = told === undefined ? undefined : way(told.admitted, admitted);
  if (step !== undefined && step > -MOST_UNDER_WAY) rate.heardSince += step;
  else if (isNewHere(entry)) rate.heardSince += admitted;
  // It has told of this rate for longer than it was heard: its sum may have this node's requests in it.
  else rate.debt = Math.max(rate.debt, entry.debt);
};

/** Begins where other nodes already are: what they know is known to all but this one. */
export const joinIn = (rate: SharedRate, told: ReadonlyMap<string, SharedEntry>): void => {
  for (const [node, { admitted, demand }] of told) rate.others.set(node, { admitted, demand });
  const entries = [...told.values()];
  const begun = entries.filter(isNewHere).reduce((sum, { admitted }) => sum + admitted, 0);
  rate.debt += Math.max(begun, ...entries.map(({ debt }) => debt));
};

/** Lets this node's requests have its part from now on, with as much of the burst used as is used on all nodes. */
export const applyPart = (ledger: Ledger, rate: SharedRate, nodes: number, { now }: Moment): void => {
  const { slot, perSecond, part } = rate;
  const unanswered = Math.max(0, way(rate.answered, rate.admitted));
  rate.answered = rate.admitted;
  rate.answers += 1;
  // Whoever else is asked for it has told so by the second time.
  const demand = rate.answers > 1 ? demandOfOthers(rate) : undefined;
  const debt = rate.debt + presumedOf(part, unanswered, demand);
  if (demand !== undefined) rate.part = partOf(rate, rate.demand + demand, nodes) ?? part;
  const share = Math.max(1, Math.min(WHOLE_SHARE, Math.floor(rate.part * WHOLE_SHARE)));
  Atomics.store(ledger.cells, slot + CELL.share, share);
  setBusy(ledger, slot, (debt / perSecond) * MS, now);
};

/** What this node tells of it. */
export const entryOf = ({
  idHigh,
  idLow,
  perSecond,
  burst,
  admitted,
  demand,
  debt,
}: SharedRate): SharedEntry => ({
  idHigh,
  idLow,
  perSecond,
  burst,
  admitted,
  demand,
  debt,
});
