/**
 * Results as they were written lately, without their annotations, by what they are results of: an entity, the look, and
 * the postcode beside it. It holds public data, in a fixed piece of memory that all threads of the process share, and nothing
 * of who asked for it or in what words.
 *
 * Bytes are written round and round in a ring, by one thread at a time: one that finds another at it does not wait but lets
 * its result go. Readers take no lock. They look how far the ring has been written before they take a result and once they
 * have copied it (a sequence lock; Boehm, "Can seqlocks get along with programming language memory models?", 2012). A processor
 * may let the second look overtake the copying by nanoseconds; what is about to be overwritten is therefore not touched at all.
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

/** Remembers results. What `find` found stands in the fields until the next call of anything, and `isStill` has the last word. */
export interface ResultMemory {
  readonly page: Buffer;
  /** The bytes before `distance_from_q`, … */
  start: number;
  split: number;
  /** … and those behind it follow them. */
  end: number;
  /** Whether the result is remembered, as far as can be told before its bytes are copied. */
  find(entity: number, postcode: number, look: number): boolean;
  /** Whether what was copied since `find` are the bytes that it found; else they may be anything. */
  isStill(): boolean;
  /** Remembers one; a result that is too long for it is forgotten. */
  keep(key: ResultKey, bytes: ResultBytes): void;
  /** A number for a language, the same in all threads; undefined where it has none now. @param tag BCP 47, ASCII. */
  numberOf(tag: string): number | undefined;
}

/** No result is longer without its annotations: eleven names of at most 400 bytes, and a kilobyte of fixed text. */
export const MOST_REMEMBERED_BYTES = 6_000;

/** Some fifty thousand results. */
const RING_BYTES = 32 * 1024 * 1024;
/** Two neighbours in which a result may stand. */
const WAYS = 2;
const SLOTS = 1 << 17;
/** Results begin at multiples of so many bytes, so that positions are small numbers. */
const BLOCK = 16;
/** Positions are counted on and on; before they no longer fit, everything is forgotten. */
const LAST_POSITION = 0x7000_0000;
/** The part of the ring that comes next is left alone by readers. */
const MARGIN_PART = 8;

/** What lies before the bytes of a result, as numbers of 32 bits. */
const ENTITY = 0;
const POSTCODE = 1;
const LOOK = 2;
const SPLIT = 3;
const LENGTH = 4;
const HEAD_BYTES = 2 * BLOCK;

/** The thread that writes: its number, or nobody. */
const WRITER = 0;
/** Blocks written since the beginning. A result lies at its position modulo the ring, for as long as that is less than one ring ago. */
const WRITTEN = 1;
const LANGUAGES = 2;
const CONTROL_BYTES = 4 * Int32Array.BYTES_PER_ELEMENT;
const NOBODY = 0;
/** A slot that holds no position. */
const EMPTY = 0;

const MOST_LANGUAGES = 256;
/** Its length, and its characters. */
const LANGUAGE_BYTES = 36;
const RING_START = Math.ceil((CONTROL_BYTES + MOST_LANGUAGES * LANGUAGE_BYTES) / BLOCK) * BLOCK;

/**
 * Memory for results of one index.
 * @param ringBytes for the bytes, a multiple of 16; it becomes resident as it is used.
 * @param slots a power of two.
 */
export const createResultBuffer = (ringBytes = RING_BYTES, slots = SLOTS): SharedArrayBuffer =>
  new SharedArrayBuffer(RING_START + ringBytes + slots * Int32Array.BYTES_PER_ELEMENT);

/**
 * Opens it in one thread. A result that is asked for again when it is among the older half is written again at the front, so
 * that what is often asked for stays.
 * @param thread a number from 1 on that no other thread has at the same time. One that died while it wrote leaves the memory to
 * be read only, until its successor opens it under the same number.
 * @param slots as it was made with.
 */
