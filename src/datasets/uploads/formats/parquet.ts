/** Rows of Parquet: of each column the page that is read just now, so that memory depends on no row group. */
import {
  parquetMetadataAsync,
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
  LARGEST_PAGE,
  LONGEST_CELL,
  MOST_CHUNKS,
  MOST_COLUMNS,
  MOST_RATIO,
} from './bounds.ts';
import type { ByteSource } from './contract.ts';
import { FormatError } from './format-error.ts';
import type { FoundType } from './found-type.ts';
import { createRoom, openChunk, rangeOf, type Chunk, type ReadBytes, type Room } from './parquet-chunk.ts';
import { columnOf, FOOTER_PARSERS, PARSERS, type Column } from './parquet-columns.ts';
import { invalidParquet, parquetTooLarge } from './parquet-errors.ts';
import { openLeaf, type OpenLeaf } from './parquet-leaf.ts';
import { planNested, type NestedPlan } from './parquet-nested.ts';
import type { Depth } from './parquet-page.ts';
import { checkThrift } from './parquet-thrift.ts';
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
const STEP_ROWS = 2000;
const STEP_CELLS = 100_000;
/** Bytes of those rows by what the footer says of all of them, so that long texts are few at once. */
const STEP_BYTES = 4 * 1024 * 1024;

/** A row group that is not larger is read at once; of others a window of each column. */
const WHOLE_BYTES = 8 * 1024 * 1024;
const LARGEST_WINDOW = 256 * 1024;

/** A text of a dictionary may stand in millions of rows: what is made of a file is bounded by this, or its own size many times. */
const MOST_MADE = 1024 * 1024 * 1024;
/** Pages may hold more than is read of them, but not without end. */
const UNPACKED_FOR_MADE = 8;
/** What a row and a cell count for besides their bytes: of nothing, too, a few bytes may say that there are millions. */
const ROW_COST = 24;
const CELL_COST = 1;

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
    slice: async (start, end = source.length) => new Uint8Array(await read(start, end)).buffer,
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
  /** How those columns are read that are lists or have members, by their place. */
  readonly nested: ReadonlyMap<number, NestedPlan>;
}

const isNested = ({ element, children }: SchemaTree): boolean =>
  children.length > 0 || element.repetition_type === 'REPEATED';

/** Throws too_many_columns, parquet_invalid, parquet_too_large. */
const readSchema = (metadata: FileMetaData): Tree => {
  const root = parquetSchema(metadata);
  if (root.children.length > MOST_COLUMNS)
    throw new FormatError('too_many_columns', `there are more than ${MOST_COLUMNS} columns`);
  for (const element of metadata.schema) {
    const logical = element.logical_type;
    if (logical?.type === 'DECIMAL') element.scale = logical.scale;
  }
  const columns = root.children.map(columnOf);
  const nested = new Map(
    root.children.flatMap((tree, index) => (isNested(tree) ? [[index, planNested(tree)] as const] : [])),
  );
  // The library would divide by a power of ten, in doubles.
  for (const element of metadata.schema)
    if (element.converted_type === 'DECIMAL' || element.logical_type?.type === 'DECIMAL') {
      delete element.converted_type;
      delete element.logical_type;
    }
  return { root, columns, nested };
};

interface GroupParts {
  readonly group: RowGroup;
  readonly tree: Tree;
  readonly read: ReadBytes;
  readonly room: Room;
}

/** The columns of a row group that are open: those that are neither list nor struct, and the leaves of the others, by their place. */
interface OpenGroup {
  readonly chunks: ReadonlyMap<number, Chunk>;
  readonly leaves: ReadonlyMap<number, readonly OpenLeaf[]>;
}

const pathOf = (path: readonly string[]): string => JSON.stringify(path);

