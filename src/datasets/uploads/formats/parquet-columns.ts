/** Columns of Parquet: their types, and the exact text of each value, never through a double where it is none. */
import type { ParquetParsers, SchemaTree } from 'hyparquet';
import type { FoundType } from './found-type.ts';
import { invalidParquet } from './parquet-errors.ts';
import { float8Text } from './printed-forms.ts';

/** A moment that is still a whole number: of days, milliseconds, microseconds or nanoseconds since 1970. */
class Moment {
  readonly unit: bigint;
  readonly value: bigint;
  constructor(value: bigint, unit: bigint) {
    this.value = value;
    this.unit = unit;
  }
}

const NANOS = 1_000_000_000n;
const DAY_MS = 86_400_000;
const decoder = new TextDecoder('utf-8', { ignoreBOM: true, fatal: true });
const plainDecoder = (bytes: Uint8Array | undefined): unknown =>
  bytes === undefined ? bytes : decoder.decode(bytes);

/** What the library makes of values before `Column.text` is asked. */
export const PARSERS: Partial<ParquetParsers> = {
  timestampFromMilliseconds: (value: bigint) => new Moment(value, 1_000_000n),
  timestampFromMicroseconds: (value: bigint) => new Moment(value, 1000n),
  timestampFromNanoseconds: (value: bigint) => new Moment(value, 1n),
  dateFromDays: (days: number) => new Date(days * DAY_MS),
  stringFromBytes: plainDecoder,
  jsonFromBytes: plainDecoder,
};

/** What writers note of the least and greatest values may be cut anywhere, or be no text at all; nobody asks for it here. */
export const FOOTER_PARSERS: Partial<ParquetParsers> = {
  ...PARSERS,
  stringFromBytes: () => undefined,
  jsonFromBytes: () => undefined,
};

const pad = (value: number | bigint, size: number): string => String(value).padStart(size, '0');

const dayText = (date: Date): string => {
  const year = date.getUTCFullYear();
  if (Number.isNaN(year)) throw invalidParquet();
  const shown = year > 0 ? pad(year, 4) : pad(1 - year, 4);
  return `${shown}-${pad(date.getUTCMonth() + 1, 2)}-${pad(date.getUTCDate(), 2)}${year > 0 ? '' : ' BC'}`;
};

const floorDivide = (value: bigint, by: bigint): bigint =>
  value >= 0n ? value / by : -((by - 1n - value) / by);

const momentText = ({ value, unit }: Moment, isUtc: boolean): string => {
  const nanos = value * unit;
  const seconds = floorDivide(nanos, NANOS);
  const fraction = pad(nanos - seconds * NANOS, 9).replace(/0+$/, '');
  const date = new Date(Number(seconds) * 1000);
  const clock = `${pad(date.getUTCHours(), 2)}:${pad(date.getUTCMinutes(), 2)}:${pad(date.getUTCSeconds(), 2)}`;
  return `${dayText(date)} ${clock}${fraction === '' ? '' : `.${fraction}`}${isUtc ? '+00' : ''}`;
};

const timeText = (value: bigint, unit: bigint): string =>
  momentText(new Moment(value, unit), false).slice(11);

const jsonOf = (value: unknown): string => {
  if (value === undefined || value === null) return 'null';
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : `"${value}"`;
  if (value instanceof Moment) return JSON.stringify(momentText(value, false));
  if (value instanceof Date) return JSON.stringify(dayText(value));
  if (value instanceof Uint8Array) return JSON.stringify(`\\x${Buffer.from(value).toString('hex')}`);
  if (Array.isArray(value)) return `[${value.map(jsonOf).join(',')}]`;
  if (typeof value === 'object')
    return `{${Object.entries(value)
      .map(([name, member]) => `${JSON.stringify(name)}:${jsonOf(member)}`)
      .join(',')}}`;
  return JSON.stringify(value);
};

/** A column of the file, nested or not. */
export interface Column {
  readonly name: string;
  readonly type: FoundType;
  /** The exact text of a value that is there; throws where it is of another kind than the column says. */
  text(value: unknown): string;
}

const decimalText = (unscaled: bigint, scale: number): string => {
  const digits = pad(unscaled < 0n ? -unscaled : unscaled, scale + 1);
  const cut = digits.length - scale;
  return `${unscaled < 0n ? '-' : ''}${digits.slice(0, cut)}${scale > 0 ? `.${digits.slice(cut)}` : ''}`;
};

/** Two's complement, the highest byte first (parquet-format, LogicalTypes.md). */
const bigOf = (bytes: Uint8Array): bigint =>
  bytes.length === 0
    ? 0n
    : BigInt.asIntN(bytes.length * 8, BigInt(`0x${Buffer.from(bytes).toString('hex')}`));

const asDecimal =
  (scale: number) =>
  (value: unknown): string =>
    decimalText(value instanceof Uint8Array ? bigOf(value) : BigInt(value as number | bigint), scale);

/** Throws parquet_invalid. */
export const columnOf = ({ element, children }: SchemaTree): Column => {
  const { name, type, converted_type: converted, logical_type: logical, scale = 0 } = element;
  // Its type says that there is one; a broken footer has none.
  if (typeof (name as unknown) !== 'string') throw invalidParquet();
  const column = (found: FoundType, text: (value: unknown) => string): Column => ({
    name,
    type: found,
    text,
  });
  if (children.length > 0 || element.repetition_type === 'REPEATED') return column('json', jsonOf);
  const kind = logical?.type ?? converted;
  if (logical?.type === 'DECIMAL') return column('numeric', asDecimal(logical.scale));
  if (kind === 'DECIMAL') return column('numeric', asDecimal(scale));
  if (kind === 'DATE') return column('date', (value) => dayText(value as Date));
  if (logical?.type === 'TIME') {
    const unit = { MILLIS: 1_000_000n, MICROS: 1000n, NANOS: 1n }[logical.unit];
    return column('time', (value) => timeText(BigInt(value as number), unit));
  }
  if (kind === 'TIME_MILLIS') return column('time', (value) => timeText(BigInt(value as number), 1_000_000n));
  if (kind === 'TIME_MICROS') return column('time', (value) => timeText(value as bigint, 1000n));
  const isUtc =
    logical?.type === 'TIMESTAMP' ? logical.isAdjustedToUTC : converted?.startsWith('TIMESTAMP') === true;
  if (kind?.startsWith('TIMESTAMP') === true || type === 'INT96')
    return column(isUtc ? 'timestamptz' : 'timestamp', (value) => momentText(value as Moment, isUtc));
  if (type === 'BOOLEAN') return column('bool', String);
  if (type === 'INT64') return column(kind === 'UINT_64' ? 'numeric' : 'int8', String);
  if (type === 'INT32') return column('int4', String);
  if (kind === 'UUID') return column('uuid', String);
  if (type === 'FLOAT')
    // The shortest digits of a float4 are what was meant; as a float8 they print the same.
    return column('float8', (value) => float8Text(shortest(value as number)));
  if (type === 'DOUBLE' || kind === 'FLOAT16')
    return column('float8', (value) => float8Text(value as number));
  if (kind === 'JSON') return column('text', String);
  if (kind === 'UTF8' || kind === 'STRING' || kind === 'ENUM') return column('text', String);
  return column('bytea', (value) =>
    value instanceof Uint8Array ? `\\x${Buffer.from(value).toString('hex')}` : jsonOf(value),
  );
};

const shortest = (value: number): number => {
  if (!Number.isFinite(value)) return value;
  for (let digits = 6; digits <= 9; digits += 1) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return value;
};
