/**
 * Results as they were written lately, without their annotations, by what they are results of: an entity, the look, and
 * the postcode beside it. It holds public data, in a fixed piece of memory of the thread, and nothing of who asked for it or
 * in what words.
 */

/** What a result depends on. */
export interface ResultKey {
  readonly entity: number;
  /** Entity of the postcode, or `NONE`. */
  readonly postcode: number;
  /** A number for the look: language and abbreviations. */
  readonly look: number;
}

/** Where bytes of a result lie: from behind its annotations to before `distance_from_q`, and from there to its end. */
export interface ResultBytes {
  readonly page: Buffer;
  readonly from: number;
  readonly split: number;
  readonly resume: number;
  readonly to: number;
}

/** Remembers results for one thread. What `find` found stands in the fields until the next call of anything. */
export interface ResultMemory {
  readonly page: Buffer;
  /** The bytes before `distance_from_q`, … */
  start: number;
  split: number;
  /** … and those behind it follow them. */
  end: number;
  /** Whether the result is remembered. */
  find(entity: number, postcode: number, look: number): boolean;
  /** Remembers one; a result that is too long for it is forgotten. */
  keep(key: ResultKey, bytes: ResultBytes): void;
}

/** Some twenty-five thousand results. */
const RING_BYTES = 16 * 1024 * 1024;
/** Two neighbours in which a result may stand. */
const WAYS = 2;
const SLOTS = 1 << 16;
/** Results begin at multiples of so many bytes, so that positions are small numbers. */
const BLOCK = 16;
/** Positions are counted on and on; before they no longer fit, everything is forgotten. */
const LAST_POSITION = 0x7000_0000;

/** What a slot holds; a slot is one half of a cache line. */
const SLOT = 8;
const ENTITY = 0;
const POSTCODE = 1;
const LOOK = 2;
const POSITION = 3;
const SPLIT = 4;
const LENGTH = 5;

const EMPTY = -2;

/**
 * A ring of bytes that is written round and round, and a table of what lies where. A result that is asked for again
 * when it is among the older half is written again at the front, so that what is often asked for stays.
 * @param ringBytes memory for the bytes, a multiple of 16; it becomes resident as it is used.
 * @param slots a power of two.
 */
export const createResultMemory = (ringBytes = RING_BYTES, slots = SLOTS): ResultMemory => {
  const ring = Buffer.allocUnsafeSlow(ringBytes);
  const table = new Int32Array(slots * SLOT).fill(EMPTY);
  const blocks = ringBytes / BLOCK;
  const mask = slots - WAYS;
  /** Blocks written since the beginning. A result lies at its position modulo the ring, for as long as that is less than one ring ago. */
  let written = 0;

  const clear = (): void => {
    table.fill(EMPTY);
    written = 0;
  };

  /** The first of the neighbours for a key. */
  const neighboursOf = (entity: number, postcode: number, look: number): number => {
    const mixed =
      Math.imul(entity ^ Math.imul(postcode, 0x85eb_ca6b), 0x9e37_79b1) + Math.imul(look, 0xc2b2_ae35);
    return ((mixed ^ (mixed >>> 15)) & mask) * SLOT;
  };

  const holds = (slot: number, entity: number, postcode: number, look: number): boolean =>
    table[slot + ENTITY] === entity && table[slot + POSTCODE] === postcode && table[slot + LOOK] === look;

  /** Room in the ring, in one piece. @returns its position. */
  const claim = (bytes: number): number => {
    const count = Math.ceil(bytes / BLOCK);
    if (written > LAST_POSITION) clear();
    const rest = blocks - (written % blocks);
    if (rest < count) written += rest;
    const position = written;
    written += count;
    return position;
  };

  const isThere = (slot: number): boolean =>
    table[slot + ENTITY] !== EMPTY && written - (table[slot + POSITION] as number) <= blocks;

  /** The slot of a key, or else of its neighbours the one whose bytes are gone or the oldest. */
  const slotFor = ({ entity, postcode, look }: ResultKey): number => {
    const first = neighboursOf(entity, postcode, look);
    const second = first + SLOT;
    if (holds(first, entity, postcode, look)) return first;
    if (holds(second, entity, postcode, look)) return second;
    return (table[first + POSITION] as number) <= (table[second + POSITION] as number) ? first : second;
  };

  /** Writes a result of the older half again at the front. The new place may overlap with the old one. */
  const renew = (slot: number): void => {
    const position = table[slot + POSITION] as number;
    if (written - position <= blocks / 2) return;
    const kept = table.slice(slot, slot + SLOT);
    const length = table[slot + LENGTH] as number;
    const next = claim(length);
    const start = (position % blocks) * BLOCK;
    ring.copyWithin((next % blocks) * BLOCK, start, start + length);
    table.set(kept, slot);
    table[slot + POSITION] = next;
  };

  const memory: ResultMemory = {
    page: ring,
    start: 0,
    split: 0,
    end: 0,
    find(entity, postcode, look) {
      let slot = neighboursOf(entity, postcode, look);
      if (!holds(slot, entity, postcode, look)) {
        slot += SLOT;
        if (!holds(slot, entity, postcode, look)) return false;
      }
      if (!isThere(slot)) return false;
      renew(slot);
      const start = ((table[slot + POSITION] as number) % blocks) * BLOCK;
      memory.start = start;
      memory.split = start + (table[slot + SPLIT] as number);
      memory.end = start + (table[slot + LENGTH] as number);
      return true;
    },
    keep(key, { page, from, split, resume, to }) {
      const length = split - from + (to - resume);
      if (length > ringBytes) return;
      const slot = slotFor(key);
      // Before the slot is written: making room may empty the table.
      const position = claim(length);
      const start = (position % blocks) * BLOCK;
      page.copy(ring, start, from, split);
      page.copy(ring, start + split - from, resume, to);
      table[slot + ENTITY] = key.entity;
      table[slot + POSTCODE] = key.postcode;
      table[slot + LOOK] = key.look;
      table[slot + POSITION] = position;
      table[slot + SPLIT] = split - from;
      table[slot + LENGTH] = length;
    },
  };
  return memory;
};
