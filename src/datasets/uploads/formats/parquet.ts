/** Rows of Parquet: one row group at a time, values as exact texts, never through a double where they are none. */
import {
  parquetMetadataAsync,
  parquetReadObjects,
  parquetSchema,
  type AsyncBuffer,
  type FileMetaData,
  type SchemaTree,
} from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { NESTED, STRING, type Batch } from './batch.ts';
import {
  LARGEST_FOOTER,
  LARGEST_PAGE,
  LARGEST_ROW_GROUP,
  LONGEST_CELL,
  MOST_COLUMNS,
  MOST_RATIO,
} from './bounds.ts';
import type { ByteSource } from './contract.ts';
import { FormatError } from './format-error.ts';
import type { FoundType } from './found-type.ts';
import { float8Text } from './printed-forms.ts';
import { createRowWriter } from './row-writer.ts';

const invalid = (): FormatError =>
  new FormatError('parquet_invalid', 'this is no Parquet file that can be read');
const tooLarge = (what: string): FormatError => new FormatError('parquet_too_large', what);

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

const PARSERS = {
  timestampFromMilliseconds: (value: bigint) => new Moment(value, 1_000_000n),
  timestampFromMicroseconds: (value: bigint) => new Moment(value, 1000n),
  timestampFromNanoseconds: (value: bigint) => new Moment(value, 1n),
  dateFromDays: (days: number) => new Date(days * DAY_MS),
  stringFromBytes: plainDecoder,
  jsonFromBytes: plainDecoder,
};

/** What writers note of the least and greatest values may be cut anywhere, or be no text at all; nobody asks for it here. */
const FOOTER_PARSERS = { ...PARSERS, stringFromBytes: () => undefined, jsonFromBytes: () => undefined };

const pad = (value: number | bigint, size: number): string => String(value).padStart(size, '0');

