/** How a text in columns is laid out, guessed from its beginning by reading it in every way that there is. */
import { cellText, type Batch } from './batch.ts';
import type { Dialect } from './contract.ts';
import { createCsvScanner } from './csv-rows.ts';
import { FormatError } from './format-error.ts';
import { seeCell, type FoundState } from './found-type.ts';

const DELIMITERS = [',', ';', '\t', '|'] as const;

const lineEndOf = (head: Buffer): Dialect['lineEnd'] => {
  const feeds = head.toString('latin1').split('\n').length - 1;
  const both = head.toString('latin1').split('\r\n').length - 1;
  if (feeds === 0) return head.includes(13) ? '\r' : '\n';
  return both * 2 > feeds ? '\r\n' : '\n';
};

const scanHead = (head: Buffer, isWhole: boolean, dialect: Dialect): Batch | undefined => {
  const scanner = createCsvScanner(dialect);
  try {
    scanner.scan(Buffer.from(head), isWhole, 0);
    return scanner.batch;
  } catch (error) {
    if (error instanceof FormatError && error.code !== 'too_many_columns') return undefined;
    throw error;
  }
};

const widthOf = (batch: Batch, row: number): number => (batch.first[row + 1] ?? 0) - (batch.first[row] ?? 0);

/** How well rows agree in their number of cells: 0 where there is one column alone. */
const scoreOf = (batch: Batch | undefined): number => {
  if (batch === undefined || batch.rows === 0) return 0;
  const counts = new Map<number, number>();
  let good = 0;
  for (let row = 0; row < batch.rows; row += 1) {
    const width = widthOf(batch, row);
    counts.set(width, (counts.get(width) ?? 0) + 1);
    if (batch.faults[row] === 0) good += 1;
  }
  const [width = 1, rows = 0] = [...counts].toSorted((a, b) => b[1] - a[1] || b[0] - a[0])[0] ?? [];
  if (width === 1) return 0;
  return (rows / batch.rows) * (good / batch.rows) * (1 + Math.min(width, 50) / 500);
};

const typeOf = (batch: Batch, cell: number): string | undefined => {
  if (cellText(batch, cell) === null) return undefined;
  const state: FoundState = { type: undefined, isFloatSafe: true };
  seeCell(state, batch.bytes, batch.starts[cell] ?? 0, batch.ends[cell] ?? 0, 0);
  return state.type;
};

/** The first row names the columns where none of its cells is a number, a date or the like, and none is there twice. */
export const looksLikeHeader = (batch: Batch): boolean => {
  if (batch.rows === 0) return false;
  const cells = Array.from({ length: widthOf(batch, 0) }, (_, index) => index);
  const texts = cells.map((cell) => cellText(batch, cell) ?? '');
  const named = texts.filter((text) => text.trim() !== '');
  if (named.length * 2 <= texts.length || new Set(named).size < named.length) return false;
  return cells.every((cell) => (typeOf(batch, cell) ?? 'text') === 'text');
};

/** @param isWhole whether the head is the whole file. */
export const sniffDialect = (head: Buffer, isWhole: boolean, said: Partial<Dialect> = {}): Dialect => {
  const text = head.toString('utf8');
  const hasDouble = text.includes('"');
  const quote =
    said.quote ?? (!hasDouble && /(?:^|[,;\t|])'[^'\n]*'(?:[,;\t|]|\r?\n|$)/.test(text) ? "'" : '"');
  const slashes = quote !== '' && text.includes(`\\${quote}`) && !text.includes(`${quote}${quote}`);
  const shared = {
    quote,
    escape: said.escape ?? (slashes ? '\\' : quote),
    lineEnd: said.lineEnd ?? lineEndOf(head),
    header: true,
    decimal: '.',
  } as const;
  const scored = (said.delimiter === undefined ? DELIMITERS : [said.delimiter]).map((delimiter) => ({
    delimiter,
    score: scoreOf(scanHead(head, isWhole, { ...shared, delimiter })),
  }));
  const best = scored.reduce((a, b) => (b.score > a.score ? b : a));
  const dialect = { ...shared, delimiter: best.delimiter };
  const batch = scanHead(head, isWhole, dialect);
  const commas =
    best.delimiter === ','
      ? null
      : text.match(/(?<=^|[;\t|"\n])-?\d{1,3}(?:\.?\d{3})*,\d+(?=[;\t|"\r\n]|$)/gm);
  const points = text.match(/(?<=^|[;\t|"\n])-?\d+\.\d+(?=[;\t|"\r\n]|$)/gm);
  return {
    ...dialect,
    decimal: said.decimal ?? ((commas?.length ?? 0) > (points?.length ?? 0) ? ',' : '.'),
    header: said.header ?? (batch !== undefined && looksLikeHeader(batch)),
    ...(said.guarded === undefined ? {} : { guarded: said.guarded }),
  };
};
