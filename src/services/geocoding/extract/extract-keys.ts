/** Finds the names of an extract: whole by their hash, beginnings in their order. */
import { hashBytes } from '../entity.ts';
import { NO_KEY } from '../key-index.ts';
import type { ExtractSections } from './extract-format.ts';
import { POSTING_BITS } from './extract-records.ts';

/** Longest key that is looked for, in bytes. */
const MOST_KEY = 300;

/** The postings of one name that are of one kind. */
export interface PostingRange {
  readonly from: number;
  readonly to: number;
}

/** Names of an extract. Keys are folded texts with one character for each byte (street-key.ts). */
export interface ExtractKeys {
  /** Number of the key, or `NO_KEY`. */
  find(key: string): number;
  /** The postings of a key that are of a kind (`POSTING_…`). */
  range(key: number, kind: number): PostingRange;
  /** Numbers of the first and one behind the last key that begins with a text. */
  startingWith(prefix: string): PostingRange;
}

/** Opens the sections of keys. */
export const createExtractKeys = (sections: ExtractSections): ExtractKeys => {
  const { keyBytes, keyStart, keyPostings, postings, keyHash } = sections;
  const scratch = new Uint8Array(MOST_KEY);
  const mask = keyHash.length - 1;

  const write = (key: string): number => {
    const length = Math.min(key.length, MOST_KEY);
    for (let at = 0; at < length; at++) scratch[at] = key.charCodeAt(at);
    return length;
  };

  const isAt = (entry: number, length: number): boolean => {
    const start = keyStart[entry] as number;
    if ((keyStart[entry + 1] as number) - start !== length) return false;
    for (let at = 0; at < length; at++) if (keyBytes[start + at] !== scratch[at]) return false;
    return true;
  };

  /** Below 0 where a key comes before the scratch, above 0 behind it, 0 where it begins with it. */
  const compare = (entry: number, length: number): number => {
    const start = keyStart[entry] as number;
    const end = keyStart[entry + 1] as number;
    for (let at = 0; at < length; at++) {
      if (start + at >= end) return -1;
      const difference = (keyBytes[start + at] as number) - (scratch[at] as number);
      if (difference !== 0) return difference;
    }
    return 0;
  };

  /** The first key for which `compare` is at least `least`. */
  const boundary = (length: number, least: number): number => {
    let from = 0;
    let to = keyStart.length - 1;
    while (from < to) {
      const middle = (from + to) >>> 1;
      if (compare(middle, length) < least) from = middle + 1;
      else to = middle;
    }
    return from;
  };

  /** The first posting of a key that is at least of a kind: kinds follow each other. */
  const kindFrom = (key: number, kind: number): number => {
    let from = keyPostings[key] as number;
    let to = keyPostings[key + 1] as number;
    while (from < to) {
      const middle = (from + to) >>> 1;
      if ((postings[middle] as number) >>> POSTING_BITS < kind) from = middle + 1;
      else to = middle;
    }
    return from;
  };

  return {
    find(key) {
      const length = write(key);
      for (let slot = hashBytes(scratch, 0, length) & mask; ; slot = (slot + 1) & mask) {
        const entry = keyHash[slot] as number;
        if (entry === 0) return NO_KEY;
        if (isAt(entry - 1, length)) return entry - 1;
      }
    },
    range: (key, kind) => ({ from: kindFrom(key, kind), to: kindFrom(key, kind + 1) }),
    startingWith(prefix) {
      const length = write(prefix);
      return { from: boundary(length, 0), to: boundary(length, 1) };
    },
  };
};
