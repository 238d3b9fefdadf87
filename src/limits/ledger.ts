import { createHash } from 'node:crypto';

/**
 * The counters of all projects, and of keys with limits of their own, of one process: in memory that its threads share,
 * so that a limit holds for the process exactly and not once for each thread. Slots of 128 bytes, a cache line for the rate
 * and one for the quotas, in the order in which they were first asked for, so that the system gives memory to those only that
 * are in use; an open-addressing table of their numbers finds them.
 */
export const LEDGER_SLOTS = 1 << 20;

const SLOT_CELLS = 32;

/** What the 32-bit cells of a slot hold, counted from the index that `slotOf` gives. */
export const CELL = {
  /** The subject's digest, the same on all nodes. */
  idHigh: 0,
  idLow: 1,
  /** With the cell after it one 64-bit word: when the rate is free again (see `rate.ts`). */
  freeAt: 2,
  /** Grows by one with every request that asks for the rate, admitted or not; wraps. */
  asked: 4,
  /** This process's share of the rate in 1/65536; 0 where the rate is not shared. Written by whoever shares it. */
  share: 5,
  /** Second in which the rate was last asked for, as `secondOf` counts them; 0 before. */
  touched: 6,
  /** The rate as it was last asked for. */
  perSecond: 7,
  burst: 8,
  /** Grows by one with every request that the rate refused; wraps. */
  refused: 9,
  /** Eight cells each, which `quota.ts` knows. */
  day: 16,
  month: 24,
} as const;

/** Seconds since 2020, which a cell can hold until 2088. @param now milliseconds since the Unix epoch. */
export const secondOf = (now: number): number => Math.floor(now / 1000) - 1_577_836_800;

/** A share of one whole. */
export const WHOLE_SHARE = 1 << 16;

/** Besides the slots and their table: how many there are, the first share, and whether quotas can be leased. */
const WHOLE_CELLS = 3;

/** The table is at most half full, so that two looks find a slot or a free place in the mean. */
const TABLE_PER_SLOT = 2;

/** Even, for 64-bit words. */
const cellsFor = (slots: number): number => {
  const cells = slots * (SLOT_CELLS + TABLE_PER_SLOT) + WHOLE_CELLS;
  return cells + (cells % 2);
};

export const createLedgerBuffer = (slots = LEDGER_SLOTS): SharedArrayBuffer =>
  new SharedArrayBuffer(cellsFor(slots) * Int32Array.BYTES_PER_ELEMENT);

/** A subject whose rate was asked for lately. */
export interface ActiveSlot {
  /** Index of its first cell. */
  readonly slot: number;
  readonly idHigh: number;
  readonly idLow: number;
  readonly perSecond: number;
  readonly burst: number;
}

export interface Ledger {
  readonly cells: Int32Array;
  /** The same memory as 64-bit words: the word at `slot / 2 + CELL.freeAt / 2`. */
  readonly words: BigInt64Array;
  /** Index of the cell that says whether quotas can be leased; `quota.ts` writes it. */
  readonly storeState: number;
  /**
   * Index of the first cell of a subject's slot (the id of a project or key), claimed at its first use.
   * @throws when the table is full: more subjects than slots since the process started.
   */
  slotOf(subject: string): number;
  /** The same by the digest, for whoever knows no more of a subject than that. */
  slotOfDigest(idHigh: number, idLow: number): number;
  /** Sets the share that a slot begins with (see `CELL.share`), and that of all slots in use. */
  shareAll(share: number): void;
  /** Subjects whose rate was asked for in the second of `since` (milliseconds since the Unix epoch) or later. */
  activeSlots(since: number): readonly ActiveSlot[];
}

/** Opens the shared table in this thread. */
export const openLedger = (buffer: SharedArrayBuffer): Ledger => {
  const cells = new Int32Array(buffer);
  const slots = Math.floor((cells.length - WHOLE_CELLS) / (SLOT_CELLS + TABLE_PER_SLOT));
  const table = slots * SLOT_CELLS;
  const places = slots * TABLE_PER_SLOT;
  const taken = table + places;
  const firstShare = taken + 1;
  const known = new Map<string, number>();
  /** Taken, and not needed then: another thread was faster with the same subject. */
  let spare: number | undefined;

  const isOf = (slot: number, high: number, low: number): boolean =>
    Atomics.load(cells, slot + CELL.idHigh) === high && Atomics.load(cells, slot + CELL.idLow) === low;

  /** A slot that nobody finds yet, with its digest. */
  const take = (high: number, low: number): number => {
    let slot = spare;
    spare = undefined;
    if (slot === undefined) {
      const number = Atomics.add(cells, taken, 1);
      if (number >= slots) {
        Atomics.sub(cells, taken, 1);
        throw new Error('the ledger of limits is full');
      }
      slot = number * SLOT_CELLS;
    }
    Atomics.store(cells, slot + CELL.idHigh, high);
    Atomics.store(cells, slot + CELL.idLow, low);
    let share: number;
    // It may change meanwhile, for all slots that were there then: for this one, too, or it is seen here.
    do {
      share = Atomics.load(cells, firstShare);
      Atomics.store(cells, slot + CELL.share, share);
    } while (Atomics.load(cells, firstShare) !== share);
    return slot;
  };

  const slotOfDigest = (high: number, low: number): number => {
    let own: number | undefined;
    for (let place = (low >>> 0) % places; ; place = (place + 1) % places) {
      let found = Atomics.load(cells, table + place);
      if (found === 0) {
        own ??= take(high, low);
        // One more than its number, because zero is a place that is free.
        found = Atomics.compareExchange(cells, table + place, 0, own / SLOT_CELLS + 1);
        if (found === 0) return own;
      }
      const slot = (found - 1) * SLOT_CELLS;
      if (isOf(slot, high, low)) {
        spare = own ?? spare;
        return slot;
      }
    }
  };

  /** Of those that are in use, and of such as are about to be. */
  const inUse = function* (): Generator<number> {
    const count = Math.min(slots, Atomics.load(cells, taken));
    for (let number = 0; number < count; number += 1) yield number * SLOT_CELLS;
  };

  const find = (subject: string): number => {
    const digest = createHash('sha256').update(subject).digest();
    return slotOfDigest(digest.readInt32LE(0) || 1, digest.readInt32LE(4) || 1);
  };

  const readActive = (slot: number): ActiveSlot => ({
    slot,
    idHigh: Atomics.load(cells, slot + CELL.idHigh),
    idLow: Atomics.load(cells, slot + CELL.idLow),
    perSecond: Atomics.load(cells, slot + CELL.perSecond),
    burst: Atomics.load(cells, slot + CELL.burst),
  });

  return {
    cells,
    words: new BigInt64Array(buffer),
    storeState: taken + 2,
    slotOf: (subject) => {
      let slot = known.get(subject);
      if (slot === undefined) {
        slot = find(subject);
        known.set(subject, slot);
      }
      return slot;
    },
    slotOfDigest,
    shareAll: (share) => {
      Atomics.store(cells, firstShare, share);
      for (const slot of inUse()) Atomics.store(cells, slot + CELL.share, share);
    },
    activeSlots: (since) => {
      const earliest = Math.max(1, secondOf(since));
      const active: ActiveSlot[] = [];
      for (const slot of inUse())
        if (Atomics.load(cells, slot + CELL.touched) >= earliest) active.push(readActive(slot));
      return active;
    },
  };
};
