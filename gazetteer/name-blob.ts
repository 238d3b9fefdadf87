import { hashBytes } from '../src/services/geocoding/entity.ts';
import { bytesOf, createGrowing, wordsOf } from './growing.ts';

/** All different names of a build, each once, as JSON-escaped UTF-8: an answer copies a name as it stands. */
export interface NameBlob {
  readonly count: number;
  /** The number of a name; equal names have one number. */
  place(name: string): number;
  nameOf(number: number): string;
  /**
   * Lays the names out in the order in which they are asked for, so that what is asked for together lies together.
   * @param order numbers of names, repeats allowed. @returns where each number's name starts, how long it is, and the bytes
   */
  layOut(order: Iterable<number>): { start: Uint32Array; length: Uint32Array; bytes: Uint8Array };
  /** What `openNameBlob` makes it of again. */
  parts(): { readonly bytes: Uint8Array<ArrayBuffer>; readonly starts: Uint32Array<ArrayBuffer> };
}

/** Slots of the table for each name, at least. */
const ROOM = 1.6;
const FEWEST_SLOTS = 4_096;

/** @param given names that are there already, from `parts`. */
export const createNameBlob = (given?: ReturnType<NameBlob['parts']>): NameBlob => {
  const bytes = createGrowing(bytesOf, given?.bytes);
  const starts = createGrowing(wordsOf, given?.starts);
  if (starts.length === 0) starts.push(0);
  /** A name's number plus one at its hash or the next free slot; 0 is free. */
  let slots = new Uint32Array(0);

  const count = (): number => starts.length - 1;

  const insert = (number: number): void => {
    const mask = slots.length - 1;
    let slot = hashBytes(bytes.view(), starts.at(number), starts.at(number + 1)) & mask;
    while (slots[slot] !== 0) slot = (slot + 1) & mask;
    slots[slot] = number + 1;
  };

  const fillSlots = (): void => {
    slots = new Uint32Array(2 ** Math.ceil(Math.log2(Math.max(FEWEST_SLOTS, count() * ROOM * 2))));
    for (let number = 0; number < count(); number++) insert(number);
  };
  fillSlots();

  const find = (text: Uint8Array): number => {
    const mask = slots.length - 1;
    const all = bytes.view();
    for (let slot = hashBytes(text, 0, text.length) & mask; ; slot = (slot + 1) & mask) {
      const entry = slots[slot] as number;
      if (entry === 0) return -1;
      const start = starts.at(entry - 1);
      if (starts.at(entry) - start !== text.length) continue;
      let at = 0;
      while (at < text.length && text[at] === all[start + at]) at++;
      if (at === text.length) return entry - 1;
    }
  };

  return {
    get count() {
      return count();
    },
    place(name) {
      const text = new Uint8Array(Buffer.from(JSON.stringify(name).slice(1, -1)));
      const known = find(text);
      if (known !== -1) return known;
      bytes.append(text, 0, text.length);
      starts.push(bytes.length);
      insert(count() - 1);
      if (count() * ROOM >= slots.length) fillSlots();
      return count() - 1;
    },
    nameOf(number) {
      const text = Buffer.from(bytes.view().subarray(starts.at(number), starts.at(number + 1)));
      return JSON.parse(`"${text.toString()}"`) as string;
    },
    layOut(order) {
      const start = new Uint32Array(count());
      const length = new Uint32Array(count());
      const isPlaced = new Uint8Array(count());
      const out = createGrowing(bytesOf);
      for (const number of order) {
        if (isPlaced[number] === 1) continue;
        isPlaced[number] = 1;
        start[number] = out.length;
        length[number] = starts.at(number + 1) - starts.at(number);
        out.append(bytes.view(), starts.at(number), starts.at(number + 1));
      }
      return { start, length, bytes: out.view() };
    },
    parts: () => ({ bytes: bytes.view(), starts: starts.view() }),
  };
};
