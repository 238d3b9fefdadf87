/** PostgreSQL types that our statements may use, and how their values look in TypeScript. */
import pg from 'pg';

/** TypeScript value by PostgreSQL type name. */
export interface TypeMap {
  text: string;
  int2: number;
  int4: number;
  /** A number, since our counters stay far below 2^53; a value beyond is an error, never rounded. */
  int8: number;
  float8: number;
  bool: boolean;
  timestamptz: Date;
  /** `YYYY-MM-DD`: a day has no time zone, a Date has. */
  date: string;
  bytea: Buffer;
  jsonb: unknown;
  /** What a function without a result gives. */
  void: unknown;
  'text[]': readonly string[];
  'bool[]': readonly boolean[];
  'int8[]': readonly number[];
  'date[]': readonly string[];
}

export type TypeName = keyof TypeMap;
/** A trailing `?` marks what may be null. */
export type ColumnType = TypeName | `${TypeName}?`;

export type ValueOf<Type extends ColumnType> = Type extends `${infer Name extends TypeName}?`
  ? TypeMap[Name] | null
  : Type extends TypeName
    ? TypeMap[Type]
    : never;

/** Object ids from `pg_type.dat`; they never change. */
export const TYPE_OIDS: Readonly<Record<TypeName, number>> = {
  text: 25,
  int2: 21,
  int4: 23,
  int8: 20,
  float8: 701,
  bool: 16,
  timestamptz: 1184,
  date: 1082,
  bytea: 17,
  jsonb: 3802,
  void: 2278,
  'text[]': 1009,
  'bool[]': 1000,
  'int8[]': 1016,
  'date[]': 1182,
};

const parseInt8 = (text: string): number => {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError('An int8 from the database is beyond 2^53.');
  return value;
};

/** As `pg` has it; its own type asks for an enum that does not exist at run time. */
const defaultParser = pg.types.getTypeParser as (
  oid: number,
  format?: 'text' | 'binary',
) => (value: string) => unknown;

const parseArray = defaultParser(TYPE_OIDS['text[]']) as (text: string) => string[];

const PARSERS: ReadonlyMap<number, (text: string) => unknown> = new Map<number, (text: string) => unknown>([
  [TYPE_OIDS.int8, parseInt8],
  [TYPE_OIDS.date, (text) => text],
  [TYPE_OIDS['int8[]'], (text) => parseArray(text).map(parseInt8)],
  [TYPE_OIDS['date[]'], parseArray],
]);

/** Given to every connection; what is not ours is as `pg` has it. */
export const typeParsers: pg.CustomTypesConfig = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') => PARSERS.get(oid) ?? defaultParser(oid, format),
};
