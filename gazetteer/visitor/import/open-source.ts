/** Opens what an operator brings about addresses: tells tables, MMDB files and lists apart by their bytes. */
import { basename } from 'node:path';
import { parse } from 'csv-parse/sync';
import { ImportError } from '../../import/import-error.ts';
import { openInput, type Input } from '../../import/open-input.ts';
import { layersOfRecord } from './mmdb-facts.ts';
import { openMmdb, type MmdbFile } from './mmdb-file.ts';
import { walkMmdb } from './mmdb-walk.ts';
import type { ReadLayer } from './source.ts';
import { layoutOf, type TableKind } from './table-layout.ts';

/** What can be read. */
export const ADDRESS_FORMATS = ['csv', 'mmdb', 'list'] as const;
export type AddressFormat = (typeof ADDRESS_FORMATS)[number];

/** An input that is open, and what its beginning tells. A table or list is read once; an MMDB lies in memory. */
export type OpenSource =
  | { readonly format: 'mmdb'; readonly file: MmdbFile; readonly layers: readonly ReadLayer[] }
  | {
      readonly format: 'csv';
      readonly input: Input;
      readonly table: TableKind | undefined;
      readonly layers: readonly ReadLayer[];
    }
  | { readonly format: 'list'; readonly input: Input };

/** Unpacked; the largest table, DB-IP's of cities, has 0.8 GB, and commercial ones some. */
const MOST_BYTES = 8e9;
/** An MMDB is read into memory; a Buffer cannot be much larger. The largest published ones have 2 GB. */
const MOST_MMDB = 2.1e9;
const HEAD_BYTES = 65_536;
/** Networks that are looked at for one whose record says what the file is about. */
const MOST_LOOKED_AT = 1000;

/** Members of archives that are data; licences and read-me files are not. */
const fits = (name: string): boolean =>
  /\.(?:csv|mmdb|txt|list|netset|ipset)$/iu.test(name) &&
  !/read.?me|licen[cs]e|copyright/iu.test(basename(name));

/** Reads the beginning of an input; its stream goes on to give everything. */
const withHead = async (input: Input): Promise<{ readonly head: Buffer; readonly input: Input }> => {
  const source = input.stream[Symbol.asyncIterator]();
  const chunks: Uint8Array[] = [];
  let length = 0;
  let ended = false;
  const next = async (): Promise<Uint8Array | undefined> => {
    if (ended) return undefined;
    const step = await source.next();
    ended = step.done === true;
    return step.done === true ? undefined : step.value;
  };
  while (length < HEAD_BYTES) {
    const chunk = await next();
    if (chunk === undefined) break;
    chunks.push(chunk);
    length += chunk.length;
  }
  const head = Buffer.concat(chunks);
  async function* whole(): AsyncGenerator<Uint8Array, void, void> {
    try {
      yield head;
      for (let step = await next(); step !== undefined; step = await next()) yield step;
    } finally {
      await source.return?.();
    }
  }
  return { head: head.subarray(0, HEAD_BYTES), input: { ...input, stream: whole() } };
};

const unreadable = (file: string, what: string, todo: string): ImportError =>
  new ImportError({ file, what, todo });

const formatOf = (title: string, head: Buffer): AddressFormat => {
  if (head.toString('latin1', 257, 262) === 'ustar')
    throw unreadable(title, 'it is a tar archive', 'unpack it with tar xf, and import the file in it');
  if (head.includes(0)) return 'mmdb';
  const line = head
    .toString('utf8')
    .replace(/^\uFEFF/u, '')
    .split(/\r?\n/u, 200)
    .map((text) => text.trim())
    .find((text) => text !== '' && !text.startsWith('#') && !text.startsWith(';'));
  if (line === undefined)
    throw unreadable(title, 'its beginning holds nothing but comments', 'see whether it is the right file');
  if (/^[<{]/u.test(line))
    throw unreadable(
      title,
      'it is a web page or JSON, no data about addresses',
      'see whether the download needs a key',
    );
  return line.split(',').length >= 3 ? 'csv' : 'list';
};

/** What table the beginning is of; undefined where none of its rows tells. */
const tableOf = (head: Buffer): ReturnType<typeof layoutOf> => {
  const end = head.lastIndexOf(10);
  try {
    const rows = parse(head.subarray(0, end < 0 ? head.length : end + 1), {
      bom: true,
      relax_column_count: true,
      skip_empty_lines: true,
    });
    for (const row of rows) {
      const layout = layoutOf(row);
      if (layout !== undefined) return layout;
    }
  } catch {
    // Its reader says on which line.
  }
  return undefined;
};

const readWhole = async (input: Input, signal: AbortSignal | undefined): Promise<Buffer> => {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of input.stream) {
    signal?.throwIfAborted();
    length += chunk.length;
    if (length > MOST_MMDB)
      throw unreadable(
        input.title,
        `an MMDB of more than ${MOST_MMDB / 1e9} GB does not fit into memory`,
        'use a table',
      );
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length);
};

const layersOfMmdb = (file: MmdbFile): readonly ReadLayer[] => {
  let left = MOST_LOOKED_AT;
  for (const { offset } of walkMmdb(file)) {
    const layers = layersOfRecord(file.record(offset));
    if (layers.length > 0) return layers;
    if (--left === 0) break;
  }
  throw unreadable(
    file.title,
    'none of its first records says where an address is or whose network it is in',
    'see whether it is the right file; lists of proxies and the like are imported as lists',
  );
};

/** Opens one file. @param said what the operator says that it is. Throws `ImportError`. */
export const openSource = async (
  path: string,
  said: AddressFormat | undefined,
  signal?: AbortSignal,
): Promise<OpenSource> => {
  const { head, input } = await withHead(await openInput(path, { signal, fits, mostBytes: MOST_BYTES }));
  try {
    const format = said ?? formatOf(input.title, head);
    if (format === 'mmdb') {
      const file = openMmdb(input.title, await readWhole(input, signal));
      return { format, file, layers: layersOfMmdb(file) };
    }
    if (format === 'list') return { format, input };
    const layout = tableOf(head);
    return { format, input, table: layout?.kind, layers: layout === undefined ? [] : [layout.layer] };
  } catch (error) {
    await input.close();
    throw error;
  }
};
