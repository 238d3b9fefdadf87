/** Objects of NDJSON, or of an array of any length, as rows: texts and digits as they stand, never through a double. */
import { HALF_CHARACTER, NAMED_TWICE, NESTED, NO_OBJECT, STRING, type Batch } from './batch.ts';
import { DEEPEST_JSON, LONGEST_CELL, LONGEST_ROW, MOST_COLUMNS } from './bounds.ts';
import type { DecodedPiece } from './decode.ts';
import { FormatError } from './format-error.ts';
import { createRowWriter } from './row-writer.ts';

const QUOTE = 34;
const COMMA = 44;
const COLON = 58;
const OPEN_LIST = 91;
const BACKSLASH = 92;
const CLOSE_LIST = 93;
const OPEN = 123;
const CLOSE = 125;

/** RFC 8259 §6. */
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

const isSpace = (byte: number | undefined): boolean =>
  byte === 32 || byte === 10 || byte === 13 || byte === 9;

const skipSpace = (bytes: Buffer, from: number): number => {
  let at = from;
  while (isSpace(bytes[at])) at += 1;
  return at;
};

/** The byte after the text that begins at `from`; -1 where its end is not there yet. */
const endOfText = (bytes: Buffer, from: number): number => {
  for (let at = from + 1; ;) {
    const quote = bytes.indexOf(QUOTE, at);
    if (quote === -1) return -1;
    let slashes = 0;
    while (bytes[quote - 1 - slashes] === BACKSLASH) slashes += 1;
    if (slashes % 2 === 0) return quote + 1;
    at = quote + 1;
  }
};

/** The byte after the value that begins at `from`; -1 where its end is not there yet. Throws too_deep. */
const endOfValue = (bytes: Buffer, from: number, isLast: boolean, line: number): number => {
  let depth = 0;
  let at = from;
  while (at < bytes.length) {
    const byte = bytes[at];
    if (byte === QUOTE) {
      at = endOfText(bytes, at);
      if (at === -1) return -1;
      if (depth === 0) return at;
      continue;
    }
    if (byte === OPEN || byte === OPEN_LIST) {
      depth += 1;
      if (depth > DEEPEST_JSON)
        throw new FormatError('too_deep', `objects lie more than ${DEEPEST_JSON} deep in each other`, {
          line,
        });
    } else if (byte === CLOSE || byte === CLOSE_LIST) {
      if (depth <= 1) return depth === 1 ? at + 1 : at;
      depth -= 1;
    } else if (depth === 0 && (byte === COMMA || isSpace(byte))) return at;
    at += 1;
  }
  return depth === 0 && isLast ? at : -1;
};

const countLines = (bytes: Buffer, from: number, to: number): number => {
  let count = 0;
  for (let at = bytes.indexOf(10, from); at !== -1 && at < to; at = bytes.indexOf(10, at + 1)) count += 1;
  return count;
};

const broken = (line: number): FormatError => new FormatError('json_invalid', 'this is no JSON', { line });

const textOf = (bytes: Buffer, start: number, end: number, line: number): string => {
  try {
    return JSON.parse(bytes.toString('utf8', start, end)) as string;
  } catch {
    throw broken(line);
  }
};

type Cell = { readonly text: string | null; readonly kind: number } | undefined;

/**
 * @param headings members in the order in which they were first met; grows with the rows.
 * Throws FormatError json_invalid, json_no_rows, too_deep, too_many_columns, cell_too_long, row_too_long.
 */
