/** A column of one row group of Parquet, read page by page: what is held is one page, its dictionary and a window of the file. */
import type { ColumnMetaData } from 'hyparquet';
import { parquetHeader } from 'hyparquet/src/column.js';
import type { ColumnDecoder } from 'hyparquet/src/types.js';
import { LARGEST_PAGE, MOST_HELD_PAGES } from './bounds.ts';
import { invalidParquet, parquetTooLarge } from './parquet-errors.ts';
import {
  openDictionary,
  openPage,
  type Depth,
  type Dictionary,
  type Levels,
  type Page,
} from './parquet-page.ts';

/** What the pages that are open at once may hold together. */
export interface Room {
  /** Throws parquet_too_large. */
  hold(bytes: number): void;
  release(bytes: number): void;
}

export const createRoom = (): Room => {
  let held = 0;
  return {
    hold: (bytes) => {
      held += bytes;
      if (held > MOST_HELD_PAGES)
        throw parquetTooLarge(
          `the pages that are open at once, one of each column, are larger than ${MOST_HELD_PAGES} bytes unpacked: write the file with smaller pages, or fewer rows in a row group`,
        );
    },
    release: (bytes) => {
      held -= bytes;
    },
  };
};

export interface Chunk {
  /** Puts the values of the next `count` rows into `into`. Throws where there are fewer. */
  take(count: number, into: unknown[]): Promise<void>;
  /** Puts the next values, `count` at the most, and their levels at the front; says how many. Throws where there is none. */
  takeLevels(count: number, into: unknown[], levels: Levels): Promise<number>;
  /** Gives back what it holds. */
  close(): void;
}

/** Bytes of the file, in memory that nobody else writes. */
export type ReadBytes = (from: number, to: number) => Promise<Uint8Array>;

/** Behind a page, so that the header of the next one comes with it. */
const HEADER_BYTES = 4096;
/** Statistics in a header may quote two long cells; beyond it is broken. */
const LARGEST_HEADER = 1024 * 1024;

export interface ChunkParts {
  readonly read: ReadBytes;
  readonly meta: ColumnMetaData;
  readonly decoder: ColumnDecoder;
  readonly depth: Depth;
  readonly room: Room;
  /** Bytes that are read at once at least. */
  readonly windowBytes: number;
}

/** Where a chunk lies in the file. */
export const rangeOf = (meta: ColumnMetaData): readonly [start: number, end: number] => {
  const start = Number(meta.dictionary_page_offset || meta.data_page_offset);
  return [start, start + Number(meta.total_compressed_size)];
};

/** Nothing is read before the first `take`. */
export const openChunk = ({ read, meta, decoder, depth, room, windowBytes }: ChunkParts): Chunk => {
  const [start, end] = rangeOf(meta);
  let at = start;
  let window: Uint8Array = new Uint8Array(0);
  let windowStart = start;
  let dictionary: Dictionary | undefined;
  let page: Page | undefined;
  let left = 0;

  const release = (): void => {
    if (page !== undefined) room.release(page.held);
    page = undefined;
  };

  /** Bytes from `at` on: `wanted` of them, or what there is up to the end of the chunk. */
  const bytesFrom = async (wanted: number): Promise<Uint8Array> => {
    const to = Math.min(end, at + wanted);
    if (at < windowStart || to > windowStart + window.length) {
      window = new Uint8Array(0);
      window = await read(at, Math.min(end, at + Math.max(wanted + HEADER_BYTES, windowBytes)));
      windowStart = at;
    }
    return window.subarray(at - windowStart, to - windowStart);
  };

  const readHeader = async (): Promise<ReturnType<typeof parquetHeader>> => {
    for (let wanted = HEADER_BYTES; ; wanted *= 4) {
      const bytes = await bytesFrom(wanted);
      // In memory of its own: a length that lies must not reach beyond the chunk.
      const reader = { view: new DataView(new Uint8Array(bytes).buffer), offset: 0 };
      try {
        const header = parquetHeader(reader);
        at += reader.offset;
        return header;
      } catch (error) {
        if (wanted >= LARGEST_HEADER || bytes.length < wanted) throw error;
      }
    }
  };

  const openNext = async (): Promise<void> => {
    release();
    if (at >= end) throw invalidParquet();
    const header = await readHeader();
    const size = header.compressed_page_size;
    if (!(size >= 0 && at + size <= end)) throw invalidParquet();
    if (size > LARGEST_PAGE)
      throw parquetTooLarge(`a page is larger than ${LARGEST_PAGE} bytes: write the file with smaller pages`);
    const packed = await bytesFrom(size);
    at += size;
    if (header.type === 'DICTIONARY_PAGE') {
      if (dictionary !== undefined) throw invalidParquet();
      dictionary = openDictionary(packed, header, decoder);
      room.hold(dictionary.held);
    } else if (header.type !== 'INDEX_PAGE') {
      page = openPage(packed, header, decoder, dictionary, depth);
      left = page.rows;
      room.hold(page.held);
    }
    // What a large page needed is given back; the header of the next one stays.
    if (window.length > windowBytes) {
      window = window.slice(Math.min(at - windowStart, window.length));
      windowStart = at;
    }
  };

  return {
    take: async (count, into) => {
      for (let done = 0; done < count;) {
        if (page === undefined || left === 0) {
          await openNext();
          continue;
        }
        const some = Math.min(left, count - done);
        page.take(some, into, done);
        done += some;
        left -= some;
      }
    },
    takeLevels: async (count, into, levels) => {
      for (;;) {
        if (page === undefined || left === 0) {
          await openNext();
          continue;
        }
        const some = Math.min(left, count);
        page.take(some, into, 0, levels);
        left -= some;
        return some;
      }
    },
    close: () => {
      release();
      if (dictionary !== undefined) room.release(dictionary.held);
      dictionary = undefined;
      window = new Uint8Array(0);
    },
  };
};
