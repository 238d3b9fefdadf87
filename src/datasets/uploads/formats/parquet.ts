/** Rows of Parquet: of each column the page that is read just now, so that memory depends on no row group. */
import {
  parquetMetadataAsync,
  parquetReadObjects,
  parquetSchema,
  type AsyncBuffer,
  type FileMetaData,
  type RowGroup,
  type SchemaTree,
} from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { DEFAULT_PARSERS } from 'hyparquet/src/convert.js';
import { NESTED, STRING, type Batch } from './batch.ts';
import {
  LARGEST_FOOTER,
  LARGEST_NESTED,
  LARGEST_PAGE,
  LONGEST_CELL,
  MOST_CHUNKS,
  MOST_COLUMNS,
  MOST_NESTED_VALUES,
  MOST_RATIO,
} from './bounds.ts';
import type { ByteSource } from './contract.ts';
import { FormatError } from './format-error.ts';
import type { FoundType } from './found-type.ts';
import { createRoom, openChunk, rangeOf, type Chunk, type ReadBytes, type Room } from './parquet-chunk.ts';
import { columnOf, FOOTER_PARSERS, PARSERS, type Column } from './parquet-columns.ts';
import { invalidParquet, parquetTooLarge } from './parquet-errors.ts';
import { createRowWriter } from './row-writer.ts';

/** What is written in a file about its own sizes is checked before any of it is believed; each page is once more. */
const checkSizes = (metadata: FileMetaData, size: number): void => {
  let chunks = 0;
  for (const group of metadata.row_groups) {
    chunks += group.columns.length;
    for (const { meta_data: meta, file_path: elsewhere } of group.columns) {
      if (meta === undefined || elsewhere) throw invalidParquet();
      const [start, end] = rangeOf(meta);
      if (!(start >= 0 && end >= start && end <= size)) throw invalidParquet();
    }
    if (!(Number(group.num_rows) >= 0)) throw invalidParquet();
  }
  if (chunks > MOST_CHUNKS)
    throw parquetTooLarge(
      `there are more than ${MOST_CHUNKS} columns of row groups: write the file with more rows in a row group`,
    );
};

const bounded = Object.fromEntries(
  Object.entries(compressors).map(([codec, unpack]) => [
    codec,
    (input: Uint8Array, length: number) => {
      if (length > LARGEST_PAGE)
        throw parquetTooLarge(
          `a page is larger than ${LARGEST_PAGE} bytes unpacked: write the file with smaller pages`,
        );
      return unpack(input, length);
    },
  ]),
);

/** Rows whose values are made at once, at most; and cells. */
const STEP_ROWS = 10_000;
const STEP_CELLS = 100_000;

/** Columns that are lists or have members are read whole, one row group at a time, as often as this. */
const NESTED_READS = 8;

/** A row group that is not larger is read at once; of others a window of each column. */
const WHOLE_BYTES = 8 * 1024 * 1024;
const LARGEST_WINDOW = 256 * 1024;

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
    throw error instanceof FormatError ? error : invalidParquet();
  }
};

/** The file's bytes as the library asks for them; what the source throws is told apart from what a broken file does. */
const openBytes = (source: ByteSource) => {
  let lost: { readonly error: unknown } | undefined;
  const read: ReadBytes = async (from, to) => {
    const bytes = await source.read(from, to).catch((error: unknown) => {
      lost = { error };
      throw error;
    });
    if (bytes.length !== to - from) throw invalidParquet();
    return bytes;
  };
  const file: AsyncBuffer = {
    byteLength: source.length,
    slice: async (start, end = source.length) => {
      if (end - start > LARGEST_NESTED) throw parquetTooLarge('a part of the file is too large');
      return new Uint8Array(await read(start, end)).buffer;
    },
  };
  const own = async <Value>(work: () => Value | Promise<Value>): Promise<Value> => {
    try {
      return await work();
    } catch (error) {
      if (lost !== undefined) throw lost.error;
      throw error instanceof FormatError ? error : invalidParquet();
    }
  };
  return { read, file, own };
};

