import { createHash } from 'node:crypto';

/**
 * The counters of all projects, and of keys with limits of their own, of one process: in memory that its threads share,
 * so that a limit holds for the process exactly and not once for each thread. An open-addressing table of 128-byte slots:
 * a cache line for the rate, and one for the quotas.
 */
export const LEDGER_SLOTS = 1 << 17;

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

/** Cells for `slots` slots, a list of those in use, and three of the whole ledger; even, for 64-bit words. */
const cellsFor = (slots: number): number => {
  const cells = slots * (SLOT_CELLS + 1) + 3;
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
  const slots = Math.floor(cells.length / (SLOT_CELLS + 1));
  const list = slots * SLOT_CELLS;
  const listed = list + slots;
  const firstShare = listed + 1;
  const known = new Map<string, number>();

  /** Puts a slot in the list of those in use; one more than its index, because zero is a place not written yet. */
  const enlist = (slot: number): void => {
    Atomics.store(cells, list + Atomics.add(cells, listed, 1), slot + 1);
  };

  /** Claims a slot for a digest, or finds that it already has it. Zero is what an unclaimed cell holds. */
  const claim = (slot: number, high: number, low: number): boolean => {
    const foundHigh = Atomics.compareExchange(cells, slot + CELL.idHigh, 0, high);
    if (foundHigh !== 0 && foundHigh !== high) return false;
    // The high half is claimed first; a slot whose low half is another's is a neighbour with the same high half.
    const foundLow = Atomics.compareExchange(cells, slot + CELL.idLow, 0, low);
    if (foundLow === 0) {
      Atomics.store(cells, slot + CELL.share, Atomics.load(cells, firstShare));
      enlist(slot);
    }
    return foundLow === 0 || foundLow === low;
  };

  const slotOfDigest = (high: number, low: number): number => {
    const start = (low >>> 0) % slots;
    for (let step = 0; step < slots; step += 1) {
      const slot = ((start + step) % slots) * SLOT_CELLS;
      if (claim(slot, high, low)) return slot;
    }
    throw new Error('the ledger of limits is full');
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
    storeState: listed + 2,
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
      const count = Atomics.load(cells, listed);
      for (let index = 0; index < count; index += 1) {
        const slot = Atomics.load(cells, list + index) - 1;
        if (slot >= 0) Atomics.store(cells, slot + CELL.share, share);
      }
    },
    activeSlots: (since) => {
      const earliest = Math.max(1, secondOf(since));
      const active: ActiveSlot[] = [];
      const count = Atomics.load(cells, listed);
      for (let index = 0; index < count; index += 1) {
        const slot = Atomics.load(cells, list + index) - 1;
        if (slot >= 0 && Atomics.load(cells, slot + CELL.touched) >= earliest) active.push(readActive(slot));
      }
      return active;
    },
  };
};
