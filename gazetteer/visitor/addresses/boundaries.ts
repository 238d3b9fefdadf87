/** Lays sorted ranges out as the sections that a range finder searches. */
import { createGrowing, wordsOf } from '../../growing.ts';
import {
  bucketOf,
  BUCKETS,
  DEEP,
  SAMPLED,
  type LayerSections,
} from '../../../src/services/visitor/addresses/layer-format.ts';
import type { TakeRange, Words } from './collected-ranges.ts';

const UPPER_HALVES = 65_536;

/** Takes ranges in order; neighbours of one value become one. */
export interface Boundaries {
  readonly take: TakeRange;
  /** Ranges so far that have a value. */
  readonly ranges: number;
}

const isSame = (one: Words, other: Words): boolean =>
  one[0] === other[0] && one[1] === other[1] && one[2] === other[2] && one[3] === other[3];

/** The address after; of the last IPv4 address it lies outside IPv4, and of the last of all it is the first. */
const after = ([a, b, c, d]: Words): Words => {
  if (d !== 0xffffffff) return [a, b, c, d + 1];
  if (c !== 0xffffffff) return [a, b, c + 1, 0];
  if (b !== 0xffffffff) return [a, b + 1, 0, 0];
  return [(a + 1) >>> 0, 0, 0, 0];
};

/** @param add is told of each start, in order. @param isEnd whether there is nothing from here on. */
const createBoundaries = (
  add: (start: Words, value: number) => void,
  isEnd: (start: Words) => boolean,
): Boundaries & { finish(): void } => {
  let next: Words = [0, 0, 0, 0];
  let held = 0;
  let ranges = 0;
  const close = (): void => {
    if (held !== 0 && !isEnd(next)) add(next, 0);
    held = 0;
  };
  return {
    get ranges() {
      return ranges;
    },
    take(first, last, value) {
      if (!isSame(first, next)) close();
      if (value !== held) {
        add(first, value);
        if (value !== 0) ranges++;
        held = value;
      }
      next = after(last);
    },
    finish: close,
  };
};

/** Where in a sorted list the entries of each part begin, and the end. */
const indexOf = (
  words: Uint32Array,
  parts: number,
  partOf: (word: number) => number,
): Uint32Array<ArrayBuffer> => {
  const index = new Uint32Array(parts + 1);
  for (const word of words) {
    const part = partOf(word);
    index[part + 1] = (index[part + 1] ?? 0) + 1;
  }
  for (let part = 0; part < parts; part++) index[part + 1] = (index[part + 1] ?? 0) + (index[part] ?? 0);
  return index;
};

/** The section `v6Index` of a section `v6First`. */
export const indexFirstWords = (v6First: Uint32Array): Uint32Array<ArrayBuffer> =>
  indexOf(v6First, BUCKETS, bucketOf);

/** The section `v6Sample` of a section `v6Second`. */
export const sampleSecondWords = (v6Second: Uint32Array): Uint32Array<ArrayBuffer> =>
  Uint32Array.from({ length: Math.ceil(v6Second.length / SAMPLED) }, (_, at) => v6Second[at * SAMPLED] ?? 0);

type SectionsOf<Prefix extends string> = Pick<
  LayerSections,
  Extract<keyof LayerSections, `${Prefix}${string}`>
>;

/** Of IPv4. */
export const createFourBoundaries = (): Boundaries & { sections(): SectionsOf<'v4'> } => {
  const starts = createGrowing(wordsOf);
  const values = createGrowing(wordsOf);
  const boundaries = createBoundaries(
    ([, , , start], value) => {
      starts.push(start);
      values.push(value);
    },
    ([, , c]) => c !== 0,
  );
  return {
    get ranges() {
      return boundaries.ranges;
    },
    take: boundaries.take,
    sections() {
      boundaries.finish();
      const all = starts.view();
      const v4Low = new Uint16Array(all.length);
      all.forEach((start, at) => {
        v4Low[at] = start & 0xffff;
      });
      return {
        v4Index: indexOf(all, UPPER_HALVES, (start) => start >>> 16),
        v4Low,
        v4Value: values.view(),
      };
    },
  };
};

/** Of IPv6: by the upper half of the address, with lists of their own where starts lie within one. */
export const createSixBoundaries = (): Boundaries & { sections(): SectionsOf<'v6'> & SectionsOf<'deep'> } => {
  const names = ['v6First', 'v6FirstAt', 'v6Second', 'v6Value', 'deepAt', 'deepLow', 'deepValue'] as const;
  const columns = Object.fromEntries(names.map((name) => [name, createGrowing(wordsOf)])) as Record<
    (typeof names)[number],
    ReturnType<typeof createGrowing<Uint32Array<ArrayBuffer>>>
  >;
  const { v6First, v6FirstAt, v6Second, v6Value, deepAt, deepLow, deepValue } = columns;
  let [first, second] = [-1, -1];
  /** What held at the end of the starts so far. */
  let held = 0;

  const addDeep = (c: number, d: number, value: number): void => {
    deepLow.push(c);
    deepLow.push(d);
    deepValue.push(value);
  };
  const add = ([a, b, c, d]: Words, value: number): void => {
    if (a !== first) {
      v6First.push(a);
      v6FirstAt.push(v6Second.length);
    }
    if (a !== first || b !== second) {
      v6Second.push(b);
      // A range that begins within an upper half leaves what held before it at the half's beginning.
      v6Value.push(c === 0 && d === 0 ? value : held);
      [first, second] = [a, b];
    }
    if (c !== 0 || d !== 0) {
      const at = v6Value.length - 1;
      const before = v6Value.at(at);
      if (before < DEEP) {
        v6Value.set(at, DEEP + deepAt.length);
        deepAt.push(deepValue.length);
        addDeep(0, 0, before);
      }
      addDeep(c, d, value);
    }
    held = value;
  };
  const boundaries = createBoundaries(add, (start) => isSame(start, [0, 0, 0, 0]));
  return {
    get ranges() {
      return boundaries.ranges;
    },
    take: boundaries.take,
    sections() {
      boundaries.finish();
      v6FirstAt.push(v6Second.length);
      deepAt.push(deepValue.length);
      return {
        v6Index: indexFirstWords(v6First.view()),
        v6First: v6First.view(),
        v6FirstAt: v6FirstAt.view(),
        v6Second: v6Second.view(),
        v6Sample: sampleSecondWords(v6Second.view()),
        v6Value: v6Value.view(),
        deepAt: deepAt.view(),
        deepLow: deepLow.view(),
        deepValue: deepValue.view(),
      };
    },
  };
};
