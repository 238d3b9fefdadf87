/** Ranges with values, gathered in columns of numbers in any order, and given out sorted and cut where they overlap. */
import { createGrowing, wordsOf, type Growing } from '../../growing.ts';
import { createHeap } from './heap.ts';
import type { Address } from '../../../src/services/visitor/addresses/address.ts';

/** The 128 bits of an address as four words, the highest first; IPv4 is the last word. */
export type Words = readonly [number, number, number, number];

/** Takes ranges in order, which do not overlap. */
export type TakeRange = (first: Words, last: Words, value: number) => void;

/** What holds where ranges overlap: the value of the narrowest, the later of equals; or all values, as sets of bits. */
export type Overlap = 'narrowest' | 'union';

export interface GiveOptions {
  /** Told of each part, in order, on which open ranges have different values. */
  readonly contested?: ((first: bigint, last: bigint) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface CollectedRanges {
  readonly length: number;
  /** @param value not 0. */
  add(first: Address, last: Address, value: number): void;
  /** Gives them all out; nothing can be added afterwards. Rejects with the signal's reason where it stops. */
  giveTo(take: TakeRange, overlap: Overlap, options?: GiveOptions): Promise<void>;
}

const wordsOfAddress = ({ version, a, b, c, d }: Address): Words =>
  version === 4 ? [0, 0, 0, a] : [a, b, c, d];

/** A range that has begun and not ended. */
interface Open {
  readonly last: bigint;
  readonly width: bigint;
  readonly order: number;
  readonly value: number;
}

/** So many ranges are given out at a time; then a stop can be heard. */
const PAUSE_EVERY = 50_000;

const pause = async (signal: AbortSignal | undefined): Promise<void> => {
  await new Promise(setImmediate);
  signal?.throwIfAborted();
};

const bigOf = ([a, b, c, d]: Words): bigint =>
  (((BigInt(a) << 32n) | BigInt(b)) << 64n) | (BigInt(c) << 32n) | BigInt(d);
/** The bits of an address as one number, of 32 bits for IPv4. */
export const numberOfAddress = (address: Address): bigint => bigOf(wordsOfAddress(address));

const WORD = 0xffffffffn;
const wordsOfBig = (value: bigint): Words => [
  Number(value >> 96n),
  Number((value >> 64n) & WORD),
  Number((value >> 32n) & WORD),
  Number(value & WORD),
];

const isNarrower = (one: Open, other: Open): boolean =>
  one.width < other.width || (one.width === other.width && one.order > other.order);

/** Gathers ranges of one version; about 36 bytes each. */
export const createCollectedRanges = (): CollectedRanges => {
  const columns = Array.from({ length: 9 }, () => createGrowing(wordsOf));
  const [values] = columns as [Growing<Uint32Array<ArrayBuffer>>];
  let isOrdered = true;
  let previous: Words = [0, 0, 0, 0];

  const compare = (one: Words, other: Words): number =>
    one[0] - other[0] || one[1] - other[1] || one[2] - other[2] || one[3] - other[3];

  const firstOf = (index: number): Words => [
    columns[1]?.at(index) ?? 0,
    columns[2]?.at(index) ?? 0,
    columns[3]?.at(index) ?? 0,
    columns[4]?.at(index) ?? 0,
  ];
  const lastOf = (index: number): Words => [
    columns[5]?.at(index) ?? 0,
    columns[6]?.at(index) ?? 0,
    columns[7]?.at(index) ?? 0,
    columns[8]?.at(index) ?? 0,
  ];

  const sortedOrder = (): Uint32Array => {
    const views = columns.map((column) => column.view());
    const order = Uint32Array.from({ length: values.length }, (_, index) => index);
    return order.sort((one, other) => {
      for (let word = 1; word <= 4; word++) {
        const view = views[word] as Uint32Array;
        const difference = (view[one] as number) - (view[other] as number);
        if (difference !== 0) return difference;
      }
      return one - other;
    });
  };

  /** Walks along the starts; ranges that are open wait in heaps, so that a tower of nested ones takes no longer than others. */
  const sweep = async (
    take: TakeRange,
    overlap: Overlap,
    { contested, signal }: GiveOptions,
  ): Promise<void> => {
    const byEnd = createHeap<Open>((one, other) => one.last < other.last);
    const byWidth = createHeap(isNarrower);
    /** How many open ranges have each value. */
    const said = new Map<number, number>();
    let front = 0n;

    const begin = (range: Open): void => {
      byEnd.push(range);
      if (overlap === 'narrowest') byWidth.push(range);
      said.set(range.value, (said.get(range.value) ?? 0) + 1);
    };
    const endBefore = (at: bigint): void => {
      for (let { top } = byEnd; top !== undefined && top.last < at; { top } = byEnd) {
        byEnd.pop();
        const left = (said.get(top.value) ?? 0) - 1;
        if (left > 0) said.set(top.value, left);
        else said.delete(top.value);
      }
    };
    const held = (): number => {
      if (overlap === 'union') return [...said.keys()].reduce((bits, value) => bits | value, 0);
      // What has ended lies there until it comes to the top.
      while (byWidth.top !== undefined && byWidth.top.last < front) byWidth.pop();
      return byWidth.top?.value ?? 0;
    };
    /** Gives out what lies before `until`. */
    const advance = (until: bigint): void => {
      for (let { top } = byEnd; top !== undefined && front < until; { top } = byEnd) {
        const end = top.last < until ? top.last : until - 1n;
        take(wordsOfBig(front), wordsOfBig(end), held());
        if (said.size > 1) contested?.(front, end);
        front = end + 1n;
        endBefore(front);
      }
      front = until;
    };
    let count = 0;
    for (const index of sortedOrder()) {
      if (++count % PAUSE_EVERY === 0) await pause(signal);
      const first = bigOf(firstOf(index));
      const last = bigOf(lastOf(index));
      if (first > front) advance(first);
      begin({ last, width: last - first, order: index, value: values.at(index) });
    }
    advance(1n << 128n);
  };

  return {
    get length() {
      return values.length;
    },
    add(first, last, value) {
      const [from, to] = [wordsOfAddress(first), wordsOfAddress(last)];
      if (values.length > 0 && compare(from, previous) <= 0) isOrdered = false;
      previous = to;
      [value, ...from, ...to].forEach((word, column) => columns[column]?.push(word));
    },
    async giveTo(take, overlap, options = {}) {
      if (!isOrdered) return sweep(take, overlap, options);
      for (let index = 0; index < values.length; index++) {
        if (index % PAUSE_EVERY === PAUSE_EVERY - 1) await pause(options.signal);
        take(firstOf(index), lastOf(index), values.at(index));
      }
    },
  };
};
