/** A column of one row group of Parquet, read page by page: what is held is one page, its dictionary and a window of the file. */
import type { ColumnMetaData } from 'hyparquet';
import { parquetHeader } from 'hyparquet/src/column.js';
import type { ColumnDecoder } from 'hyparquet/src/types.js';
import { LARGEST_PAGE, MOST_HELD_PAGES } from './bounds.ts';
import { openDictionary, type Dictionary } from './parquet-dictionary.ts';
import { invalidParquet, parquetTooLarge } from './parquet-errors.ts';
import { openPage, type Depth, type Levels, type Page } from './parquet-page.ts';
import type { Made } from './parquet-plain.ts';
import { checkThrift } from './parquet-thrift.ts';

/** What the pages that are open at once, and what was made of them for the rows of one step, may hold together. */
export interface Room {
  /** Throws parquet_too_large. */
  hold(bytes: number): void;
  /** Counts what was unpacked, for good. Throws parquet_too_large. */
  count(bytes: number): void;
  release(bytes: number): void;
}

/** @param mostUnpacked bytes that all pages of the file may have together. */
export const createRoom = (mostUnpacked: number): Room => {
  let held = 0;
  let unpacked = 0;
  return {
    count: (bytes) => {
      unpacked += bytes;
      if (unpacked > mostUnpacked) throw parquetTooLarge('the pages are far larger than their file');
    },
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
  /**
   * Puts the values of the next `count` rows into `into`; with the next call, those of this one are taken for gone. Throws where
   * there are fewer.
   */
  take(count: number, into: unknown[]): Promise<void>;
  /** Puts the next values, `count` at the most, and their levels at the front, as `take` does; says how many. Throws where there is none. */
  takeLevels(count: number, into: unknown[], levels: Levels): Promise<number>;
  /** Gives back what it holds. */
  close(): void;
}

/** Bytes of the file, in memory that nobody else writes. */
export type ReadBytes = (from: number, to: number) => Promise<Uint8Array>;

/** Behind a page, so that the header of the next one comes with it. */
const HEADER_BYTES = 4096;
/** Pages without a value behind each other; a writer has no reason for a second one, and each costs more time than its bytes do. */
const MOST_EMPTY_PAGES = 8;
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
  // What makes values goes by the one, what makes texts of them by the other.
  if (meta.type !== decoder.element.type) throw invalidParquet();
  const [start, end] = rangeOf(meta);
  let at = start;
  let window: Uint8Array = new Uint8Array(0);
  let windowStart = start;
  let dictionary: Dictionary | undefined;
  let page: Page | undefined;
  let left = 0;
  let empty = 0;
  /** What was made since the last call began, and pages that are over but have bytes in `into`. */
  let kept = 0;
  let isPageKept = false;

  const release = (): void => {
    if (isPageKept) kept += page?.held ?? 0;
    else if (page !== undefined) room.release(page.held);
    page = undefined;
    isPageKept = false;
  };

  const forget = (): void => {
    room.release(kept);
    kept = 0;
    isPageKept = false;
    dictionary?.forget();
  };

  const keep = ({ bytes, areViews }: Made): void => {
    room.hold(bytes);
    kept += bytes;
    if (areViews) isPageKept = true;
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
        checkThrift(bytes);
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
    if (at >= end || empty > MOST_EMPTY_PAGES) throw invalidParquet();
    empty += 1;
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
      room.count(dictionary.held);
    } else if (header.type !== 'INDEX_PAGE') {
      page = openPage(packed, header, decoder, dictionary, depth);
      left = page.rows;
      if (left > 0) empty = 0;
      room.hold(page.held);
      room.count(page.held);
    }
    // What a large page needed is given back; the header of the next one stays.
    if (window.length > windowBytes) {
      window = window.slice(Math.min(at - windowStart, window.length));
      windowStart = at;
    }
  };

  return {
    take: async (count, into) => {
      forget();
      for (let done = 0; done < count;) {
        if (page === undefined || left === 0) {
          await openNext();
          continue;
        }
        const some = Math.min(left, count - done);
        keep(page.take(some, into, done));
        done += some;
        left -= some;
      }
    },
    takeLevels: async (count, into, levels) => {
      forget();
      for (;;) {
        if (page === undefined || left === 0) {
          await openNext();
          continue;
        }
        const some = Math.min(left, count);
        keep(page.take(some, into, 0, levels));
        left -= some;
        return some;
      }
    },
    close: () => {
      release();
      forget();
      if (dictionary !== undefined) room.release(dictionary.held);
      dictionary = undefined;
      window = new Uint8Array(0);
    },
  };
};
