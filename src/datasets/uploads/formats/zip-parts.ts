/** The parts of a workbook's zip, unpacked as they are read, with bounds against bombs. */
import { Readable } from 'node:stream';
import yauzl from 'yauzl';
import { LARGEST_ENTRY, MOST_ENTRIES, MOST_RATIO } from './bounds.ts';
import type { ByteSource } from './contract.ts';
import { FormatError } from './format-error.ts';

class SourceReader extends yauzl.RandomAccessReader {
  readonly source: ByteSource;
  constructor(source: ByteSource) {
    super();
    this.source = source;
  }
  override _readStreamForRange(start: number, end: number): Readable {
    const { source } = this;
    const STEP = 1024 * 1024;
    return Readable.from(
      (async function* () {
        for (let at = start; at < end; at += STEP)
          yield Buffer.from(await source.read(at, Math.min(end, at + STEP)));
      })(),
    );
  }
}

const invalid = (): FormatError => new FormatError('xlsx_invalid', 'this is no workbook that can be read');

/** Bytes of the names of all parts, and of what is said of them. */
const LARGEST_NAMES = 2 * 1024 * 1024;

/** Small parts compress well and harm nobody. */
const SMALL = 1024 * 1024;

export interface ZipParts {
  readonly names: ReadonlySet<string>;
  /** Its bytes. Throws xlsx_invalid where there is no such part, xlsx_too_large. */
  open(name: string): AsyncIterable<Uint8Array>;
}

/** Throws FormatError xlsx_invalid, xlsx_too_large. */
export const openZip = async (source: ByteSource): Promise<ZipParts> => {
  const zip = await new Promise<yauzl.ZipFile>((resolve, reject) => {
    yauzl.fromRandomAccessReader(
      new SourceReader(source),
      source.length,
      { lazyEntries: true, autoClose: false, validateEntrySizes: true },
      (error, file) => (error ? reject(invalid()) : resolve(file)),
    );
  });
  if (zip.entryCount > MOST_ENTRIES)
    throw new FormatError('xlsx_too_large', `the workbook has more than ${MOST_ENTRIES} parts`);
  const entries = new Map<string, yauzl.Entry>();
  let named = 0;
  await new Promise<void>((resolve, reject) => {
    zip.on('entry', (entry: yauzl.Entry) => {
      entries.set(entry.fileName, entry);
      named += entry.fileName.length + entry.extraFieldLength + entry.fileCommentLength;
      if (named > LARGEST_NAMES)
        reject(new FormatError('xlsx_too_large', 'the names of the parts of the workbook are too long'));
      else zip.readEntry();
    });
    zip.once('end', resolve);
    zip.once('error', () => reject(invalid()));
    zip.readEntry();
  });
  return {
    names: new Set(entries.keys()),
    open: async function* (name) {
      const entry = entries.get(name);
      if (entry === undefined || entry.isEncrypted()) throw invalid();
      const { uncompressedSize: size, compressedSize: packed } = entry;
      if (size > LARGEST_ENTRY || (size > SMALL && size > packed * MOST_RATIO))
        throw new FormatError('xlsx_too_large', 'a part of the workbook is far larger than its file');
      const stream = await new Promise<Readable>((resolve, reject) => {
        zip.openReadStream(entry, (error, opened) => (error ? reject(invalid()) : resolve(opened)));
      });
      try {
        for await (const piece of stream) yield piece as Uint8Array;
      } catch (error) {
        throw error instanceof Error && /zlib|inflate|bytes in the stream|header|invalid/i.test(error.message)
          ? invalid()
          : error;
      } finally {
        stream.destroy();
      }
    },
  };
};
