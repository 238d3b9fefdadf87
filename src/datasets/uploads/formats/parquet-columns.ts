/** Columns of Parquet: their types, and the exact text of each value, never through a double where it is none. */
import type { ParquetParsers, SchemaElement, SchemaTree } from 'hyparquet';
import type { FoundType } from './found-type.ts';
import { invalidParquet, parquetTooLarge } from './parquet-errors.ts';
import { Day, dayText, Moment, momentText, timeText } from './parquet-times.ts';
import { float8Text } from './printed-forms.ts';

const decoder = new TextDecoder('utf-8', { ignoreBOM: true, fatal: true });
const plainDecoder = (bytes: Uint8Array | undefined): unknown =>
  bytes === undefined ? bytes : decoder.decode(bytes);

/** What the library makes of values before `Column.text` is asked. */
export const PARSERS: Partial<ParquetParsers> = {
  timestampFromMilliseconds: (value: bigint) => new Moment(value, 1_000_000n),
  timestampFromMicroseconds: (value: bigint) => new Moment(value, 1000n),
  timestampFromNanoseconds: (value: bigint) => new Moment(value, 1n),
  dateFromDays: (days: number) => new Day(days),
  stringFromBytes: plainDecoder,
  jsonFromBytes: plainDecoder,
  // Well-known binary stays what it is.
  geometryFromBytes: (bytes: Uint8Array) => bytes,
  geographyFromBytes: (bytes: Uint8Array) => bytes,
};

/** What writers note of the least and greatest values may be cut anywhere, or be no text at all; nobody asks for it here. */
export const FOOTER_PARSERS: Partial<ParquetParsers> = {
  ...PARSERS,
  stringFromBytes: () => undefined,
  jsonFromBytes: () => undefined,
};

const pad = (value: number | bigint, size: number): string => String(value).padStart(size, '0');

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

/** Digits of a decimal; the time that it takes to write one grows faster than they do. */
const MOST_DIGITS = 1000;
const MOST_DECIMAL_BYTES = Math.ceil((MOST_DIGITS * Math.log2(10)) / 8);

/** The scale is “zero or a positive integer less than or equal to the precision” (LogicalTypes.md, “DECIMAL”). Throws parquet_invalid. */
const asDecimal = (scale: number, precision = MOST_DIGITS): Column['text'] => {
  if (!(scale >= 0 && scale <= precision && scale <= MOST_DIGITS)) throw invalidParquet();
  return (value) => {
    if (!(value instanceof Uint8Array)) return decimalText(BigInt(value as number | bigint), scale);
    if (value.length > MOST_DECIMAL_BYTES)
      throw parquetTooLarge(`a decimal has more than ${MOST_DIGITS} digits`);
    return decimalText(bigOf(value), scale);
  };
};

/** Bytes of what is always as long (LogicalTypes.md). */
const LENGTHS: Readonly<Record<string, number>> = { UUID: 16, FLOAT16: 2 };

/** Throws parquet_invalid where a value could not be what its column says. */
const checkLength = ({ type, type_length: length = 0 }: SchemaElement, kind: string | undefined): void => {
  const wanted = LENGTHS[kind ?? ''];
  const isFixed = type === 'FIXED_LEN_BYTE_ARRAY';
  if (isFixed && !(length >= 1)) throw invalidParquet();
  if (wanted !== undefined && !(isFixed && length === wanted)) throw invalidParquet();
};

/** Throws parquet_invalid. */
export const columnOf = ({ element, children }: SchemaTree): Column => {
  const { name, type, converted_type: converted, logical_type: logical, scale = 0, precision } = element;
  // Its type says that there is one; a broken footer has none.
  if (typeof (name as unknown) !== 'string') throw invalidParquet();
  const column = (found: FoundType, text: (value: unknown) => string): Column => ({
    name,
    type: found,
    text,
  });
  // It has no values of its own, but its leaves do.
  if (children.length > 0 || element.repetition_type === 'REPEATED')
    return column('json', () => {
      throw invalidParquet();
    });
  const kind = logical?.type ?? converted;
  checkLength(element, kind);
  if (logical?.type === 'DECIMAL') return column('numeric', asDecimal(logical.scale, logical.precision));
  if (kind === 'DECIMAL') return column('numeric', asDecimal(scale, precision));
  if (kind === 'DATE') return column('date', (value) => dayText(value as Day));
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
  return column('bytea', (value) => {
    if (!(value instanceof Uint8Array)) throw invalidParquet();
    return `\\x${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex')}`;
  });
};

const shortest = (value: number): number => {
  if (!Number.isFinite(value)) return value;
  for (let digits = 6; digits <= 9; digits += 1) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return value;
};
