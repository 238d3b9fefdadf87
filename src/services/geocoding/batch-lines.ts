/** The lines of a batch: what each of them asks, with the same parameters as a single question has. */
import { Problem } from '../../foundation/problem.ts';
import type { Query } from '../../http/query.ts';
import { PARAMETERS, readGeocodeCall, type GeocodeCall } from './parameters.ts';
import { readStructuredCall, STRUCTURED_NAMES } from './structured.ts';

/** Lines of one batch. */
export const MOST_LINES = 1_000;
/** Characters of one line, and of the caller's own name for it. */
const LONGEST_LINE = 4_096;
const LONGEST_ID = 100;

/** How lines are written: a JSON object each, or fields under a first line that names them. */
export type LineForm = 'json' | 'csv';

/** One line, understood. */
export interface BatchLine {
  /** Counted from 1, without empty lines and without a head. */
  readonly line: number;
  /** The caller's own name for it. */
  readonly id: string | undefined;
  readonly call: GeocodeCall;
}

/** Why one line was not answered; the others are. */
export interface LineFault {
  readonly line: number;
  readonly id: string | undefined;
  readonly error: { readonly code: string; readonly message: string; readonly field?: string };
}

const NAMES: ReadonlySet<string> = new Set(['id', 'q', ...STRUCTURED_NAMES, ...PARAMETERS]);
/** What belongs to the whole answer, and a credential, which stands in the head of the request alone. */
const NOT_HERE: ReadonlySet<string> = new Set(['key', 'jsonp', 'pretty', 'add_request']);

/** Non-empty lines of a body; one more than `MOST_LINES` where there are more. */
export const countLines = (body: Uint8Array): number => {
  let lines = 0;
  let isEmpty = true;
  for (const byte of body) {
    if (byte === 0x0a) isEmpty = true;
    else if (isEmpty && byte > 0x20) {
      isEmpty = false;
      if (++lines > MOST_LINES + 1) break;
    }
  }
  return lines;
};

/** The non-empty lines of a text. */
export const splitLines = (text: string): string[] =>
  text.split(/\r?\n/u).filter((line) => line.trim() !== '');

/**
 * The fields of one line of CSV (RFC 4180, but that a field holds no line break); undefined where a quote is left open
 * or has text behind it.
 */
export const csvFields = (line: string): string[] | undefined => {
  const fields: string[] = [];
  for (let at = 0; ;) {
    let value = '';
    if (line[at] === '"') {
      for (at += 1; ; at += 1) {
        const end = line.indexOf('"', at);
        if (end === -1) return undefined;
        value += line.slice(at, end);
        at = end + 1;
        if (line[at] !== '"') break;
        value += '"';
      }
      if (at < line.length && line[at] !== ',') return undefined;
    } else {
      const comma = line.indexOf(',', at);
      const end = comma === -1 ? line.length : comma;
      value = line.slice(at, end).trim();
      at = end;
    }
    fields.push(value);
    if (at >= line.length) return fields;
    at += 1;
  }
};

const fault = (code: string, title: string): Problem => new Problem(400, code, title);

/** @throws {Problem} invalid_line */
const fieldsOfJson = (line: string): Map<string, string> => {
  let object: unknown;
  try {
    object = JSON.parse(line);
  } catch {
    throw fault('invalid_line', 'not a JSON object');
  }
  if (typeof object !== 'object' || object === null || Array.isArray(object))
    throw fault('invalid_line', 'not a JSON object');
  const values = new Map<string, string>();
  for (const [name, value] of Object.entries(object)) {
    if (!NAMES.has(name)) continue;
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
      values.set(name, String(value));
    else if (value !== null)
      throw new Problem(400, 'invalid_line', 'not a text, number or boolean', { field: name });
  }
  return values;
};

/** @throws {Problem} invalid_line */
const fieldsOfCsv = (line: string, head: readonly string[]): Map<string, string> => {
  const fields = csvFields(line);
  if (fields === undefined) throw fault('invalid_line', 'a quote is left open or followed by text');
  if (fields.length > head.length) throw fault('invalid_line', 'more fields than the first line names');
  return new Map(
    fields.flatMap((value, index): [string, string][] => {
      const name = head[index] ?? '';
      return NAMES.has(name) && value !== '' ? [[name, value]] : [];
    }),
  );
};

const NO_NAMES: ReadonlySet<string> = new Set();

const asQuery = (values: ReadonlyMap<string, string>): Query => ({
  values: new Map([['limit', '1'], ...[...values].filter(([name]) => !NOT_HERE.has(name))]),
  duplicated: NO_NAMES,
  malformed: NO_NAMES,
  truncated: false,
});

/** What a batch brings, before its lines are looked at. */
export interface Batch {
  readonly form: LineForm;
  /** Names of the fields; empty with JSON lines. */
  readonly head: readonly string[];
  readonly lines: readonly string[];
  readonly acceptLanguage: string | undefined;
}

/** Understands one line of a batch, by its index. Never throws: a line that is wrong is a fault of its own. */
export const readLine = (batch: Batch, index: number): BatchLine | LineFault => {
  const text = batch.lines[index] ?? '';
  const line = index + 1;
  let id: string | undefined;
  try {
    if (text.length > LONGEST_LINE) throw fault('line_too_long', 'line too long');
    const values = batch.form === 'json' ? fieldsOfJson(text) : fieldsOfCsv(text, batch.head);
    id = values.get('id')?.slice(0, LONGEST_ID);
    const query = asQuery(values);
    const isStructured = !values.has('q') && STRUCTURED_NAMES.some((name) => values.has(name));
    const call = isStructured
      ? readStructuredCall(query, batch.acceptLanguage)
      : readGeocodeCall(query, batch.acceptLanguage, 'json');
    return { line, id, call };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const { code, title, field } = error;
    return { line, id, error: { code, message: title, ...(field === undefined ? {} : { field }) } };
  }
};
