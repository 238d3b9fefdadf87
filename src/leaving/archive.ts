/** A zip file put together piece by piece in memory, with a bound on what goes in and on what comes out. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Zip, ZipDeflate } from 'fflate';
import { exportTooLarge } from './problems.ts';

export interface ArchiveLimits {
  /** Bytes of all files before compression. */
  readonly mostBytes: number;
  /** Bytes of the archive, which is what stays in memory. */
  readonly mostCompressed: number;
  /** Bytes of rows of datasets before compression; those that do not fit are left out and named. As `content` has it where left out. */
  readonly mostContent?: number;
}

/** 200 MB of text become some 20 to 40 MB. */
export const ARCHIVE_LIMITS: ArchiveLimits = { mostBytes: 200_000_000, mostCompressed: 64_000_000 };

/** One file of an archive. */
export interface ArchiveFile {
  /** Adds text. Compresses a quarter of a megabyte at a time and lets others have their turn in between. */
  write(text: string): Promise<void>;
  end(): void;
}

export interface Archive {
  /** Files stand in the archive in the order in which they are opened; several may be open at once. */
  open(name: string): ArchiveFile;
  /** The whole archive, once all files are ended. */
  finish(): Buffer;
}

/** Some five milliseconds of compression. */
const PIECE = 256 * 1024;

const NOTHING = new Uint8Array();

/** @param now milliseconds since the Unix epoch, shown as the files' time. */
export const createArchive = (now: number, limits: ArchiveLimits = ARCHIVE_LIMITS): Archive => {
  const chunks: Uint8Array[] = [];
  let [taken, given] = [0, 0];
  const refuse = (): never => {
    throw exportTooLarge(Math.round(limits.mostBytes / 1_000_000));
  };
  const zip = new Zip((error, chunk) => {
    if (error !== null) throw error;
    given += chunk.length;
    chunks.push(chunk);
  });
  return {
    open: (name) => {
      const file = new ZipDeflate(name, { level: 6 });
      file.mtime = now;
      zip.add(file);
      return {
        write: async (text) => {
          const bytes = Buffer.from(text);
          taken += bytes.length;
          if (taken > limits.mostBytes) refuse();
          for (let start = 0; start < bytes.length; start += PIECE) {
            file.push(bytes.subarray(start, start + PIECE));
            if (given > limits.mostCompressed) refuse();
            await nextTurn();
          }
        },
        end: () => file.push(NOTHING, true),
      };
    },
    finish: () => {
      zip.end();
      return Buffer.concat(chunks);
    },
  };
};
