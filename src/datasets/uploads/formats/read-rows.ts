/** The rows of a file as PostgreSQL copies them (COPY, text format, manual), and those that do not fit. */
import {
  AFTER_QUOTE,
  HALF_CHARACTER,
  NAMED_TWICE,
  NO_OBJECT,
  cellText,
  NOTHING,
  type Batch,
} from './batch.ts';
import type { ByteSource, FilePlan, Rejection, ReadTools } from './contract.ts';
import { nullWordTest } from './null-words.ts';
import { isReadable } from './readable.ts';
import { openRows } from './rows.ts';
import type { ColumnType } from '../../../services/datasets/query/column-types.ts';

export interface ReadAsked extends ReadTools {
  readonly onRejected: (rejection: Rejection) => void;
}

const FAULTS: Readonly<Record<number, string>> = {
  [AFTER_QUOTE]: 'There is something after the quote that ends a cell.',
  [NO_OBJECT]: 'This is no object.',
  [NAMED_TWICE]: 'A member is there twice.',
  [HALF_CHARACTER]: 'A text holds half a character (a surrogate alone).',
};

const NUMBERS: ReadonlySet<ColumnType> = new Set(['int2', 'int4', 'int8', 'numeric', 'float4', 'float8']);

/** `1.234,5` and `1234,5`; what does not look so is left as it is. */
const withPoint = (text: string): string =>
  /^[+-]?(?:\d+|\d{1,3}(?:\.\d{3})+)(?:,\d+)?$/.test(text)
    ? text.replaceAll('.', '').replace(',', '.')
    : text;

const BACKSLASH = 92;
const N = 78;
const TAB = 9;
const LF = 10;
/** What stands after the backslash for \b … \r and the backslash itself; 0 for bytes that stand for themselves. */
const ESCAPES = new Uint8Array(256);
ESCAPES[BACKSLASH] = BACKSLASH;
for (const [byte, letter] of [
  [8, 'b'],
  [9, 't'],
  [10, 'n'],
  [11, 'v'],
  [12, 'f'],
  [13, 'r'],
] as const)
  ESCAPES[byte] = letter.charCodeAt(0);

/** Gives where it ended. */
const writeCell = (out: Buffer, at: number, bytes: Buffer, start: number, end: number): number => {
  let to = at;
  for (let from = start; from < end; from += 1) {
    const byte = bytes[from] as number;
    const letter = ESCAPES[byte] as number;
    if (letter === 0) {
      out[to] = byte;
      to += 1;
    } else {
      out[to] = BACKSLASH;
      out[to + 1] = letter;
      to += 2;
    }
  }
  return to;
};

/**
 * Accepted rows only, in the plan's columns' order; each chunk holds whole rows. Cells are checked where their type is another
 * than the one that the look has proven; what passes PostgreSQL takes. Throws FormatError, and what the signal says.
 */
export const readRows = async function* (
  source: ByteSource,
  plan: FilePlan,
  { signal, onProgress, onRejected }: ReadAsked,
): AsyncGenerator<Buffer> {
  const { columns, profile, dialect, format } = plan;
  const wanted = columns.length;
  const grows = format === 'json' || format === 'ndjson';
  const opened = await openRows(
    source,
    plan,
    profile.map(({ heading }) => heading),
  );
  const isNullWord = nullWordTest(plan.nullWords);
  const isComma = dialect?.decimal === ',';
  const checks = columns.map(({ type }, index): ColumnType | undefined =>
    type === profile[index]?.found || type === 'text' ? undefined : type,
  );
  let skipsHeader = opened.headings === undefined && (dialect?.header ?? plan.header ?? false);
  let rows = 0;

  const reject = (batch: Batch, row: number, reason: string, column?: number): false => {
    const name = column === undefined ? undefined : columns[column]?.name;
    const line = batch.lines[row] ?? 0;
    onRejected(name === undefined ? { line, reason } : { line, column: name, reason });
    return false;
  };

  /** Texts that stand in a row for its cells, where a cell is written otherwise than it stands in the file. */
  const changed: (string | undefined)[] = [];
  const fits = (batch: Batch, row: number, from: number): boolean => {
    for (let column = 0; column < wanted; column += 1) {
      const cell = from + column;
      const type = checks[column];
      if (type === undefined && !batch.mayHoldNul) continue;
      changed[column] = undefined;
      if (batch.kinds[cell] === NOTHING || cell >= (batch.first[row + 1] ?? 0)) continue;
      const start = batch.starts[cell] ?? 0;
      const end = batch.ends[cell] ?? 0;
      if (isNullWord?.(batch.bytes, start, end) === true) continue;
      if (batch.mayHoldNul && batch.bytes.subarray(start, end).includes(0))
        return reject(batch, row, 'The cell holds a NUL, which no text of PostgreSQL can.', column);
      if (type === undefined) continue;
      const text = cellText(batch, cell) ?? '';
      const shown = isComma && NUMBERS.has(type) ? withPoint(text) : text;
      if (!isReadable(type, shown)) return reject(batch, row, `The cell is no ${type}.`, column);
      if (shown !== text) changed[column] = shown;
    }
    return true;
  };

  const hasChecks = checks.some((type) => type !== undefined);
  for await (const batch of opened.batches) {
    signal?.throwIfAborted();
    const { bytes } = batch;
    // Each byte may become two, each cell of nothing two and a tab; missing cells of JSON as well.
    const out = Buffer.allocUnsafe(bytes.length * 2 + batch.cells * 3 + batch.rows * (wanted * 3 + 1) + 16);
    let to = 0;
    const needsCheck = hasChecks || batch.mayHoldNul;
    for (let row = 0; row < batch.rows; row += 1) {
      const from = batch.first[row] ?? 0;
      const width = (batch.first[row + 1] ?? 0) - from;
      if (skipsHeader) {
        skipsHeader = false;
        continue;
      }
      if (width === 1 && wanted > 1 && !grows && batch.kinds[from] === NOTHING) continue;
      rows += 1;
      const fault = batch.faults[row] ?? 0;
      if (fault !== 0) {
        reject(batch, row, FAULTS[fault] ?? 'The row cannot be understood.');
        continue;
      }
      if (width !== wanted && !grows) {
        reject(batch, row, `The row has ${width} cells where there are ${wanted} columns.`);
        continue;
      }
      if (needsCheck && !fits(batch, row, from)) continue;
      for (let column = 0; column < wanted; column += 1) {
        const cell = from + column;
        if (column > 0) {
          out[to] = TAB;
          to += 1;
        }
        const start = batch.starts[cell] as number;
        const end = batch.ends[cell] as number;
        if (column >= width || batch.kinds[cell] === NOTHING || isNullWord?.(bytes, start, end) === true) {
          out[to] = BACKSLASH;
          out[to + 1] = N;
          to += 2;
        } else {
          const text = isComma && needsCheck ? changed[column] : undefined;
          if (text === undefined) to = writeCell(out, to, bytes, start, end);
          else to += out.write(text, to, 'latin1');
        }
      }
      out[to] = LF;
      to += 1;
    }
    onProgress?.(batch.read, rows);
    if (to > 0) yield out.subarray(0, to);
  }
};
