/** Writes by what names the records of an extract are found. */
import { hashBytes } from '../../src/services/geocoding/entity.ts';
import { POSTING_BITS } from '../../src/services/geocoding/extract/extract-records.ts';
import type { ExtractFile } from './extract-file.ts';
import { createLineSorter } from './extract-spill.ts';

/** Postings of an extract, on their way to be sorted. */
export interface ExtractKeys {
  /** @param kind one of `POSTING_…`; @param context orders the records of one name */
  add(key: string, kind: number, context: number, record: number): void;
  /** Writes the sections of keys. */
  write(file: ExtractFile): void;
  remove(): void;
}

/** Longer keys are cut: nobody types them. */
const MOST_KEY = 300;

const digits = (value: number): string => String(value).padStart(10, '0');

/** Numbers that grow in number. */
const createNumbers = (): {
  push(value: number): void;
  readonly length: number;
  at(index: number): number;
} => {
  let list = new Uint32Array(1_024);
  let length = 0;
  return {
    push(value) {
      if (length === list.length) {
        const grown = new Uint32Array(2 * length);
        grown.set(list);
        list = grown;
      }
      list[length++] = value;
    },
    get length() {
      return length;
    },
    at: (index) => list[index] as number,
  };
};

/** @param work folder for what does not fit into memory. */
export const createExtractKeys = (work: string): ExtractKeys => {
  const sorter = createLineSorter(work, 'keys');
  return {
    add(key, kind, context, record) {
      if (key !== '') sorter.add(`${key.slice(0, MOST_KEY)}\t${kind}${digits(context)}${digits(record)}`);
    },
    write(file) {
      const bytesOf = file.section('keyBytes');
      const start = file.section('keyStart');
      const keyPostings = file.section('keyPostings');
      const postings = file.section('postings');
      const hashes = createNumbers();
      let previous: string | undefined;
      let previousPosting = -1;
      let count = 0;
      for (const line of sorter.sorted()) {
        const tab = line.indexOf('\t');
        const key = line.slice(0, tab);
        const posting = Number(line[tab + 1]) * 2 ** POSTING_BITS + Number(line.slice(tab + 12));
        if (key !== previous) {
          const bytes = Buffer.from(key, 'latin1');
          start.number(bytesOf.length);
          keyPostings.number(count);
          bytesOf.bytes(bytes);
          hashes.push(hashBytes(bytes, 0, bytes.length));
          previous = key;
        } else if (posting === previousPosting) continue;
        postings.number(posting);
        previousPosting = posting;
        count += 1;
      }
      start.number(bytesOf.length);
      keyPostings.number(count);
      let slots = 16;
      while (slots < 2 * hashes.length) slots *= 2;
      const table = new Uint32Array(slots);
      for (let key = 0; key < hashes.length; key++) {
        let slot = hashes.at(key) & (slots - 1);
        while (table[slot] !== 0) slot = (slot + 1) & (slots - 1);
        table[slot] = key + 1;
      }
      file.section('keyHash').bytes(new Uint8Array(table.buffer));
    },
    remove: () => sorter.remove(),
  };
};
