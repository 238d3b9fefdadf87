/** Ranges with values, gathered in columns of numbers in any order, and given out sorted and cut where they overlap. */
import { createGrowing, wordsOf, type Growing } from '../../growing.ts';
import type { Address } from '../../../src/services/visitor/addresses/address.ts';

/** The 128 bits of an address as four words, the highest first; IPv4 is the last word. */
export type Words = readonly [number, number, number, number];

/** Takes ranges in order, which do not overlap. */
export type TakeRange = (first: Words, last: Words, value: number) => void;

/** What holds where ranges overlap: the value of the narrowest, the later of equals; or all values, as sets of bits. */
export type Overlap = 'narrowest' | 'union';

export interface CollectedRanges {
  readonly length: number;
  /** @param value not 0. */
  add(first: Address, last: Address, value: number): void;
  /** Gives them all out; nothing can be added afterwards. */
  giveTo(take: TakeRange, overlap: Overlap): void;
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

const bigOf = ([a, b, c, d]: Words): bigint =>
  (((BigInt(a) << 32n) | BigInt(b)) << 64n) | (BigInt(c) << 32n) | BigInt(d);
const WORD = 0xffffffffn;
const wordsOfBig = (value: bigint): Words => [
  Number(value >> 96n),
  Number((value >> 64n) & WORD),
  Number((value >> 32n) & WORD),
  Number(value & WORD),
];

const isNarrower = (one: Open, other: Open): boolean =>
  one.width < other.width || (one.width === other.width && one.order > other.order);

/** What holds at the front of some open ranges; 0 where there is none. */
const valueOf = (open: readonly Open[], overlap: Overlap): number => {
  if (overlap === 'union') return open.reduce((bits, { value }) => bits | value, 0);
  return (
    open.reduce<Open | undefined>(
      (best, each) => (best === undefined || isNarrower(each, best) ? each : best),
      undefined,
    )?.value ?? 0
  );
};

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

  /** Walks along the starts with the ranges that are open; those few are looked through at each step. */
  const sweep = (take: TakeRange, overlap: Overlap): void => {
    let open: Open[] = [];
    let front = 0n;
    /** Gives out what lies before `until`. */
    const advance = (until: bigint): void => {
      while (open.length > 0 && front < until) {
        const end = open.reduce((least, { last }) => (last < least ? last : least), until - 1n);
        take(wordsOfBig(front), wordsOfBig(end), valueOf(open, overlap));
        front = end + 1n;
        open = open.filter(({ last }) => last >= front);
      }
      front = until;
    };
    for (const index of sortedOrder()) {
      const first = bigOf(firstOf(index));
      const last = bigOf(lastOf(index));
      if (first > front) advance(first);
      open.push({ last, width: last - first, order: index, value: values.at(index) });
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
    giveTo(take, overlap) {
      if (isOrdered)
        for (let index = 0; index < values.length; index++)
          take(firstOf(index), lastOf(index), values.at(index));
      else sweep(take, overlap);
    },
  };
};
