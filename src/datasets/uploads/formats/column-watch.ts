/** What all cells of one column have in common, found cell by cell in bounded memory. */
import { NOTHING, type Batch } from './batch.ts';
import type { ColumnProfile } from './contract.ts';
import { seeCell, WIDER, type FoundState, type FoundType } from './found-type.ts';
import { isUsualNullWord, type IsNullWord } from './null-words.ts';
import { createDistinctCells, type Memory } from './distinct-cells.ts';
import { createExtremes, LONGEST_EXTREME } from './extremes.ts';
import { valueOfLast } from './printed-forms.ts';
import type { ColumnType } from '../../../services/datasets/query/column-types.ts';
import { isReadable } from './readable.ts';

const MOST_SAMPLES = 8;
const LONGEST_SAMPLE = 80;
/** Cells after which no new samples are looked for. */
const SAMPLED = 200;

/** Types that a text may be read as although PostgreSQL prints it otherwise. */
const OTHERS = ['bool', 'numeric', 'float8', 'date', 'timestamp', 'timestamptz', 'uuid', 'jsonb'] as const;

/** Cells that are all tried as those other types; after them one of `STEP`, for it is a proposal and each is checked again. */
const TRIED = 10_000;
const STEP = 16;

export interface ColumnWatch {
  /** Its cells in the first `count` of `rows`, which are numbers of rows of the batch. A row that has no such cell has nothing there. */
  see(batch: Batch, rows: Int32Array, count: number): void;
  /** Rows from before it was known that there is such a column. */
  seeNothing(count: number): void;
  profile(heading: string): ColumnProfile;
  /** What the column would be but for a word that usually stands for nothing, and how often it is there. */
  withoutWords(): { readonly type: FoundType; readonly count: number; readonly word: string } | undefined;
}

const NUMBERS: ReadonlySet<string> = new Set(['int4', 'int8', 'numeric', 'float8']);
const TIMES: ReadonlySet<string> = new Set(['date', 'timestamp', 'timestamptz', 'time']);
/** Digits, a sign and a point of a number that a double holds exactly. */
const EXACT = 16;

interface Watched {
  /** Its place among the columns, from 0. */
  readonly column: number;
  readonly memory: Memory;
  readonly isNullWord: IsNullWord | undefined;
  /** What the format itself says of the column; the cells can only widen it. */
  readonly declared: FoundType | undefined;
}

/** Watches one column of a file. */
export const watchColumn = ({ column, memory, isNullWord, declared }: Watched): ColumnWatch => {
  const state: FoundState = { type: declared, isFloatSafe: true };
  let without: FoundState | undefined;
  let words = 0;
  let word = '';
  let nulls = 0;
  let empty = 0;
  let seen = 0;
  let longest = 0;
  const samples = new Set<string>();
  let others: readonly ColumnType[] | undefined = declared === 'text' ? OTHERS : undefined;
  const distinct = createDistinctCells(memory);
  const extremes = createExtremes();
  let wasNumber = false;

  /** Whether the cell is surely greater than all before; keeps the least and the greatest. */
  const order = (batch: Batch, cell: number, start: number, end: number): boolean => {
    const isNumber = state.type !== undefined && NUMBERS.has(state.type);
    const isSame = isNumber === wasNumber;
    wasNumber = isNumber;
    if (!isNumber) {
      if (!TIMES.has(state.type ?? '') && !distinct.isOpen()) return false;
      return extremes.seeBytes(batch, cell) && isSame;
    }
    if (end - start > LONGEST_EXTREME) return false;
    const value =
      state.type === 'float8' ? Number(batch.bytes.toString('latin1', start, end)) : valueOfLast();
    return extremes.seeNumber(value, cell) && isSame && end - start <= EXACT && state.type !== 'float8';
  };

  const widen = (batch: Batch, cell: number, start: number, end: number): void => {
    const { bytes } = batch;
    const kind = batch.kinds[cell] ?? 0;
    const before = state.type;
    if (before === 'text' && without === undefined && (others?.length ?? 0) === 0) return;
    const isWord = before === 'text' || before === undefined ? isUsualNullWord(bytes, start, end) : undefined;
    if (before !== 'text') {
      const { isFloatSafe } = state;
      seeCell(state, bytes, start, end, kind);
      if (state.type !== 'text') return;
      others =
        before === undefined || declared === 'text'
          ? OTHERS
          : WIDER[before].filter((type) => type !== 'text');
      if (before === 'date') others = ['date', ...others];
      else if (before !== undefined) others = [before, ...others];
      if (isWord ?? isUsualNullWord(bytes, start, end)) without = { type: before, isFloatSafe };
    }
    if (without !== undefined) {
      if (isWord ?? isUsualNullWord(bytes, start, end)) {
        words += 1;
        if (word === '') word = bytes.toString('utf8', start, end);
      } else {
        seeCell(without, bytes, start, end, kind);
        if (without.type === 'text') without = undefined;
      }
    }
    if (others !== undefined && others.length > 0 && (seen <= TRIED || seen % STEP === 0)) {
      const text = end - start > 10_000 ? '' : bytes.toString('utf8', start, end);
      others = others.filter((type) => isReadable(type, text));
    }
  };

  const seeOne = (batch: Batch, cell: number, start: number, end: number): void => {
    const size = end - start;
    seen += 1;
    if (size === 0) empty += 1;
    if (size > longest) longest = size;
    if (state.type !== 'text' || without !== undefined || (others !== undefined && others.length > 0))
      widen(batch, cell, start, end);
    const rises = order(batch, cell, start, end);
    if (distinct.isOpen()) distinct.see(batch.bytes, start, end, rises || seen === 1);
    if (seen <= SAMPLED && samples.size < MOST_SAMPLES)
      samples.add(
        batch.bytes
          .toString('utf8', start, Math.min(end, start + LONGEST_SAMPLE * 4))
          .slice(0, LONGEST_SAMPLE)
          .toWellFormed(),
      );
  };

  return {
    seeNothing: (count) => {
      nulls += count;
    },
    see: (batch, rows, count) => {
      const { bytes, first, starts, ends, kinds } = batch;
      for (let index = 0; index < count; index += 1) {
        const row = rows[index] as number;
        const cell = (first[row] as number) + column;
        if (cell >= (first[row + 1] as number) || kinds[cell] === NOTHING) {
          nulls += 1;
          continue;
        }
        const start = starts[cell] as number;
        const end = ends[cell] as number;
        if (isNullWord?.(bytes, start, end) === true) nulls += 1;
        else seeOne(batch, cell, start, end);
      }
      extremes.keep(batch);
    },
    profile: (heading) => {
      const found = state.type ?? 'text';
      const range = NUMBERS.has(found) || TIMES.has(found) ? extremes.found() : undefined;
      const alternatives = found === 'text' ? (others ?? []) : WIDER[found];
      return {
        heading,
        found,
        alternatives,
        samples: [...samples],
        nulls,
        empty,
        longest,
        ...range,
        unique: seen === 0 ? 'no' : distinct.answer(),
      };
    },
    withoutWords: () =>
      without?.type === undefined || words === 0 ? undefined : { type: without.type, count: words, word },
  };
};
