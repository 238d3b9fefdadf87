/** The body of a change as a JSON array of objects. JSON itself is checked, but goes on as it came: no digit is lost. */
import { parse as parseCsv } from 'csv-parse/sync';
import { BOUNDS, checkBound } from './bounds.ts';
import { refuseBody } from './problems.ts';
import type { NewRows } from './render-change.ts';

const MATCH = 'All object keys must match';

type Members = Readonly<Record<string, unknown>>;

const isMembers = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const sameKeys = (row: unknown, keys: ReadonlySet<string>): boolean => {
  if (!isMembers(row)) return false;
  const own = Object.keys(row);
  return own.length === keys.size && own.every((key) => keys.has(key));
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw refuseBody('Empty or invalid json');
  }
};

const readJson = (text: string, columns: readonly string[] | undefined): NewRows => {
  const value = parseJson(text);
  if (isMembers(value)) return { json: `[${text}]`, names: columns ?? Object.keys(value) };
  // As in PostgREST, a body that is neither object nor array is no rows.
  if (!Array.isArray(value)) return { json: '[]', names: columns ?? [] };
  checkBound('rows', value.length);
  if (columns !== undefined) return { json: text, names: columns };
  const [first] = value as readonly unknown[];
  if (first === undefined) return { json: text, names: [] };
  const names = isMembers(first) ? Object.keys(first) : [];
  const keys = new Set(names);
  if (!value.every((row) => sameKeys(row, keys))) throw refuseBody(MATCH);
  return { json: text, names };
};

const toRows = (
  rows: readonly Members[],
  columns: readonly string[] | undefined,
  names: readonly string[],
): NewRows => ({
  json: JSON.stringify(rows),
  names: columns ?? names,
});

const parseLines = (text: string): readonly (readonly string[])[] => {
  try {
    // One more than may be and the header, so that it is seen that there are too many.
    const to = BOUNDS.rows + 2;
    return parseCsv(text, { bom: true, skip_empty_lines: true, max_record_size: 1_048_576, to });
  } catch {
    throw refuseBody('All lines must have same number of fields');
  }
};

/** The first line names the columns; `NULL` is null, as in PostgREST. */
const readCsv = (text: string, columns: readonly string[] | undefined): NewRows => {
  const [header = [], ...lines] = parseLines(text);
  checkBound('rows', lines.length);
  const rows = lines.map((cells) =>
    Object.fromEntries(header.map((name, index) => [name, cells[index] === 'NULL' ? null : cells[index]])),
  );
  return toRows(rows, columns, header);
};

const readForm = (text: string, columns: readonly string[] | undefined): NewRows => {
  const members = Object.fromEntries(new URLSearchParams(text));
  return toRows([members], columns, Object.keys(members));
};

/**
 * Reads a body. Throws PGRST102 where it is not what its type says, PGRST100 where it is too large.
 * @param columns what the parameter `columns` names; other members are then ignored, and rows may differ.
 */
export const readPayload = (
  text: string,
  contentType: string | undefined,
  columns: readonly string[] | undefined,
): NewRows => {
  checkBound('bodyLength', text.length);
  const [type = ''] = (contentType ?? 'application/json').split(';');
  switch (type.trim().toLowerCase()) {
    case 'application/json':
    case '':
      return readJson(text, columns);
    case 'text/csv':
      return readCsv(text, columns);
    case 'application/x-www-form-urlencoded':
      return readForm(text, columns);
    default:
      throw refuseBody('Content-Type not acceptable');
  }
};
