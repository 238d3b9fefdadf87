/** Finds the value of the range that an address lies in. */
import type { Address } from './address.ts';
import { bucketOf, DEEP, SAMPLED, type LayerSections } from './layer-format.ts';

/** The value of the range of an address; 0 where nothing is known of it. */
export type RangeFinder = (address: Address) => number;

/** The last entry between `low` and `high` (not included) that is not above `wanted`; `low - 1` where there is none. */
const lastAtMost = (
  values: Uint16Array | Uint32Array,
  start: number,
  end: number,
  wanted: number,
): number => {
  let low = start;
  let high = end;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((values[middle] as number) <= wanted) low = middle + 1;
    else high = middle;
  }
  return low - 1;
};

/** Over the sections of a layer; allocates nothing when it is called. */
export const createRangeFinder = (sections: LayerSections): RangeFinder => {
  const { v4Index, v4Low, v4Value, v6Index, v6First, v6FirstAt, v6Second, v6Sample, v6Value } = sections;
  const { deepAt, deepLow, deepValue } = sections;

  const findFour = (a: number): number => {
    const upper = a >>> 16;
    const at = lastAtMost(v4Low, v4Index[upper] as number, v4Index[upper + 1] as number, a & 0xffff);
    return at < 0 ? 0 : (v4Value[at] as number);
  };

  /** In a list of starts within one upper half, by the lower half. */
  const findDeep = (list: number, c: number, d: number): number => {
    let low = deepAt[list] as number;
    let high = deepAt[list + 1] as number;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const third = deepLow[2 * middle] as number;
      if (third < c || (third === c && (deepLow[2 * middle + 1] as number) <= d)) low = middle + 1;
      else high = middle;
    }
    return deepValue[low - 1] as number;
  };

  /** The last of the second words between `start` and `end` (not included) that is not above `wanted`. */
  const findSecond = (start: number, end: number, wanted: number): number => {
    const samples = Math.ceil(start / SAMPLED);
    const sample = lastAtMost(v6Sample, samples, Math.ceil(end / SAMPLED), wanted);
    const low = sample < samples ? start : sample * SAMPLED;
    return lastAtMost(v6Second, low, Math.min(end, (sample + 1) * SAMPLED), wanted);
  };

  const findSix = ({ a, b, c, d }: Address): number => {
    const bucket = bucketOf(a);
    const first = lastAtMost(v6First, v6Index[bucket] as number, v6Index[bucket + 1] as number, a);
    if (first < 0) return 0;
    const start = v6FirstAt[first] as number;
    const end = v6FirstAt[first + 1] as number;
    const isOwn = v6First[first] === a;
    const at = isOwn ? findSecond(start, end, b) : end - 1;
    if (at < 0) return 0;
    const value = v6Value[at] as number;
    if (value < DEEP) return value;
    const list = value - DEEP;
    return isOwn && at >= start && v6Second[at] === b
      ? findDeep(list, c, d)
      : (deepValue[(deepAt[list + 1] as number) - 1] as number);
  };

  return (address) => (address.version === 4 ? findFour(address.a) : findSix(address));
};