interface Tree {
  readonly root: SchemaTree;
  readonly columns: readonly Column[];
}

/** Throws too_many_columns, parquet_invalid. */
const readSchema = (metadata: FileMetaData): Tree => {
  const root = parquetSchema(metadata);
  if (root.children.length > MOST_COLUMNS)
    throw new FormatError('too_many_columns', `there are more than ${MOST_COLUMNS} columns`);
  // The library would divide by a power of ten, in doubles.
  for (const element of metadata.schema) {
    const logical = element.logical_type;
    if (logical?.type === 'DECIMAL') element.scale = logical.scale;
  }
  const columns = root.children.map(columnOf);
  for (const element of metadata.schema)
    if (element.converted_type === 'DECIMAL' || element.logical_type?.type === 'DECIMAL') {
      delete element.converted_type;
      delete element.logical_type;
    }
  return { root, columns };
};

const isNested = ({ element, children }: SchemaTree): boolean =>
  children.length > 0 || element.repetition_type === 'REPEATED';

/** Columns that are read whole have to be small. */
const checkNested = (group: RowGroup, names: ReadonlySet<string>): void => {
  let [bytes, values] = [0, 0];
  for (const { meta_data: meta } of group.columns) {
    if (meta === undefined || !names.has(meta.path_in_schema[0] ?? '')) continue;
    bytes += Math.max(Number(meta.total_uncompressed_size), Number(meta.total_compressed_size));
    values += Number(meta.num_values);
  }
  if (!(bytes <= LARGEST_NESTED && values <= MOST_NESTED_VALUES))
    throw parquetTooLarge(
      `lists and structs of one row group are larger than ${LARGEST_NESTED} bytes or have more than ${MOST_NESTED_VALUES} values: write the file with fewer rows in a row group`,
    );
};

interface GroupParts {
  readonly group: RowGroup;
  readonly root: SchemaTree;
  readonly read: ReadBytes;
  readonly room: Room;
}

const leavesOf = ({ children }: SchemaTree): number =>
  children.length === 0 ? 1 : children.reduce((sum, child) => sum + leavesOf(child), 0);

/** The chunks of the columns that are neither list nor struct, by the column's place. */
const openChunks = async ({ group, root, read, room }: GroupParts): Promise<Map<number, Chunk>> => {
  const ranges = group.columns.map(({ meta_data: meta }) => (meta === undefined ? [0, 0] : rangeOf(meta)));
  const [start, end] = [
    Math.min(...ranges.map(([from]) => from ?? 0)),
    Math.max(...ranges.map(([, to]) => to ?? 0)),
  ];
  const whole = end - start <= WHOLE_BYTES && end > start ? await read(start, end) : undefined;
  const readHere: ReadBytes =
    whole === undefined ? read : (from, to) => Promise.resolve(whole.subarray(from - start, to - start));
  const windowBytes = Math.min(LARGEST_WINDOW, Math.floor(WHOLE_BYTES / Math.max(1, group.columns.length)));
  const chunks = new Map<number, Chunk>();
  let leaf = 0;
  for (const [index, tree] of root.children.entries()) {
    const place = leaf;
    leaf += leavesOf(tree);
    if (isNested(tree)) continue;
    const { name } = tree.element;
    const isIt = (column: RowGroup['columns'][number] | undefined): boolean =>
      column?.meta_data?.path_in_schema.length === 1 && column.meta_data.path_in_schema[0] === name;
    const inPlace = group.columns[place];
    const meta = (isIt(inPlace) ? inPlace : group.columns.find(isIt))?.meta_data;
    if (meta === undefined) throw invalidParquet();
    const decoder = {
      pathInSchema: meta.path_in_schema,
      type: meta.type,
      element: tree.element,
      schemaPath: [root, tree],
      codec: meta.codec,
      parsers: { ...DEFAULT_PARSERS, ...PARSERS },
      compressors: bounded,
      utf8: false,
    };
    chunks.set(index, openChunk({ read: readHere, meta, decoder, room, windowBytes }));
  }
  return chunks;
};