export const openResultMemory = (buffer: SharedArrayBuffer, thread = 1, slots = SLOTS): ResultMemory => {
  const ringBytes = buffer.byteLength - RING_START - slots * Int32Array.BYTES_PER_ELEMENT;
  const control = new Int32Array(buffer, 0, CONTROL_BYTES / Int32Array.BYTES_PER_ELEMENT);
  const languages = Buffer.from(buffer, CONTROL_BYTES, MOST_LANGUAGES * LANGUAGE_BYTES);
  const page = Buffer.from(buffer, RING_START, ringBytes);
  const words = new Int32Array(buffer, RING_START, ringBytes / Int32Array.BYTES_PER_ELEMENT);
  const table = new Int32Array(buffer, RING_START + ringBytes, slots);
  const blocks = ringBytes / BLOCK;
  const untouched = blocks - Math.floor(blocks / MARGIN_PART);
  const mask = slots - WAYS;
  let found = 0;

  const mayWrite = (): boolean => Atomics.compareExchange(control, WRITER, NOBODY, thread) === NOBODY;
  const endWriting = (): void => void Atomics.store(control, WRITER, NOBODY);
  Atomics.compareExchange(control, WRITER, thread, NOBODY);

  /** The first of the neighbours for a key. */
  const neighboursOf = (entity: number, postcode: number, look: number): number => {
    const mixed =
      Math.imul(entity ^ Math.imul(postcode, 0x85eb_ca6b), 0x9e37_79b1) + Math.imul(look, 0xc2b2_ae35);
    return (mixed ^ (mixed >>> 15)) & mask;
  };

  const wordOf = (position: number): number => (position % blocks) * (BLOCK / Int32Array.BYTES_PER_ELEMENT);

  const holds = (position: number, entity: number, postcode: number, look: number): boolean => {
    const word = wordOf(position);
    return (
      words[word + ENTITY] === entity && words[word + POSTCODE] === postcode && words[word + LOOK] === look
    );
  };

  /** Whether at most so many blocks have been written since it was begun; never so where all was forgotten since. */
  const isWithin = (position: number, most: number): boolean => {
    const age = Atomics.load(control, WRITTEN) - position;
    return age >= 0 && age <= most;
  };

  /** Whether a slot leads to the result of a key, as far as plain reads tell, which may be of a moment ago: `isStill` asks again. */
  const leadsTo = (position: number, entity: number, postcode: number, look: number): boolean => {
    const age = (control[WRITTEN] as number) - position;
    return position !== EMPTY && age >= 0 && age <= untouched && holds(position, entity, postcode, look);
  };

  /** Room in the ring, in one piece, for the one thread that writes. @returns its position. */
  const claim = (bytes: number): number => {
    const count = Math.ceil(bytes / BLOCK);
    let written = Atomics.load(control, WRITTEN);
    if (written > LAST_POSITION) {
      table.fill(EMPTY);
      written = 0;
    }
    // The first position of all would be that of an empty slot.
    written = Math.max(written, 1);
    const rest = blocks - (written % blocks);
    if (rest < count) written += rest;
    // Before a byte is written there: whoever reads what lay there looks at this.
    Atomics.store(control, WRITTEN, written + count);
    return written;
  };

  /** The slot of a key, or else of its neighbours the one whose bytes are gone or the oldest. */
  const slotFor = ({ entity, postcode, look }: ResultKey): number => {
    const first = neighboursOf(entity, postcode, look);
    const [one, other] = [Atomics.load(table, first), Atomics.load(table, first + 1)];
    if (one !== EMPTY && isWithin(one, blocks) && holds(one, entity, postcode, look)) return first;
    if (other !== EMPTY && isWithin(other, blocks) && holds(other, entity, postcode, look)) return first + 1;
    return one <= other ? first : first + 1;
  };

  /** Writes a result of the older half again at the front, where no other thread writes. The new place may overlap with the old one. */
  const renew = (slot: number, position: number): number => {
    if (!mayWrite()) return position;
    try {
      if (!isWithin(position, blocks) || Atomics.load(table, slot) !== position) return position;
      const start = (position % blocks) * BLOCK;
      const bytes = HEAD_BYTES + (words[wordOf(position) + LENGTH] as number);
      const next = claim(bytes);
      page.copyWithin((next % blocks) * BLOCK, start, start + bytes);
      Atomics.store(table, slot, next);
      return next;
    } finally {
      endWriting();
    }
  };

  const memory: ResultMemory = {
    page,
    start: 0,
    split: 0,
    end: 0,
    find(entity, postcode, look) {
      let slot = neighboursOf(entity, postcode, look);
      let position = table[slot] as number;
      if (!leadsTo(position, entity, postcode, look)) {
        slot += 1;
        position = table[slot] as number;
        if (!leadsTo(position, entity, postcode, look)) return false;
      }
      if ((control[WRITTEN] as number) - position > blocks / 2) position = renew(slot, position);
      const word = wordOf(position);
      const [split, length] = [words[word + SPLIT] as number, words[word + LENGTH] as number];
      const start = (position % blocks) * BLOCK + HEAD_BYTES;
      // They may be overwritten at this moment.
      if (split < 0 || split > length || length > MOST_REMEMBERED_BYTES || start + length > ringBytes)
        return false;
      found = position;
      memory.start = start;
      memory.split = start + split;
      memory.end = start + length;
      return true;
    },
    isStill: () => isWithin(found, blocks),
    keep(key, { page: source, from, split, resume, to }) {
      const length = split - from + (to - resume);
      if (length > MOST_REMEMBERED_BYTES || length + HEAD_BYTES > ringBytes || !mayWrite()) return;
      try {
        const slot = slotFor(key);
        const position = claim(HEAD_BYTES + length);
        const word = wordOf(position);
        words[word + ENTITY] = key.entity;
        words[word + POSTCODE] = key.postcode;
        words[word + LOOK] = key.look;
        words[word + SPLIT] = split - from;
        words[word + LENGTH] = length;
        const start = (position % blocks) * BLOCK + HEAD_BYTES;
        source.copy(page, start, from, split);
        source.copy(page, start + split - from, resume, to);
        // Last: from here on others find it.
        Atomics.store(table, slot, position);
      } finally {
        endWriting();
      }
    },
    numberOf(tag) {
      if (tag.length === 0 || tag.length >= LANGUAGE_BYTES) return undefined;
      const known = (count: number): number | undefined => {
        for (let number = 0; number < count; number += 1) {
          const at = number * LANGUAGE_BYTES;
          const length = languages[at] as number;
          if (length === tag.length && languages.toString('latin1', at + 1, at + 1 + length) === tag)
            return number;
        }
        return undefined;
      };
      const before = known(Atomics.load(control, LANGUAGES));
      if (before !== undefined || !mayWrite()) return before;
      try {
        const count = Atomics.load(control, LANGUAGES);
        const number = known(count);
        if (number !== undefined || count === MOST_LANGUAGES) return number;
        languages[count * LANGUAGE_BYTES] = tag.length;
        languages.write(tag, count * LANGUAGE_BYTES + 1, 'latin1');
        Atomics.store(control, LANGUAGES, count + 1);
        return count;
      } finally {
        endWriting();
      }
    },
  };
  return memory;
};