const openGroup = async ({ group, tree, read, room }: GroupParts): Promise<OpenGroup> => {
  const { root, nested } = tree;
  const ranges = group.columns.map(({ meta_data: meta }) => (meta === undefined ? [0, 0] : rangeOf(meta)));
  const [start, end] = [
    Math.min(...ranges.map(([from]) => from ?? 0)),
    Math.max(...ranges.map(([, to]) => to ?? 0)),
  ];
  const whole = end - start <= WHOLE_BYTES && end > start ? await read(start, end) : undefined;
  const readHere: ReadBytes =
    whole === undefined ? read : (from, to) => Promise.resolve(whole.subarray(from - start, to - start));
  const windowBytes = Math.min(LARGEST_WINDOW, Math.floor(WHOLE_BYTES / Math.max(1, group.columns.length)));
  const byPath = new Map(
    group.columns.map(({ meta_data: meta }) => [pathOf(meta?.path_in_schema ?? []), meta]),
  );
  let place = 0;

  const open = (leaf: SchemaTree, depth: Depth): readonly [Chunk, number] => {
    const path = pathOf(leaf.path);
    const inPlace = group.columns[place]?.meta_data;
    place += 1;
    const isIt = inPlace !== undefined && pathOf(inPlace.path_in_schema) === path;
    const meta = isIt ? inPlace : byPath.get(path);
    if (meta === undefined) throw invalidParquet();
    const decoder = {
      pathInSchema: meta.path_in_schema,
      type: meta.type,
      element: leaf.element,
      schemaPath: [root, leaf],
      codec: meta.codec,
      parsers: { ...DEFAULT_PARSERS, ...PARSERS },
      compressors: bounded,
      utf8: false,
    };
    return [openChunk({ read: readHere, meta, decoder, depth, room, windowBytes }), Number(meta.num_values)];
  };

  const chunks = new Map<number, Chunk>();
  const leaves = new Map<number, OpenLeaf[]>();
  const all = group.columns.length;
  for (const [index, column] of root.children.entries()) {
    const plan = nested.get(index);
    if (plan === undefined) {
      const definition = column.element.repetition_type === 'REQUIRED' ? 0 : 1;
      chunks.set(index, open(column, { repetition: 0, definition })[0]);
    } else
      leaves.set(
        index,
        plan.leaves.map(({ tree: leaf, depth, text }) => {
          const [chunk, count] = open(leaf, depth);
          return openLeaf({ chunk, depth, count, room, text, leaves: all });
        }),
      );
  }
  return { chunks, leaves };
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
  const metadata = await own(async () => {
    checkThrift(await read(source.length - 8 - tail.readUInt32LE(0), source.length - 8));
    return parquetMetadataAsync(file, { parsers: FOOTER_PARSERS, geoparquet: false });
  });
  const tree = await own(() => {
    checkSizes(metadata, source.length);
    return readSchema(metadata);
  });
  const { columns, nested } = tree;
  const stepRows = Math.max(1, Math.min(STEP_ROWS, Math.floor(STEP_CELLS / Math.max(1, columns.length))));

  const batches = async function* (): AsyncGenerator<Batch> {
    const writer = createRowWriter();
    const mostMade = Math.max(MOST_MADE, source.length * MOST_RATIO);
    const room = createRoom(mostMade * UNPACKED_FOR_MADE);
    const values: unknown[][] = columns.map(() => []);
    let made = 0;
    let first = 0;
    for (const group of metadata.row_groups) {
      const rows = columns.length === 0 ? 0 : Number(group.num_rows);
      if (rows === 0) continue;
      const { chunks, leaves } = await own(() => openGroup({ group, tree, read, room }));
      const cells = columns.map(({ text }, index) => {
        const plan = nested.get(index);
        return plan === undefined
          ? (one: number): string | null => {
              const value = values[index]?.[one];
              return value === undefined || value === null ? null : textOf(text, value);
            }
          : (): string | null => plan.next(leaves.get(index) ?? []);
      });
      const readTo = Math.max(
        0,
        ...group.columns.map(({ meta_data: meta }) => (meta === undefined ? 0 : rangeOf(meta)[1])),
      );
      const bytes = group.columns.reduce(
        (sum, { meta_data: meta }) => sum + Number(meta?.total_uncompressed_size),
        0,
      );
      const most = bytes > 0 ? Math.max(1, Math.floor((STEP_BYTES / bytes) * rows)) : rows;
      for (let row = 0, count = 0; row < rows; row += count) {
        await own(async () => {
          count = Math.min(stepRows, most, rows - row);
          for (const open of leaves.values())
            for (const leaf of open) count = Math.min(count, await leaf.fill(count));
          for (const [index, chunk] of chunks) await chunk.take(count, values[index] ?? []);
        });
        for (let one = 0; one < count; one += 1) {
          const number = first + row + one;
          for (const [index, { type }] of columns.entries()) {
            const shown = cells[index]?.(one) ?? null;
            if (shown !== null && shown.length > LONGEST_CELL)
              throw new FormatError('cell_too_long', `a cell is longer than ${LONGEST_CELL} bytes`, {
                line: number + 1,
              });
            made += CELL_COST + (shown?.length ?? 0);
            writer.cell(shown, type === 'json' ? NESTED : type === 'text' ? STRING : 0);
          }
          made += ROW_COST;
          if (made > mostMade) throw parquetTooLarge('the rows are far larger than their file');
          writer.row(number + 1, number);
          if (writer.isFull()) yield writer.take(readTo);
        }
        yield writer.take(readTo);
      }
      for (const chunk of chunks.values()) chunk.close();
      for (const one of values) one.length = 0;
      for (const leaf of [...leaves.values()].flat()) leaf.close();
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
