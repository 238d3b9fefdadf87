/** Cells of CSV and TSV, byte by byte and as ranges of it: six times as fast as csv-parse, which makes a text of each (decision 0040). */
import {
  addCell,
  addRow,
  AFTER_QUOTE,
  BARE,
  clearBatch,
  createBatch,
  NOTHING,
  QUOTED,
  type Batch,
} from './batch.ts';
import { LONGEST_CELL, LONGEST_ROW, MOST_COLUMNS } from './bounds.ts';
import type { Dialect } from './contract.ts';
import type { DecodedPiece } from './decode.ts';
import { FormatError } from './format-error.ts';

const LF = 10;
const CR = 13;
const BACKSLASH = 92;
/** A kind that no batch shows: quoted, with escapes still in it. */
const ESCAPED = 9;

const tooLong = (column: number, inLine: number): FormatError =>
  new FormatError('cell_too_long', `a cell is longer than ${LONGEST_CELL} bytes`, { line: inLine, column });

interface Scan {
  /** Where the first row begins that is not whole. */
  rest: number;
  line: number;
}

export interface CsvScanner {
  /** Rows that are whole in `bytes`, which it may write into; `isLast` where nothing comes after them. */
  scan(bytes: Buffer, isLast: boolean, offset: number): Scan;
  readonly batch: Batch;
}

