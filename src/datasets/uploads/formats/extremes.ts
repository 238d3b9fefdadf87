/** The least and the greatest cell of a column; texts are made of them only in the end. */
import type { Batch } from './batch.ts';

/** Bytes of a cell; longer ones say nothing to anybody, and are left out. */
export const LONGEST_EXTREME = 40;

export interface Extremes {
  /** A number, whose value is known. Says whether it is greater than all before. */
  seeNumber(value: number, cell: number): boolean;
  /** Dates and times, which are in order as their bytes are, and texts. Says whether it is surely greater than all before. */
  seeBytes(batch: Batch, cell: number): boolean;
  /** Before the batch is over: its cells are copied. */
  keep(batch: Batch): void;
  found(): { readonly min: string; readonly max: string } | undefined;
}

const compare = (
  a: Uint8Array,
  aFrom: number,
  aEnd: number,
  b: Uint8Array,
  bFrom: number,
  bEnd: number,
): number => {
  const size = Math.min(aEnd - aFrom, bEnd - bFrom);
  for (let at = 0; at < size; at += 1) {
    const difference = (a[aFrom + at] as number) - (b[bFrom + at] as number);
    if (difference !== 0) return difference;
  }
  return aEnd - aFrom - (bEnd - bFrom);
};

const copyOf = ({ bytes, starts, ends }: Batch, cell: number): Buffer => {
  const start = starts[cell] as number;
  return Buffer.from(bytes.subarray(start, ends[cell]));
};

const compareWith = (batch: Batch, cell: number, other: number, kept: Buffer): number => {
  const { bytes, starts, ends } = batch;
  const from = starts[cell] as number;
  const end = ends[cell] as number;
  return other === -1
    ? compare(bytes, from, end, kept, 0, kept.length)
    : compare(bytes, from, end, bytes, starts[other] as number, ends[other] as number);
};

export const createExtremes = (): Extremes => {
  let least = Infinity;
  let most = -Infinity;
  let min: Buffer | undefined;
  let max: Buffer | undefined;
  /** Cells of the batch that is seen; -1 where those of batches before are still the ones. */
  let minCell = -1;
  let maxCell = -1;

  const NONE = Buffer.alloc(0);

  return {
    seeNumber: (value, cell) => {
      if (value < least) {
        least = value;
        minCell = cell;
      }
      if (value <= most) return false;
      most = value;
      maxCell = cell;
      return true;
    },
    seeBytes: (batch, cell) => {
      if ((batch.ends[cell] as number) - (batch.starts[cell] as number) > LONGEST_EXTREME) return false;
      if ((min === undefined && minCell === -1) || compareWith(batch, cell, minCell, min ?? NONE) < 0)
        minCell = cell;
      if ((max !== undefined || maxCell !== -1) && compareWith(batch, cell, maxCell, max ?? NONE) <= 0)
        return false;
      maxCell = cell;
      return true;
    },
    keep: (batch) => {
      if (minCell !== -1) min = copyOf(batch, minCell);
      if (maxCell !== -1) max = copyOf(batch, maxCell);
      minCell = -1;
      maxCell = -1;
    },
    found: () =>
      min === undefined || max === undefined
        ? undefined
        : { min: min.toString('latin1'), max: max.toString('latin1') },
  };
};
