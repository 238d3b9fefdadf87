import { CELL, secondOf, WHOLE_SHARE, type Ledger } from './ledger.ts';

/**
 * Times are counted in eighths of a microsecond from 2020 on, which are whole numbers of a double until 2055. A rate is
 * kept to the eighth: up to 80,000 requests a second at most one per cent below what was said, and never above it.
 */
const EPOCH_MS = Date.UTC(2020, 0);
const TICKS_PER_MS = 8000;
const TICKS_PER_SECOND = 1000 * TICKS_PER_MS;

const ticksAt = (now: number): number => Math.floor((now - EPOCH_MS) * TICKS_PER_MS);

const wordOf = (slot: number): number => (slot + CELL.freeAt) / 2;

/** The part of the rate that is this process's. */
const partOf = (cells: Int32Array, slot: number): number => {
  const share = Atomics.load(cells, slot + CELL.share);
  return share === 0 ? 1 : share / WHOLE_SHARE;
};

/** Ticks from one request to the next. */
const everyOf = (perSecond: number, part: number): number => Math.ceil(TICKS_PER_SECOND / (perSecond * part));

/** How far ahead of the present the word may be: as long as the whole burst takes to come back. */
const depthOf = (burst: number, part: number, every: number): number =>
  Math.floor(Math.max(1, burst * part) * every);

/** Threads see the same time to less than this. */
const SLACK = 100 * TICKS_PER_MS;

/**
 * When the next request is due: never before the present. A word that is further ahead than its depth allows is one of
 * other limits, or of a clock that was set back, and counts as a burst that is used up. Where it may only be that another
 * thread was a moment ahead it stands, or whoever is late would win time for all.
 */
const freeFrom = (word: bigint, present: number, depth: number): number => {
  const free = Math.max(Number(word), present);
  return word === 0n ? present : free > present + depth + SLACK ? present + depth : free;
};

const noteAsked = (cells: Int32Array, slot: number, perSecond: number, burst: number, now: number): void => {
  Atomics.add(cells, slot + CELL.asked, 1);
  const second = secondOf(now);
  if (Atomics.load(cells, slot + CELL.touched) !== second) Atomics.store(cells, slot + CELL.touched, second);
  if (Atomics.load(cells, slot + CELL.perSecond) !== perSecond)
    Atomics.store(cells, slot + CELL.perSecond, perSecond);
  if (Atomics.load(cells, slot + CELL.burst) !== burst) Atomics.store(cells, slot + CELL.burst, burst);
};

/**
 * Asks for one request of a rate with burst: the generic cell rate algorithm (ITU-T I.371) on one 64-bit word that all
 * threads of the process change as a whole. In any `t` seconds the process admits at most `burst + perSecond × t`
 * requests, over all its threads. Where the slot has a share, both are multiplied by it, the burst to no less than one.
 *
 * Other limits hold from the next request on; what was used of the burst stays used in proportion.
 * @param now milliseconds since the Unix epoch.
 * @returns 0 where the request is admitted; else milliseconds until one would be. A refused one costs nothing.
 */
export const takeFromRate = (
  { cells, words }: Ledger,
  slot: number,
  perSecond: number,
  burst: number,
  now: number,
): number => {
  noteAsked(cells, slot, perSecond, burst, now);
  const part = partOf(cells, slot);
  const every = everyOf(perSecond, part);
  const depth = depthOf(burst, part, every);
  const present = ticksAt(now);
  const word = wordOf(slot);
  for (;;) {
    const before = Atomics.load(words, word);
    const freeAt = freeFrom(before, present, depth);
    const after = freeAt + every;
    const late = after - (present + depth);
    if (late > 0) {
      // A word that is too far ahead comes closer also by a refusal, or it would stay too far ahead for long.
      if (Number(before) > freeAt) Atomics.compareExchange(words, word, before, BigInt(freeAt));
      Atomics.add(cells, slot + CELL.refused, 1);
      return late / TICKS_PER_MS;
    }
    if (Atomics.compareExchange(words, word, before, BigInt(after)) === before) return 0;
  }
};

/** Gives back a request that was admitted and then refused for another reason. */
export const giveBackToRate = ({ cells, words }: Ledger, slot: number, perSecond: number): void => {
  Atomics.sub(words, wordOf(slot), BigInt(everyOf(perSecond, partOf(cells, slot))));
  Atomics.add(cells, slot + CELL.refused, 1);
};

/** What `takeFromRate` would admit now, and how many milliseconds until it would admit one more than that. */
export const readRate = (
  { cells, words }: Ledger,
  slot: number,
  perSecond: number,
  burst: number,
  now: number,
): { readonly remaining: number; readonly moreAfterMs: number } => {
  const part = partOf(cells, slot);
  const every = everyOf(perSecond, part);
  const depth = depthOf(burst, part, every);
  const present = ticksAt(now);
  const word = Atomics.load(words, wordOf(slot));
  const free = Math.max(0, present + depth - freeFrom(word, present, depth));
  const remaining = Math.floor(free / every);
  return { remaining, moreAfterMs: free === depth ? 0 : ((remaining + 1) * every - free) / TICKS_PER_MS };
};

/** Milliseconds until the whole burst of a slot is free again; 0 where it is. @param now milliseconds since the Unix epoch. */
export const readBusy = ({ words }: Ledger, slot: number, now: number): number =>
  Math.max(0, (Number(Atomics.load(words, wordOf(slot))) - ticksAt(now)) / TICKS_PER_MS);

/** Sets what `readBusy` reads, whatever requests do meanwhile: for whoever counts those and corrects it ten times a second. */
export const setBusy = ({ words }: Ledger, slot: number, milliseconds: number, now: number): void => {
  Atomics.store(words, wordOf(slot), BigInt(Math.ceil(ticksAt(now + milliseconds))));
};