/** Throws FormatError unterminated_quote, cell_too_long, row_too_long, too_many_columns. */
export const createCsvScanner = (dialect: Dialect): CsvScanner => {
  const batch = createBatch();
  const delimiter = dialect.delimiter.charCodeAt(0);
  const quote = dialect.quote === '' ? -1 : dialect.quote.charCodeAt(0);
  const slashes = dialect.escape === '\\';
  const lineEnd = dialect.lineEnd === '\r' ? CR : LF;
  const firstOfEnd = dialect.lineEnd.charCodeAt(0);
  let line = 1;

  /** Drops the escapes of a quoted cell in place; gives its new end. */
  const unescape = (bytes: Buffer, start: number, end: number): number => {
    let to = start;
    for (let at = start; at < end; at += 1) {
      const byte = bytes[at] ?? 0;
      if (slashes ? byte === BACKSLASH && at + 1 < end : byte === quote) at += 1;
      bytes[to] = bytes[at] ?? 0;
      to += 1;
    }
    return to;
  };

  /** Only when the row is whole: one that is not will be read again from its beginning. */
  const unescapeRow = (bytes: Buffer, firstCell: number): void => {
    for (let cell = firstCell; cell < batch.cells; cell += 1) {
      if (batch.kinds[cell] !== ESCAPED) continue;
      batch.kinds[cell] = QUOTED;
      batch.ends[cell] = unescape(bytes, batch.starts[cell] ?? 0, batch.ends[cell] ?? 0);
    }
  };

  /** Bytes that end a bare cell, or are odd in it. */
  const stops = new Uint8Array(256);
  for (const byte of [delimiter, LF, CR, BACKSLASH, ...(quote === -1 ? [] : [quote])]) stops[byte] = 1;

  /** What `closing` met: whether there are escapes inside, and how many line ends. */
  let escaped = false;
  let lines = 0;
  /** The quote that ends a cell; -1 where it is not there yet. */
  const closing = (bytes: Buffer, from: number): number => {
    escaped = false;
    lines = 0;
    const size = bytes.length;
    for (let at = from; at < size; at += 1) {
      const byte = bytes[at];
      if (byte === quote) {
        if (slashes || at + 1 >= size || bytes[at + 1] !== quote) return at;
        escaped = true;
        at += 1;
      } else if (byte === BACKSLASH && slashes) {
        escaped = true;
        at += 1;
        if (at < size && bytes[at] === lineEnd) lines += 1;
      } else if (byte === lineEnd) lines += 1;
    }
    return -1;
  };

  const scan = (bytes: Buffer, isLast: boolean, offset: number): Scan => {
    clearBatch(batch, bytes);
    batch.mayHoldNul = bytes.includes(0);
    const size = bytes.length;
    let at = 0;
    let rowStart = 0;
    while (at < size) {
      rowStart = at;
      const cellsBefore = batch.cells;
      const lineBefore = line;
      let fault = 0;
      let isWhole = false;
      let rowEscaped = false;
      for (;;) {
        const column = batch.cells - cellsBefore + 1;
        if (column > MOST_COLUMNS)
          throw new FormatError('too_many_columns', `a row has more than ${MOST_COLUMNS} columns`, { line });
        const start = at;
        if (at < size && bytes[at] === quote) {
          const end = closing(bytes, at + 1);
          if (end === -1 || (end === size - 1 && !isLast)) {
            if (size - start > LONGEST_CELL) throw tooLong(column, line);
            if (isLast && end === -1)
              throw new FormatError('unterminated_quote', 'a quote begins here that never ends', {
                line,
                column,
              });
            break;
          }
          if (end - start > LONGEST_CELL) throw tooLong(column, line);
          line += lines;
          at = end + 1;
          const next = bytes[at];
          if (at < size && next !== delimiter && next !== LF && next !== CR) {
            // Nobody knows what it means: the rest of the cell is passed over, and the row comes back to its uploader.
            fault = AFTER_QUOTE;
            while (at < size && bytes[at] !== delimiter && bytes[at] !== LF && bytes[at] !== CR) at += 1;
          }
          if (escaped) rowEscaped = true;
          addCell(batch, start + 1, end, escaped ? ESCAPED : QUOTED);
        } else {
          for (; at < size; at += 1) {
            const byte = bytes[at] as number;
            if (stops[byte] === 0) continue;
            if (byte === delimiter || byte === LF || (byte === CR && endsWithCr(bytes, at))) break;
            batch.oddities = true;
          }
          if (at - start > LONGEST_CELL) throw tooLong(column, line);
          addCell(batch, start, at, at === start ? NOTHING : BARE);
        }
        if (at >= size) {
          isWhole = isLast;
          break;
        }
        const byte = bytes[at];
        if (byte === delimiter) {
          at += 1;
          if (at < size || isLast) continue;
          break;
        }
        if (byte === CR && at + 1 >= size && !isLast) break;
        const isPair = byte === CR && at + 1 < size && bytes[at + 1] === LF;
        if (byte !== firstOfEnd || isPair !== (dialect.lineEnd === '\r\n')) batch.mixesEnds = true;
        at += isPair ? 2 : 1;
        line += 1;
        isWhole = true;
        break;
      }
      if (!isWhole) {
        if (size - rowStart > LONGEST_ROW)
          throw new FormatError('row_too_long', `a row is longer than ${LONGEST_ROW} bytes`, {
            line: lineBefore,
          });
        batch.cells = cellsBefore;
        line = lineBefore;
        return { rest: rowStart, line };
      }
      if (rowEscaped) unescapeRow(bytes, cellsBefore);
      addRow(batch, lineBefore, offset + rowStart, fault);
    }
    return { rest: size, line };
  };

  /** A carriage return inside of a cell is a part of it, but where lines end with it. */
  const endsWithCr = (bytes: Buffer, at: number): boolean =>
    lineEnd === CR || at + 1 >= bytes.length || bytes[at + 1] === LF;

  return { scan, batch };
};

/** The rows of decoded text, in batches; the memory is that of a piece and the longest row. */
export const csvRows = async function* (
  pieces: AsyncIterable<DecodedPiece>,
  dialect: Dialect,
): AsyncGenerator<Batch> {
  const scanner = createCsvScanner(dialect);
  let rest: Buffer = Buffer.alloc(0);
  // The same for every piece: nobody keeps a batch when asking for the next one.
  let space: Buffer = Buffer.alloc(0);
  let offset = 0;
  let read = 0;
  for await (const piece of pieces) {
    // Its own copy, for escapes are taken out in place.
    const size = rest.length + piece.text.length;
    const larger: Buffer = size > space.length ? Buffer.allocUnsafeSlow(2 * size) : space;
    larger.set(rest);
    larger.set(piece.text, rest.length);
    space = larger;
    const bytes = space.subarray(0, size);
    const scanned = scanner.scan(bytes, false, offset);
    rest = bytes.subarray(scanned.rest);
    offset += scanned.rest;
    read = piece.read;
    scanner.batch.read = read;
    if (scanner.batch.rows > 0) yield scanner.batch;
  }
  if (rest.length === 0) return;
  scanner.scan(Buffer.from(rest), true, offset);
  scanner.batch.read = read;
  yield scanner.batch;
};
