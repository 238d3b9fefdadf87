/** What all cells of one column have in common, found cell by cell in bounded memory. */
import { NOTHING, type Batch } from './batch.ts';
import { MOST_REMEMBERED } from './bounds.ts';
import type { ColumnProfile } from './contract.ts';
import { seeCell, WIDER, type FoundState, type FoundType } from './found-type.ts';
import { isUsualNullWord } from './null-words.ts';
import type { ColumnType } from '../../../services/datasets/query/column-types.ts';
import { isReadable } from './readable.ts';

const MOST_SAMPLES = 8;
const LONGEST_SAMPLE = 80;
/** Cells after which no new samples are looked for. */
const SAMPLED = 200;

/** Types that a text may be read as although PostgreSQL prints it otherwise. */
const OTHERS = ['bool', 'numeric', 'float8', 'date', 'timestamp', 'timestamptz', 'uuid', 'jsonb'] as const;

/** How many cells all columns together still remember. */
export interface Memory {
  left: number;
}

export const createMemory = (): Memory => ({ left: MOST_REMEMBERED });

export interface ColumnWatch {
  see(batch: Batch, cell: number): void;
  /** Cells of null words and rows that have no such cell. */
  seeNothing(count?: number): void;
  profile(heading: string): ColumnProfile;
  /** What the column would be but for a word that usually stands for nothing, and how often it is there. */
  withoutWords(): { readonly type: FoundType; readonly count: number; readonly word: string } | undefined;
}

const PRIME = 0x01000193;

/** 53 bits of FNV-1a and a second sum: two different cells of a million are alike once in 10,000 files. */
const hashOf = (bytes: Buffer, start: number, end: number): number => {
  let one = 0x811c9dc5;
  let two = 0x5bd1e995;
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at] ?? 0;
    one = Math.imul(one ^ byte, PRIME);
    two = Math.imul(two + byte, 0x85ebca6b) ^ (two >>> 13);
  }
  return (one >>> 0) * 0x200000 + (two & 0x1fffff);
};

const ORDERED: ReadonlySet<string> = new Set([
  'int4',
  'int8',
  'numeric',
  'float8',
  'date',
  'timestamp',
  'timestamptz',
  'time',
]);

/** @param declared what the format itself says of the column; the cells can only widen it. */
export const watchColumn = (memory: Memory, declared?: FoundType): ColumnWatch => {
  const state: FoundState = { type: declared, isFloatSafe: true };
  let without: FoundState | undefined;
  let words = 0;
  let word = '';
  let nulls = 0;
  let empty = 0;
  let seen = 0;
  let longest = 0;
  const samples = new Set<string>();
  let others: readonly ColumnType[] | undefined;
  let remembered: Set<number> | undefined = new Set();
  let unique: 'yes' | 'no' | 'unsure' = 'yes';
  let min: string | undefined;
  let max: string | undefined;
  let least = Infinity;
  let most = -Infinity;

  const remember = (bytes: Buffer, start: number, end: number): void => {
    if (remembered === undefined) return;
    const hash = hashOf(bytes, start, end);
    if (remembered.has(hash)) unique = 'no';
    else if (memory.left === 0) unique = 'unsure';
    else {
      remembered.add(hash);
      memory.left -= 1;
      return;
    }
    memory.left += remembered.size;
    remembered = undefined;
  };

  const order = (bytes: Buffer, start: number, end: number): void => {
    if (end - start > 40) return;
    const text = bytes.toString('latin1', start, end);
    const { type } = state;
    if (type === 'int4' || type === 'int8' || type === 'numeric' || type === 'float8') {
      const value = Number(text);
      if (value < least) {
        least = value;
        min = text;
      }
      if (value > most) {
        most = value;
        max = text;
      }
      return;
    }
    if (min === undefined || text < min) min = text;
    if (max === undefined || text > max) max = text;
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
    if (others !== undefined && others.length > 0) {
      const text = end - start > 10_000 ? '' : bytes.toString('utf8', start, end);
      others = others.filter((type) => isReadable(type, text));
    }
  };

  const seeNothing = (count = 1): void => {
    nulls += count;
  };

  return {
    seeNothing,
    see: (batch, cell) => {
      if (batch.kinds[cell] === NOTHING) {
        nulls += 1;
        return;
      }
      const start = batch.starts[cell] ?? 0;
      const end = batch.ends[cell] ?? 0;
      const size = end - start;
      seen += 1;
      if (size === 0) empty += 1;
      if (size > longest) longest = size;
      widen(batch, cell, start, end);
      if (state.type !== undefined && ORDERED.has(state.type)) order(batch.bytes, start, end);
      remember(batch.bytes, start, end);
      if (seen <= SAMPLED && samples.size < MOST_SAMPLES)
        samples.add(
          batch.bytes
            .toString('utf8', start, Math.min(end, start + LONGEST_SAMPLE * 4))
            .slice(0, LONGEST_SAMPLE)
            .toWellFormed(),
        );
    },
    profile: (heading) => {
      const found = state.type ?? 'text';
      const alternatives = found === 'text' ? (others ?? []) : WIDER[found];
      return {
        heading,
        found,
        alternatives,
        samples: [...samples],
        nulls,
        empty,
        longest,
        ...(ORDERED.has(found) && min !== undefined && max !== undefined ? { min, max } : {}),
        unique: seen === 0 ? 'no' : unique,
      };
    },
    withoutWords: () =>
      without?.type === undefined || words === 0 ? undefined : { type: without.type, count: words, word },
  };
};
