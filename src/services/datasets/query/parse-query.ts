/** Reads a whole query string into the tree. */
import { checkBound } from './bounds.ts';
import { readCondition, readFilterValue } from './parse-condition.ts';
import { readJsonPath, readName, readNames } from './parse-field.ts';
import { parseOrder, parseSelect } from './parse-select.ts';
import { refuseEmbedded, refuseEncoding } from './problems.ts';
import { TextReader } from './text-reader.ts';
import type { Condition, Field, Query } from './tree.ts';

type Parameter = readonly [name: string, value: string];

/** Throws 22021 where PostgreSQL could not hold the text. */
const checkText = (text: string): string => {
  if (text.includes('\0') || !text.isWellFormed()) throw refuseEncoding();
  return text;
};

/** As in PostgREST, a `%` before anything but two hex digits stands for itself. */
const decode = (text: string): string => {
  try {
    return checkText(decodeURIComponent(text.replaceAll('+', ' ').replaceAll(/%(?![0-9a-f]{2})/gi, '%25')));
  } catch {
    throw refuseEncoding();
  }
};

/** The parameters of a query string in their order; what has no `=` is left out, as PostgREST does. */
const splitParameters = (search: string): readonly Parameter[] => {
  checkBound('queryLength', search.length);
  const pieces = search
    .replace(/^\?/, '')
    .split('&')
    .filter((piece) => piece.includes('='));
  checkBound('parameters', pieces.length);
  return pieces.map((piece) => {
    const at = piece.indexOf('=');
    return [decode(piece.slice(0, at)), decode(piece.slice(at + 1))];
  });
};

const parseFilterKey = (text: string): Field => {
  const reader = new TextReader(text, 'tree path');
  const name = readName(reader);
  if (name === '') reader.fail();
  const path = readJsonPath(reader);
  // A name before a dot is a table that is embedded.
  if (reader.text[reader.at] === '.') throw refuseEmbedded();
  reader.finish();
  return { name, path };
};

const parseFilter = ([name, value]: Parameter): Condition => {
  const field = parseFilterKey(name);
  return { kind: 'filter', field, ...readFilterValue(new TextReader(value, 'filter')) };
};

const parseLogic = ([name, value]: Parameter, count: { of: number }): Condition => {
  const steps = name.split('.');
  const table = steps.slice(0, -1).find((step) => step !== 'not');
  if (table !== undefined) throw refuseEmbedded();
  const operator = steps.at(-1) ?? '';
  const reader = new TextReader(`${steps.length > 1 ? 'not.' : ''}${operator}${value}`, 'logic tree');
  const condition = readCondition(reader, 1, count);
  // PostgREST reads nothing behind the closing bracket; a bracket too many is forgiven, anything else is not.
  reader.takeMatch(/[) \t]*/y);
  reader.finish();
  return condition;
};

/** A whole number; undefined, as in PostgREST, where it is none. Beyond 15 digits the size no longer matters. */
const parseWhole = (text: string): number | undefined => {
  if (!/^ *-?[0-9]+ *$/.test(text)) return undefined;
  const number = Number(text);
  return Math.abs(number) > 1e15 ? Math.sign(number) * 1e15 : number + 0;
};

const RESERVED: ReadonlySet<string> = new Set([
  'select',
  'columns',
  'on_conflict',
  'order',
  'limit',
  'offset',
]);
const PAGED = /\.(?:order|limit|offset)$/;
const LOGIC = /^(?:.*\.)?(?:and|or)$/s;

const parseNames = (text: string, part: string): readonly string[] => readNames(new TextReader(text, part));

/**
 * Reads a query string, with or without its `?`. Of a parameter that comes more than once the first counts, but
 * filters all count. Throws a QueryProblem: PGRST100, PGRST108, PGRST200, 22021.
 * @param table the dataset's name, for messages only.
 */
export const parseQuery = (search: string, table: string): Query => {
  const parameters = splitParameters(search);
  const first = (wanted: string): string | undefined => parameters.find(([name]) => name === wanted)?.[1];
  const conditions: Condition[] = [];
  const count = { of: 0 };
  for (const parameter of parameters) {
    const [name] = parameter;
    if (RESERVED.has(name)) continue;
    if (PAGED.test(name)) throw refuseEmbedded();
    if (LOGIC.test(name)) conditions.push(parseLogic(parameter, count));
    else {
      count.of += 1;
      checkBound('conditions', count.of);
      conditions.push(parseFilter(parameter));
    }
  }
  const select = first('select');
  const order = first('order');
  const limit = parseWhole(first('limit') ?? '');
  const columns = first('columns');
  const onConflict = first('on_conflict');
  return {
    select: select === undefined ? [{ kind: 'all' }] : parseSelect(select, table),
    conditions,
    order: order === undefined ? [] : parseOrder(order),
    ...(limit !== undefined && { limit }),
    offset: Math.max(0, parseWhole(first('offset') ?? '') ?? 0),
    ...(columns !== undefined && { columns: parseNames(columns, 'columns parameter') }),
    ...(onConflict !== undefined && { onConflict: parseNames(onConflict, 'on_conflict parameter') }),
  };
};
