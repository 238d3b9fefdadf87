/** The types that columns of datasets can have, and what PostgreSQL can do with each. */
import type { Aggregate } from './tree.ts';

const TYPE_NAMES = [
  'text',
  'varchar',
  'bpchar',
  'bool',
  'int2',
  'int4',
  'int8',
  'numeric',
  'float4',
  'float8',
  'date',
  'time',
  'timetz',
  'timestamp',
  'timestamptz',
  'interval',
  'uuid',
  'json',
  'jsonb',
  'bytea',
  'inet',
  'tsvector',
  'int4range',
  'int8range',
  'numrange',
  'daterange',
  'tsrange',
  'tstzrange',
] as const;

export type BaseType = (typeof TYPE_NAMES)[number];

/** As it stands in SQL; an array may have any number of dimensions, as in PostgreSQL. */
export type ColumnType = BaseType | `${BaseType}[]`;

/** Every type, for tests and for what infers columns. */
export const COLUMN_TYPES: readonly ColumnType[] = TYPE_NAMES.flatMap((name) => [name, `${name}[]` as const]);

/** Other names that SQL has for the same types, and those of a length, which a cast does not keep. */
const SYNONYMS: Readonly<Record<string, BaseType>> = {
  string: 'text',
  'character varying': 'varchar',
  char: 'bpchar',
  character: 'bpchar',
  boolean: 'bool',
  smallint: 'int2',
  int: 'int4',
  integer: 'int4',
  bigint: 'int8',
  decimal: 'numeric',
  real: 'float4',
  float: 'float8',
  'double precision': 'float8',
  'time without time zone': 'time',
  'time with time zone': 'timetz',
  'timestamp without time zone': 'timestamp',
  'timestamp with time zone': 'timestamptz',
};

/** The type that a request calls `name`, whatever the case; undefined where there is none. */
export const typeNamed = (name: string): BaseType | undefined => {
  const plain = name.toLowerCase();
  return (
    TYPE_NAMES.find((type) => type === plain) ??
    (Object.hasOwn(SYNONYMS, plain) ? SYNONYMS[plain] : undefined)
  );
};

export const isArray = (type: ColumnType): type is `${BaseType}[]` => type.endsWith('[]');

const elementOf = (type: ColumnType): BaseType => (isArray(type) ? (type.slice(0, -2) as BaseType) : type);

const isIn = (type: ColumnType, types: readonly BaseType[]): boolean =>
  (types as readonly string[]).includes(type);

const TEXTS = ['text', 'varchar', 'bpchar'] as const;
const NUMBERS = ['int2', 'int4', 'int8', 'numeric', 'float4', 'float8'] as const;
const TIMES = ['date', 'time', 'timetz', 'timestamp', 'timestamptz', 'interval'] as const;

export const isText = (type: ColumnType): boolean => isIn(type, TEXTS);

export const isJson = (type: ColumnType): boolean => type === 'json' || type === 'jsonb';

export const isRange = (type: ColumnType): boolean => !isArray(type) && type.endsWith('range');

/** Whether `=`, `<`, grouping and ordering exist: `json` alone has no order (PostgreSQL manual §8.14). */
export const isComparable = (type: ColumnType): boolean => elementOf(type) !== 'json';

/** Whether `@>` and `<@` exist. */
export const hasContainment = (type: ColumnType): boolean =>
  type === 'jsonb' || isRange(type) || (isArray(type) && isComparable(type));

/** Whether `&&` exists. */
export const hasOverlap = (type: ColumnType): boolean => type !== 'jsonb' && hasContainment(type);

/** Whether text search can read it, by itself or through `to_tsvector`. */
export const isSearchable = (type: ColumnType): boolean =>
  type === 'tsvector' || isText(type) || isJson(type);

const AGGREGATED: Readonly<Record<Aggregate, (type: ColumnType) => boolean>> = {
  count: () => true,
  sum: (type) => isIn(type, [...NUMBERS, 'interval']),
  avg: (type) => isIn(type, [...NUMBERS, 'interval']),
  max: (type) =>
    isIn(type, [...TEXTS, ...NUMBERS, ...TIMES, 'inet']) || (isArray(type) && isComparable(type)),
  min: (type) =>
    isIn(type, [...TEXTS, ...NUMBERS, ...TIMES, 'inet']) || (isArray(type) && isComparable(type)),
};

/** Whether PostgreSQL 15 and later have the aggregate for the type. */
export const hasAggregate = (aggregate: Aggregate, type: ColumnType): boolean => AGGREGATED[aggregate](type);

/** What an aggregate gives: PostgreSQL manual §9.21. */
export const typeOfAggregate = (aggregate: Aggregate, type: ColumnType): ColumnType => {
  if (aggregate === 'count') return 'int8';
  if (aggregate === 'max' || aggregate === 'min') return isText(type) && type !== 'bpchar' ? 'text' : type;
  if (type === 'interval') return type;
  const isFloat = type === 'float4' || type === 'float8';
  if (aggregate === 'avg') return isFloat ? 'float8' : 'numeric';
  if (isFloat) return type;
  return type === 'int2' || type === 'int4' ? 'int8' : 'numeric';
};

const TIME_CASTS: Readonly<Partial<Record<ColumnType, readonly BaseType[]>>> = {
  date: ['timestamp', 'timestamptz'],
  timestamp: ['date', 'time', 'timestamptz'],
  timestamptz: ['date', 'time', 'timetz', 'timestamp'],
  time: ['interval', 'timetz'],
  timetz: ['time'],
  interval: ['time'],
};

/** Whether the cast goes from type to type; all others go through text, which always exists. */
export const castsDirectly = (from: ColumnType, to: BaseType): boolean =>
  to === 'text' ||
  from === to ||
  (isIn(from, NUMBERS) && isIn(to, NUMBERS)) ||
  (isText(from) && isText(to)) ||
  (isJson(from) && isJson(to)) ||
  (TIME_CASTS[from]?.includes(to) ?? false);
