/** Apache Parquet, a group of rows at a time: whole numbers, decimals, days and moments exact, everything else as text. */
import { ByteWriter, ParquetWriter, type SchemaElement } from 'hyparquet-writer';
import type { Cells, DownloadColumn, FormatKind } from './format-writer.ts';

/** How a column lies in the file. */
interface Layout {
  readonly element: SchemaElement;
  readonly read: (cell: string) => unknown;
}

const asText = (cell: string): unknown => cell;

/** The widest decimal that readers agree on: 38 digits in sixteen bytes (Parquet, "LogicalTypes", DECIMAL). */
const DECIMAL_DIGITS = 38;

const layoutOf = ({ name, type, facts }: DownloadColumn): Layout => {
  const element = (changes: Omit<SchemaElement, 'name' | 'repetition_type'>): SchemaElement => ({
    name,
    repetition_type: 'OPTIONAL',
    ...changes,
  });
  if (type === 'bool') return { element: element({ type: 'BOOLEAN' }), read: (cell) => cell === 'true' };
  if (type === 'int2' || type === 'int4') return { element: element({ type: 'INT32' }), read: Number };
  if (type === 'int8') return { element: element({ type: 'INT64' }), read: BigInt };
  if (type === 'float4') return { element: element({ type: 'FLOAT' }), read: Number };
  if (type === 'float8') return { element: element({ type: 'DOUBLE' }), read: Number };
  if (type === 'bytea')
    return { element: element({ type: 'BYTE_ARRAY' }), read: (cell) => Buffer.from(cell, 'hex') };
  if (type === 'numeric' && facts?.scale !== undefined) {
    const { scale } = facts;
    return {
      element: element({
        type: 'FIXED_LEN_BYTE_ARRAY',
        type_length: 16,
        converted_type: 'DECIMAL',
        scale,
        precision: DECIMAL_DIGITS,
      }),
      read: (cell) => BigInt(cell.replace('.', '')),
    };
  }
  if (type === 'date' && facts?.isPlainTime === true)
    return { element: element({ type: 'INT32', converted_type: 'DATE' }), read: Number };
  if ((type === 'timestamp' || type === 'timestamptz') && facts?.isPlainTime === true) {
    const isAdjustedToUTC = type === 'timestamptz';
    return {
      element: element({
        type: 'INT64',
        logical_type: { type: 'TIMESTAMP', isAdjustedToUTC, unit: 'MICROS' },
      }),
      read: BigInt,
    };
  }
  return { element: element({ type: 'BYTE_ARRAY', converted_type: 'UTF8' }), read: asText };
};

const BATCH_BYTES = 1024 * 1024;
/** Of the heap, about: a group is held while it is collected, and two or three times more while it is written. */
const GROUP_BYTES = 3 * 1024 * 1024;
/** Of each column, so that a wide file is not cut into groups whose descriptions, held until its end, outgrow them. */
const COLUMN_BYTES = 32 * 1024;
/** What a value takes besides its letters, in its list and as an object of its own. */
const VALUE_BYTES = 48;
/** A decimal becomes an array of bytes before it is written. */
const DECIMAL_BYTES = 200;
/** Distinct values of one column that are looked for in a group; a column that has more of them is written plainly. */
const DICTIONARY_BYTES = 512 * 1024;
/** Letters of the longest value that may become the smallest or largest of its group: these are held until the end of the file. */
const LONGEST_BOUND = 256;

export const PARQUET: FormatKind = {
  contentType: 'application/vnd.apache.parquet',
  cells: 'parquet',
  batchBytes: BATCH_BYTES,
  open: (columns) => {
    const layouts = columns.map(layoutOf);
    const bytes = new ByteWriter();
    const writer = new ParquetWriter({
      writer: bytes,
      schema: [{ name: 'root', num_children: columns.length }, ...layouts.map(({ element }) => element)],
      createdBy: 'vouchsafe',
      kvMetadata: [
        { key: 'vouchsafe.types', value: JSON.stringify(columns.map(({ name, type }) => [name, type])) },
      ],
    });
    const overhead = layouts.reduce(
      (sum, { element }) => sum + (element.converted_type === 'DECIMAL' ? DECIMAL_BYTES : VALUE_BYTES),
      0,
    );
    const groupBytes = Math.max(GROUP_BYTES, layouts.length * COLUMN_BYTES);
    let data: unknown[][] = layouts.map(() => []);
    let longest = layouts.map(() => 0);
    let [rows, size] = [0, 0];

    /** What was written since the last time; the writer goes on counting from the beginning of the file. */
    const take = (): Uint8Array => {
      const made = bytes.getBytes().slice();
      bytes.index = 0;
      return made;
    };

    const writeGroup = (): void => {
      if (rows === 0) return;
      const columnData = layouts.map(({ element: { name } }, index) => ({
        name,
        data: data[index] ?? [],
        statistics: (longest[index] ?? 0) <= LONGEST_BOUND,
      }));
      // Nothing waits: its `flush` is left out.
      void writer.write({ columnData, rowGroupSize: rows, dictionarySize: DICTIONARY_BYTES });
      data = layouts.map(() => []);
      longest = layouts.map(() => 0);
      [rows, size] = [0, 0];
    };

    const add = (cells: Cells): void => {
      for (const [index, { read }] of layouts.entries()) {
        const cell = cells[index] ?? null;
        data[index]?.push(cell === null ? null : read(cell));
        const length = cell?.length ?? 0;
        size += length;
        if (length > (longest[index] ?? 0)) longest[index] = length;
      }
      rows += 1;
      size += overhead;
      if (size >= groupBytes) writeGroup();
    };

    return {
      begin: take,
      write: (some) => {
        for (const cells of some) add(cells);
        return take();
      },
      end: () => {
        writeGroup();
        void writer.finish();
        return take();
      },
    };
  },
};
