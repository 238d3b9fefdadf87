/** What is asked of a dataset's rows, and the query string that asks it in PostgREST's language. */

export interface Column {
  readonly name: string;
  /** PostgreSQL's name of the type, `[]` behind it for arrays. */
  readonly type: string;
}

export type Operator =
  | 'eq'
  | 'neq'
  | 'gt'
  | 'gte'
  | 'lt'
  | 'lte'
  | 'contains'
  | 'begins'
  | 'in'
  | 'null'
  | 'filled'
  | 'empty'
  | 'true'
  | 'false';

export interface Filter {
  readonly column: string;
  readonly operator: Operator;
  readonly value: string;
}

export interface Sort {
  readonly column: string;
  readonly direction: 'asc' | 'desc';
}

export interface Question {
  readonly filters: readonly Filter[];
  readonly sort: Sort | undefined;
  /** To be found in any of the columns that hold text. */
  readonly search: string;
  /** How it is looked for; undefined leaves it to the size of the dataset. */
  readonly mode?: SearchMode | undefined;
}

/** Whole words, which may be in quotes or after a minus, or any part of a text. */
export type SearchMode = 'words' | 'part';

/** Rows above which the server looks for whole words where nothing else is said. */
const MOST_BY_PART = 200_000;

/** What the server does with a dataset of so many rows. */
export const usualMode = (rows: number): SearchMode => (rows > MOST_BY_PART ? 'words' : 'part');

/** Whether texts are looked through: that is another address than that of rows. */
export const isSearch = ({ search }: Question): boolean => search.trim() !== '';

export const NOTHING_ASKED: Question = { filters: [], sort: undefined, search: '' };

/** The row's own number: stands in no `*`, is the order of pages, and the key of a row that has none. */
export const ROW_NUMBER = 'vouchsafe:row';

const quoted = (text: string): string => `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`;

/** Parameters of rows, and those of search. */
const RESERVED = /^(?:select|columns|on_conflict|order|limit|offset|and|or|not|count|q|mode)$/;

/** A column's name as the language has it: quoted unless nothing in it could be read as something else. */
export const inQuery = (name: string): string =>
  /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !RESERVED.test(name) ? name : quoted(name);

/** `%` and `_` mean something in patterns, and `*` is read as `%`; there is no way to ask for a `*` itself. */
const inPattern = (text: string): string => text.replaceAll(/[\\%_]/g, String.raw`\$&`);

/** Conditions that are compared with nothing. */
const FIXED: Readonly<Partial<Record<Operator, string>>> = {
  null: 'is.null',
  filled: 'not.is.null',
  empty: 'eq.',
  true: 'is.true',
  false: 'is.false',
};

const condition = ({ operator, value }: Filter): string => {
  const fixed = FIXED[operator];
  if (fixed !== undefined) return fixed;
  if (operator === 'contains') return `ilike.*${inPattern(value)}*`;
  if (operator === 'begins') return `ilike.${inPattern(value)}*`;
  if (operator !== 'in') return `${operator}.${value}`;
  const values = value.split(',').map((one) => quoted(one.trim()));
  return `in.(${values.join(',')})`;
};

export const isText = ({ type }: Column): boolean => /^(?:text|varchar|bpchar)$/.test(type);
export const isNumber = ({ type }: Column): boolean => /^(?:int[248]|numeric|float[48])$/.test(type);
const isMoment = ({ type }: Column): boolean => /^(?:date|time|timetz|timestamp|timestamptz)$/.test(type);

/** Which conditions a column knows, the likeliest first. */
export const operatorsOf = (column: Column): readonly Operator[] => {
  if (isText(column)) return ['contains', 'eq', 'neq', 'begins', 'in', 'empty', 'null', 'filled'];
  if (column.type === 'bool') return ['true', 'false', 'null', 'filled'];
  if (isNumber(column) || isMoment(column))
    return ['eq', 'neq', 'gt', 'gte', 'lt', 'lte', 'in', 'null', 'filled'];
  if (column.type.startsWith('json')) return ['null', 'filled'];
  return ['eq', 'neq', 'null', 'filled'];
};

const WORDS: Readonly<Record<Operator, string>> = {
  eq: 'is',
  neq: 'is not',
  gt: 'is more than',
  gte: 'is at least',
  lt: 'is less than',
  lte: 'is at most',
  contains: 'contains',
  begins: 'begins with',
  in: 'is one of',
  null: 'is null',
  filled: 'is not null',
  empty: 'is an empty text',
  true: 'is true',
  false: 'is false',
};

export const sayOperator = (operator: Operator): string => WORDS[operator];

/** Whether a condition is compared with something. */
export const takesValue = (operator: Operator): boolean => FIXED[operator] === undefined;

/** One filter as people read it. */
export const sayFilter = ({ column, operator, value }: Filter): string =>
  takesValue(operator) ? `${column} ${WORDS[operator]} ${value}` : `${column} ${WORDS[operator]}`;

const searchParameters = (question: Question): readonly (readonly [string, string])[] => [
  ...(isSearch(question) ? [['q', question.search.trim()] as const] : []),
  ...(isSearch(question) && question.mode !== undefined ? [['mode', question.mode] as const] : []),
];

/** Search, filters and order as parameters, in this order; none where nothing is asked. */
export const parametersOf = (question: Question): readonly (readonly [string, string])[] => [
  ...searchParameters(question),
  ...question.filters.map((filter) => [inQuery(filter.column), condition(filter)] as const),
  ...(question.sort === undefined
    ? []
    : [['order', `${inQuery(question.sort.column)}.${question.sort.direction}.nullslast`] as const]),
];

/** Encodes as little as is safe, so that the address can be read: names, dots, commas and brackets stay. */
export const encode = (text: string): string =>
  encodeURIComponent(text).replaceAll(/%(?:2C|3A|22)/g, (code) =>
    code === '%22' ? code : decodeURIComponent(code),
  );

/** `a=eq.1&order=b.desc`. */
export const searchOf = (parameters: readonly (readonly [string, string])[]): string =>
  parameters.map(([name, value]) => `${encode(name)}=${encode(value)}`).join('&');