const dayText = (date: Date): string => {
  const year = date.getUTCFullYear();
  if (Number.isNaN(year)) throw invalid();
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

interface Column {
  readonly name: string;
  readonly type: FoundType;
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

const columnOf = ({ element, children }: SchemaTree): Column => {
  const { name, type, converted_type: converted, logical_type: logical, scale = 0 } = element;
  // Its type says that there is one; a broken footer has none.
  if (typeof (name as unknown) !== 'string') throw invalid();
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

/** What is written in a file about its own sizes is checked before any of it is believed; packed pages once more. */
const checkSizes = (metadata: FileMetaData, size: number): void => {
  for (const group of metadata.row_groups) {
    let sum = 0;
    for (const { meta_data: data } of group.columns) {
      if (data === undefined) throw invalid();
      const unpacked = Number(data.total_uncompressed_size);
      const start = Number(data.dictionary_page_offset ?? data.data_page_offset);
      if (!(unpacked >= 0 && start >= 0 && start + Number(data.total_compressed_size) <= size))
        throw invalid();
      sum += unpacked;
    }
    if (sum > LARGEST_ROW_GROUP)
      throw tooLarge(`a row group is larger than ${LARGEST_ROW_GROUP} bytes unpacked`);
    if (Number(group.num_rows) > LARGEST_ROW_GROUP / 8) throw tooLarge('a row group has too many rows');
  }
};

const bounded = Object.fromEntries(
  Object.entries(compressors).map(([codec, unpack]) => [
    codec,
    (input: Uint8Array, length: number) => {
      if (length > LARGEST_PAGE) throw tooLarge(`a page is larger than ${LARGEST_PAGE} bytes unpacked`);
      return unpack(input, length);
    },
  ]),
);

/** Rows that are made into objects at once. */
const STEP = 10_000;

/** Bytes of a row group that are kept while its rows are read. */
const MOST_HELD = 64 * 1024 * 1024;

/** A text of a dictionary may stand in millions of rows: what is made of a file is bounded by this, or its own size many times. */
const MOST_MADE = 1024 * 1024 * 1024;

interface OpenParquet {
  readonly batches: AsyncIterable<Batch>;
  readonly headings: readonly string[];
  readonly declared: readonly FoundType[];
  readonly said: readonly (string | undefined)[];
}

/** What our own downloads say of the types of their columns (src/services/datasets/export). Anybody can write it. */
const saidTypes = (
  { key_value_metadata: pairs = [] }: FileMetaData,
  columns: readonly Column[],
): readonly (string | undefined)[] => {
  const value = pairs.find(({ key }) => key === 'vouchsafe.types')?.value;
  if (value === undefined) return [];
  try {
    const types = new Map(
      (JSON.parse(value) as unknown[]).flatMap((one): [string, string][] =>
        Array.isArray(one) && typeof one[0] === 'string' && typeof one[1] === 'string'
          ? [[one[0], one[1]]]
          : [],
      ),
    );
    return columns.map(({ name }) => types.get(name));
  } catch {
    return [];
  }
};

/** A broken file may hold values of another kind than its columns say. */
const textOf = (text: (value: never) => string, value: unknown): string => {
  try {
    return text(value as never);
  } catch (error) {
    throw error instanceof FormatError ? error : invalid();
  }
};

/** Throws FormatError parquet_invalid, parquet_too_large, too_many_columns, cell_too_long. */
export const openParquet = async (source: ByteSource): Promise<OpenParquet> => {
  const own = async <Value>(work: () => Promise<Value>): Promise<Value> => {
    try {
      return await work();
    } catch (error) {
      // Whatever a broken file makes the library throw; what the source itself throws is not ours.
      if (error instanceof FormatError || lost !== undefined) throw lost ?? error;
      throw invalid();
    }
  };
  let lost: unknown;
  /** Bytes of the row group that is read, for they are asked for once every `STEP` rows. */
  const held = new Map<string, ArrayBuffer>();
  let heldBytes = 0;
  const file: AsyncBuffer = {
    byteLength: source.length,
    slice: async (start, end = source.length) => {
      if (end - start > LARGEST_ROW_GROUP) throw tooLarge('a part of the file is too large');
      const there = held.get(`${start}-${end}`);
      if (there !== undefined) return there;
      const bytes = await source.read(start, end).catch((error: unknown) => {
        lost = error;
        throw error;
      });
      const { buffer } = new Uint8Array(bytes);
      if (heldBytes + buffer.byteLength <= MOST_HELD) {
        held.set(`${start}-${end}`, buffer);
        heldBytes += buffer.byteLength;
      }
      return buffer;
    },
  };
  if (source.length < 12) throw invalid();
  const tail = Buffer.from(await source.read(source.length - 8, source.length));
  if (tail.toString('latin1', 4) !== 'PAR1' || tail.readUInt32LE(0) > source.length - 12) throw invalid();
  if (tail.readUInt32LE(0) > LARGEST_FOOTER)
    throw tooLarge(`the footer is larger than ${LARGEST_FOOTER} bytes`);
  const metadata = await own(() =>
    parquetMetadataAsync(file, { parsers: FOOTER_PARSERS, geoparquet: false }),
  );
  const columns = await own(async () => {
    checkSizes(metadata, source.length);
    const { children } = await Promise.resolve(parquetSchema(metadata));
    if (children.length > MOST_COLUMNS)
      throw new FormatError('too_many_columns', `there are more than ${MOST_COLUMNS} columns`);
    // The library would divide by a power of ten, in doubles.
    for (const element of metadata.schema) {
      const logical = element.logical_type;
      if (logical?.type === 'DECIMAL') element.scale = logical.scale;
    }
    const made = children.map(columnOf);
    for (const element of metadata.schema)
      if (element.converted_type === 'DECIMAL' || element.logical_type?.type === 'DECIMAL') {
        delete element.converted_type;
        delete element.logical_type;
      }
    return made;
  });
  const batches = async function* (): AsyncGenerator<Batch> {
    const writer = createRowWriter();
    let row = 0;
    let made = 0;
    const mostMade = Math.max(MOST_MADE, source.length * MOST_RATIO);
    for (const group of metadata.row_groups) {
      const end = row + Number(group.num_rows);
      const last = group.columns.at(-1)?.meta_data;
      const read = Number(last?.data_page_offset ?? 0) + Number(last?.total_compressed_size ?? 0);
      for (; row < end; row += STEP) {
        const rowEnd = Math.min(end, row + STEP);
        const rowStart = row;
        const objects = await own(() =>
          parquetReadObjects({
            file,
            metadata,
            rowStart,
            rowEnd,
            utf8: false,
            compressors: bounded,
            parsers: PARSERS,
            geoparquet: false,
          }),
        );
        for (const [index, object] of objects.entries()) {
          for (const { name, type, text } of columns) {
            const value: unknown = object[name];
            const shown = value === undefined || value === null ? null : textOf(text, value);
            if (shown !== null && shown.length > LONGEST_CELL)
              throw new FormatError('cell_too_long', `a cell is longer than ${LONGEST_CELL} bytes`, {
                line: rowStart + index + 1,
              });
            made += shown?.length ?? 0;
            if (made > mostMade) throw tooLarge('the rows are far larger than their file');
            writer.cell(shown, type === 'json' ? NESTED : type === 'text' ? STRING : 0);
          }
          writer.row(rowStart + index + 1, rowStart + index);
          if (writer.isFull()) yield writer.take(read);
        }
        yield writer.take(read);
      }
      row = end;
      held.clear();
      heldBytes = 0;
    }
  };
  return {
    batches: batches(),
    headings: columns.map(({ name }) => name),
    declared: columns.map(({ type }) => type),
    said: saidTypes(metadata, columns),
  };
};