/** Throws FormatError parquet_invalid, parquet_too_large, too_many_columns, cell_too_long. */
export const openParquet = async (source: ByteSource): Promise<OpenParquet> => {
  if (source.length < 12) throw invalidParquet();
  const { read, file, own } = openBytes(source);
  const tail = Buffer.from(await source.read(source.length - 8, source.length));
  if (tail.toString('latin1', 4) !== 'PAR1' || tail.readUInt32LE(0) > source.length - 12)
    throw invalidParquet();
  if (tail.readUInt32LE(0) > LARGEST_FOOTER)
    throw parquetTooLarge(
      `the footer is larger than ${LARGEST_FOOTER} bytes: write the file with more rows in a row group`,
    );
  const metadata = await own(() =>
    parquetMetadataAsync(file, { parsers: FOOTER_PARSERS, geoparquet: false }),
  );
  const { root, columns } = await own(() => {
    checkSizes(metadata, source.length);
    return readSchema(metadata);
  });
  const nested = new Set(root.children.filter(isNested).map(({ element }) => element.name));
  const stepRows = Math.max(1, Math.min(STEP_ROWS, Math.floor(STEP_CELLS / Math.max(1, columns.length))));

  const readNested = (rowStart: number, rowEnd: number): Promise<Record<string, unknown>[]> =>
    own(() =>
      parquetReadObjects({
        file,
        metadata,
        columns: [...nested],
        rowStart,
        rowEnd,
        utf8: false,
        compressors: bounded,
        parsers: PARSERS,
        geoparquet: false,
      }),
    );

  const batches = async function* (): AsyncGenerator<Batch> {
    const writer = createRowWriter();
    const room = createRoom();
    const values: unknown[][] = columns.map(() => []);
    const mostMade = Math.max(MOST_MADE, source.length * MOST_RATIO);
    let made = 0;
    let first = 0;
    for (const group of metadata.row_groups) {
      const rows = columns.length === 0 ? 0 : Number(group.num_rows);
      if (rows === 0) continue;
      if (nested.size > 0) checkNested(group, nested);
      const chunks = await own(() => openChunks({ group, root, read, room }));
      const readTo = Math.max(
        0,
        ...group.columns.map(({ meta_data: meta }) => (meta === undefined ? 0 : rangeOf(meta)[1])),
      );
      const nestedRows = Math.max(stepRows, Math.ceil(rows / NESTED_READS));
      let objects: Record<string, unknown>[] = [];
      let objectsFrom = 0;
      for (let row = 0; row < rows; row += stepRows) {
        const count = Math.min(stepRows, rows - row);
        await own(async () => {
          for (const [index, chunk] of chunks) await chunk.take(count, values[index] ?? []);
        });
        for (let one = 0; one < count; one += 1) {
          const number = first + row + one;
          if (nested.size > 0 && row + one >= objectsFrom + objects.length) {
            objectsFrom = row + one;
            objects = await readNested(number, Math.min(first + rows, number + nestedRows));
            if (objects.length === 0) throw invalidParquet();
          }
          for (const [index, { name, type, text }] of columns.entries()) {
            const value: unknown = chunks.has(index)
              ? values[index]?.[one]
              : objects[row + one - objectsFrom]?.[name];
            const shown = value === undefined || value === null ? null : textOf(text, value);
            if (shown !== null && shown.length > LONGEST_CELL)
              throw new FormatError('cell_too_long', `a cell is longer than ${LONGEST_CELL} bytes`, {
                line: number + 1,
              });
            made += shown?.length ?? 0;
            if (made > mostMade) throw parquetTooLarge('the rows are far larger than their file');
            writer.cell(shown, type === 'json' ? NESTED : type === 'text' ? STRING : 0);
          }
          writer.row(number + 1, number);
          if (writer.isFull()) yield writer.take(readTo);
        }
        yield writer.take(readTo);
      }
      for (const chunk of chunks.values()) chunk.close();
      first += rows;
    }
  };
  return {
    batches: batches(),
    headings: columns.map(({ name }) => name),
    declared: columns.map(({ type }) => type),
    said: saidTypes(metadata, columns),
  };
};
