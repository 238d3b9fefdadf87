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
/** A group is held while it is collected and once more while it is written. */
const GROUP_BYTES = 8 * 1024 * 1024;
const GROUP_ROWS = 50_000;

/** Whether the column lies there in units of its own (`CellForm` parquet), or as its text. */
export const isInUnits = ({ type, facts }: DownloadColumn): boolean =>
  type === 'bytea' ||
  (facts?.isPlainTime === true && (type === 'date' || type === 'timestamp' || type === 'timestamptz'));

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
    let data: unknown[][] = layouts.map(() => []);
    let [rows, size] = [0, 0];

    /** What was written since the last time; the writer goes on counting from the beginning of the file. */
    const take = (): Uint8Array => {
      const made = bytes.getBytes().slice();
      bytes.index = 0;
      return made;
    };

    const writeGroup = (): void => {
      if (rows === 0) return;
      const columnData = layouts.map(({ element: { name } }, index) => ({ name, data: data[index] ?? [] }));
      // Nothing waits: its `flush` is left out.
      void writer.write({ columnData, rowGroupSize: rows });
      data = layouts.map(() => []);
      [rows, size] = [0, 0];
    };

    const add = (cells: Cells): void => {
      for (const [index, { read }] of layouts.entries()) {
        const cell = cells[index] ?? null;
        data[index]?.push(cell === null ? null : read(cell));
        size += cell?.length ?? 0;
      }
      rows += 1;
      if (rows >= GROUP_ROWS || size >= GROUP_BYTES) writeGroup();
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