export const jsonRows = async function* (
  pieces: AsyncIterable<DecodedPiece>,
  headings: string[],
): AsyncGenerator<Batch> {
  const writer = createRowWriter();
  const places = new Map(headings.map((name, place) => [name, place]));
  let line = 1;
  let row: Cell[] = [];

  const placeOf = (name: string): number => {
    let place = places.get(name);
    if (place === undefined) {
      place = headings.length;
      if (place === MOST_COLUMNS)
        throw new FormatError('too_many_columns', `there are more than ${MOST_COLUMNS} members`, { line });
      places.set(name, place);
      headings.push(name);
    }
    return place;
  };

  const valueOf = (bytes: Buffer, start: number, end: number): NonNullable<Cell> => {
    if (end - start > LONGEST_CELL)
      throw new FormatError('cell_too_long', `a cell is longer than ${LONGEST_CELL} bytes`, { line });
    const byte = bytes[start];
    if (byte === QUOTE) return { text: textOf(bytes, start, end, line), kind: STRING };
    const raw = bytes.toString('utf8', start, end);
    if (byte === OPEN || byte === OPEN_LIST) {
      textOf(bytes, start, end, line);
      return { text: raw, kind: NESTED };
    }
    if (raw === 'null') return { text: null, kind: 0 };
    if (raw === 'true' || raw === 'false' || NUMBER.test(raw)) return { text: raw, kind: 0 };
    throw broken(line);
  };

  /** Reads one whole object into `row`; gives what is wrong with it. */
  const readObject = (bytes: Buffer, from: number, end: number): number => {
    row = Array.from<Cell>({ length: headings.length });
    if (bytes[from] !== OPEN) {
      valueOf(bytes, from, end);
      return NO_OBJECT;
    }
    let fault = 0;
    let at = skipSpace(bytes, from + 1);
    if (bytes[at] === CLOSE) return 0;
    for (;;) {
      if (bytes[at] !== QUOTE) throw broken(line);
      const nameEnd = endOfText(bytes, at);
      if (nameEnd === -1 || nameEnd >= end) throw broken(line);
      const name = textOf(bytes, at, nameEnd, line);
      if (!name.isWellFormed()) fault = HALF_CHARACTER;
      const place = placeOf(name.toWellFormed());
      at = skipSpace(bytes, nameEnd);
      if (bytes[at] !== COLON) throw broken(line);
      at = skipSpace(bytes, at + 1);
      const valueEnd = endOfValue(bytes, at, true, line);
      if (valueEnd === -1 || valueEnd >= end || valueEnd === at) throw broken(line);
      const value = valueOf(bytes, at, valueEnd);
      if (row[place] !== undefined) fault = NAMED_TWICE;
      if (value.text?.isWellFormed() === false) fault = HALF_CHARACTER;
      row[place] = value;
      at = skipSpace(bytes, valueEnd);
      if (bytes[at] === CLOSE) {
        if (at !== end - 1) throw broken(line);
        return fault;
      }
      if (bytes[at] !== COMMA) throw broken(line);
      at = skipSpace(bytes, at + 1);
    }
  };

  let rest: Buffer = Buffer.alloc(0);
  let offset = 0;
  let isList: boolean | undefined;
  let isOver = false;
  let wantsValue = true;
  let read = 0;

  /** Reads rows from `from` on until the batch is full; gives where it stopped. */
  const scan = (bytes: Buffer, from: number, isLast: boolean): number => {
    let at = from;
    let counted = from;
    for (;;) {
      const start = skipSpace(bytes, at);
      const byte = bytes[start];
      if (byte === undefined) {
        line += countLines(bytes, counted, start);
        return start;
      }
      if (isOver) throw broken(line + countLines(bytes, counted, start));
      if (isList === undefined) {
        isList = byte === OPEN_LIST;
        if (isList) {
          at = start + 1;
          continue;
        }
        if (byte !== OPEN)
          throw new FormatError('json_no_rows', 'there are no objects in a row or a list', { line });
      }
      line += countLines(bytes, counted, start);
      counted = start;
      if (isList && byte === CLOSE_LIST) {
        isOver = true;
        at = start + 1;
        continue;
      }
      if (isList && !wantsValue) {
        if (byte !== COMMA) throw broken(line);
        wantsValue = true;
        at = start + 1;
        continue;
      }
      const end = endOfValue(bytes, start, isLast, line);
      if (end === -1) {
        if (isLast) throw broken(line);
        if (bytes.length - start > LONGEST_ROW)
          throw new FormatError('row_too_long', `a row is longer than ${LONGEST_ROW} bytes`, { line });
        return start;
      }
      if (end === start) throw broken(line);
      const fault = readObject(bytes, start, end);
      for (const cell of row) writer.cell(cell?.text?.toWellFormed() ?? null, cell?.kind ?? 0);
      writer.row(line, offset + start, fault);
      wantsValue = false;
      at = end;
      if (writer.isFull()) {
        line += countLines(bytes, counted, at);
        return at;
      }
    }
  };

  for await (const piece of pieces) {
    const bytes = rest.length === 0 ? piece.text : Buffer.concat([rest, piece.text]);
    read = piece.read;
    let used = scan(bytes, 0, false);
    for (; writer.isFull(); used = scan(bytes, used, false)) yield writer.take(read);
    rest = bytes.subarray(used);
    offset += used;
    yield writer.take(read);
  }
  for (let used = scan(rest, 0, true); writer.isFull(); used = scan(rest, used, true))
    yield writer.take(read);
  if (isList === true && !isOver) throw broken(line);
  yield writer.take(read);
};
