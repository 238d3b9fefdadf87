/** Parquet files put together page by page, so that they can say what no writer would. */
import type { ColumnMetaData, PageHeader, SchemaElement } from 'hyparquet';
import { ByteWriter } from 'hyparquet-writer/src/bytewriter.js';
import { writePageHeader } from 'hyparquet-writer/src/datapage.js';
import { writeMetadata } from 'hyparquet-writer/src/metadata.js';

export interface RawPage {
  readonly header: Omit<PageHeader, 'uncompressed_page_size' | 'compressed_page_size'>;
  readonly bytes: Uint8Array;
  /** What it says to have unpacked; as many as it has where left out. */
  readonly unpacked?: number;
}

export interface RawChunk {
  readonly path: readonly string[];
  readonly type: NonNullable<SchemaElement['type']>;
  readonly pages: readonly RawPage[];
  /** What its footer says of its values. */
  readonly values: number;
  readonly codec?: ColumnMetaData['codec'];
}

/** A file of one row group. @param schema all but its root. */
export const parquetFileOf = (
  schema: readonly SchemaElement[],
  rows: number,
  chunks: readonly RawChunk[],
): Uint8Array => {
  const writer = new ByteWriter();
  const magic = new TextEncoder().encode('PAR1');
  writer.appendBytes(magic);
  const columns = chunks.map(({ path, type, pages, values, codec = 'UNCOMPRESSED' }) => {
    const start = writer.offset;
    for (const { header, bytes, unpacked = bytes.length } of pages) {
      writePageHeader(writer, {
        ...header,
        uncompressed_page_size: unpacked,
        compressed_page_size: bytes.length,
      });
      writer.appendBytes(bytes);
    }
    const size = BigInt(writer.offset - start);
    const meta: ColumnMetaData = {
      type,
      encodings: ['PLAIN'],
      path_in_schema: [...path],
      codec,
      num_values: BigInt(values),
      total_uncompressed_size: size,
      total_compressed_size: size,
      data_page_offset: BigInt(start),
    };
    return { file_offset: 0n, meta_data: meta };
  });
  // Of the elements in their order, those that no group before them has room for stand at the root.
  let below = 0;
  let atRoot = 0;
  for (const { num_children: count = 0 } of schema) {
    if (below === 0) atRoot += 1;
    else below -= 1;
    below += count;
  }
  writeMetadata(writer, {
    version: 2,
    schema: [{ name: 'root', num_children: atRoot }, ...schema],
    num_rows: BigInt(rows),
    row_groups: [{ columns, total_byte_size: BigInt(writer.offset), num_rows: BigInt(rows) }],
    metadata_length: 0,
  });
  writer.appendBytes(magic);
  return new Uint8Array(writer.getBytes());
};

/** A run of the same number (parquet-format, Encodings.md, “Run Length Encoding”). */
export const runOf = (count: number, ...value: readonly number[]): number[] => {
  const bytes: number[] = [];
  for (let left = count * 2; ; left = Math.floor(left / 128)) {
    bytes.push((left % 128) | (left >= 128 ? 128 : 0));
    if (left < 128) return [...bytes, ...value];
  }
};

/** Levels in a page of the first version: behind their length. */
export const levelsOf = (...runs: readonly (readonly number[])[]): number[] => {
  const bytes = runs.flat();
  const length = Buffer.alloc(4);
  length.writeUInt32LE(bytes.length);
  return [...length, ...bytes];
};

/** A page of the first version. */
export const pageOf = (
  values: number,
  bytes: readonly number[],
  encoding: 'PLAIN' | 'RLE_DICTIONARY' = 'PLAIN',
): RawPage => ({
  header: {
    type: 'DATA_PAGE',
    data_page_header: {
      num_values: values,
      encoding,
      definition_level_encoding: 'RLE',
      repetition_level_encoding: 'RLE',
    },
  },
  bytes: Uint8Array.from(bytes),
});
