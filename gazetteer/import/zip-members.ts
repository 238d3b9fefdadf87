import { crc32 } from 'node:zlib';
import { fromFdPromise, type Entry, type ZipFile } from 'yauzl';
import { ImportError } from './import-error.ts';
import { readBytes, type InputFile } from './input-file.ts';
import { unpack, type Watch } from './unpack.ts';

/** The members of a zip archive, checked: sizes and checksums have to be what the archive says they are. */

/** More members than any published collection of addresses has. */
const MOST_MEMBERS = 100_000;

/** A member that was chosen, not yet read. */
export interface ZipMember {
  readonly name: string;
  /** Packed, in bytes. */
  readonly size: number;
  /** Reads it; to be called once. */
  open(
    watch: Watch,
    moved: (position: number) => void,
    signal: AbortSignal | undefined,
  ): Promise<AsyncGenerator<Buffer, void, void>>;
}

const ARCHIVE = /\.(?:zip|gz|tgz|bz2|xz|zst|7z|rar|tar)$/iu;
const CLUTTER = /(?:^|\/)(?:__MACOSX\/|\.)|(?:^|\/)(?:readme|license|copying)[^/]*$/iu;

/** Whether a member is neither a folder, nor another archive (those are never opened), nor a note that lies beside the data. */
const isData = (name: string): boolean => !name.endsWith('/') && !ARCHIVE.test(name) && !CLUTTER.test(name);

const STORED = 0;
const DEFLATED = 8;

const refuse = (file: string, what: string, todo: string, cause?: unknown): ImportError =>
  new ImportError({ file, what, todo }, cause);

const openZip = async (file: InputFile): Promise<ZipFile> => {
  try {
    return await fromFdPromise(file.handle.fd, { autoClose: false, lazyEntries: true });
  } catch (error) {
    const said = error instanceof Error ? error.message : '';
    if (said.startsWith('multi-disk'))
      throw refuse(
        file.path,
        'it is one part of a split archive',
        'join the parts into one archive first',
        error,
      );
    throw refuse(
      file.path,
      'the zip archive is cut off or damaged (its table of contents cannot be read)',
      'download it again',
      error,
    );
  }
};

async function* readMember(
  file: InputFile,
  entry: Entry,
  start: number,
  watch: Watch,
  moved: (position: number) => void,
  signal: AbortSignal | undefined,
): AsyncGenerator<Buffer, void, void> {
  const where = `${file.path}, ${entry.fileName}`;
  const bytes = readBytes(file, start, start + entry.compressedSize, moved, signal);
  const isPacked = entry.compressionMethod === DEFLATED;
  let sum = 0;
  let length = 0;
  for await (const chunk of isPacked
    ? unpack({ file: where, method: 'deflate', start, bytes, watch })
    : bytes) {
    if (!isPacked) watch.count(chunk.length, start + length);
    sum = crc32(chunk, sum);
    length += chunk.length;
    if (length > entry.uncompressedSize) break;
    yield chunk;
  }
  if (length !== entry.uncompressedSize || sum !== entry.crc32)
    throw new ImportError({
      file: where,
      byte: start,
      what:
        length === entry.uncompressedSize ? 'its checksum is wrong' : 'its size is not what the archive says',
      todo: 'download it again',
    });
}

const memberOf = (file: InputFile, zip: ZipFile, entry: Entry): ZipMember => ({
  name: entry.fileName,
  size: entry.compressedSize,
  async open(watch, moved, signal) {
    const where = `${file.path}, ${entry.fileName}`;
    if (entry.isEncrypted()) throw refuse(where, 'it is encrypted', 'unpack it by hand first');
    if (entry.compressionMethod !== STORED && entry.compressionMethod !== DEFLATED)
      throw refuse(
        where,
        `it is packed by method ${entry.compressionMethod}, which is neither stored nor deflated`,
        'unpack it by hand first',
      );
    const { fileDataStart } = await zip
      .readLocalFileHeaderPromise(entry, { minimal: true })
      .catch((error: unknown) => {
        throw refuse(where, 'its header in the archive is damaged', 'download it again', error);
      });
    return readMember(file, entry, fileDataStart, watch, moved, signal);
  },
});

/** The members of an archive that hold data and that `fits` takes, in the order of the archive; throws `ImportError`. */
export const listZipMembers = async (
  file: InputFile,
  fits: (name: string) => boolean,
): Promise<readonly ZipMember[]> => {
  const zip = await openZip(file);
  if (zip.entryCount > MOST_MEMBERS)
    throw refuse(file.path, `the archive has more than ${MOST_MEMBERS} members`, 'unpack it by hand first');
  const members: ZipMember[] = [];
  try {
    for await (const entry of zip.eachEntry())
      if (isData(entry.fileName) && fits(entry.fileName)) members.push(memberOf(file, zip, entry));
  } catch (error) {
    throw refuse(
      file.path,
      'the table of contents of the zip archive is damaged',
      'download it again',
      error,
    );
  }
  return members;
};
