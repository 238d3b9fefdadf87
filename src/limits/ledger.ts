import { createHash } from 'node:crypto';

/**
 * The counters of all projects of one process, in memory that its worker threads share, so that a limit holds
 * for the process exactly and not once for each thread. An open-addressing table of 64-byte slots, a cache line each.
 */
export const LEDGER_SLOTS = 1 << 17;

const CELLS = 16;
/** What a slot's cells hold. */
export const CELL = {
  idHigh: 0,
  idLow: 1,
  second: 2,
  count: 3,
  previous: 4,
  day: 5,
  leased: 6,
  central: 7,
  plan: 8,
} as const;

export const createLedgerBuffer = (slots = LEDGER_SLOTS): SharedArrayBuffer =>
  new SharedArrayBuffer(slots * CELLS * Int32Array.BYTES_PER_ELEMENT);

export interface Ledger {
  readonly cells: Int32Array;
  /**
   * Index of the first cell of a project's slot, claimed at its first use.
   * @throws when the table is full: more projects than slots since the process started.
   */
  slotOf(project: string): number;
}

/** Claims a cell for `mark`, or finds that it already holds it. Zero is what an unclaimed cell holds. */
const claim = (cells: Int32Array, index: number, mark: number): boolean => {
  const found = Atomics.compareExchange(cells, index, 0, mark);
  return found === 0 || found === mark;
};

/** Opens the shared table in this thread. */
export const openLedger = (buffer: SharedArrayBuffer): Ledger => {
  const cells = new Int32Array(buffer);
  const slots = cells.length / CELLS;
  const known = new Map<string, number>();

  const find = (project: string): number => {
    const digest = createHash('sha256').update(project).digest();
    const high = digest.readInt32LE(0) || 1;
    const low = digest.readInt32LE(4) || 1;
    const start = digest.readUInt32LE(8) % slots;
    for (let step = 0; step < slots; step += 1) {
      const slot = ((start + step) % slots) * CELLS;
      // The high half is claimed first; a slot whose low half is another's is a neighbour with the same high half.
      if (claim(cells, slot + CELL.idHigh, high) && claim(cells, slot + CELL.idLow, low)) return slot;
    }
    throw new Error('the ledger of limits is full');
  };

  return {
    cells,
    slotOf: (project) => {
      let slot = known.get(project);
      if (slot === undefined) {
        slot = find(project);
        known.set(project, slot);
      }
      return slot;
    },
  };
};
