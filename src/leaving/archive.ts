/** A zip file that is made piece by piece; what was made is held until it is taken, and bounded until then. */
import { crc32, createDeflateRaw, type DeflateRaw } from 'node:zlib';
import { exportTooLarge } from './problems.ts';
import { centralDirectory, dataDescriptor, localHeader, type ZipEntry } from './zip.ts';

export interface ArchiveLimits {
  /** Bytes of files before compression, as long as nothing is taken. */
  readonly mostBytes: number;
  /** Bytes of the archive that are held as long as nothing is taken. */
  readonly mostCompressed: number;
}

/** 200 MB of text become some 20 to 40 MB. */
export const ARCHIVE_LIMITS: ArchiveLimits = { mostBytes: 200_000_000, mostCompressed: 64_000_000 };

/** One file of an archive. */
export interface ArchiveFile {
  /** Adds text, and resolves when it is compressed, off this thread. Throws export_too_large (422) before the first `take`. */
  write(text: string): Promise<void>;
  end(): Promise<void>;
}

export interface Archive {
  /** Files stand in the archive in the order in which they are opened; several may be open at once. */
  open(name: string): ArchiveFile;
  /** What was made since the last time, of files that stand in order. Whoever has begun to take bounds by that what is held. */
  take(): readonly Uint8Array[];
  /** Ends the archive, once all files are ended; `take` gives the rest. */
  finish(): void;
  /** Gives back what files that were never ended hold. */
  drop(): void;
}

interface OpenEntry {
  readonly name: Buffer;
  readonly chunks: Uint8Array[];
  /** Where it begins; undefined until the files before it are done. */
  offset: number | undefined;
  crc: number;
  size: number;
  compressed: number;
  isEnded: boolean;
}

const push = (deflate: DeflateRaw, bytes: Uint8Array): Promise<void> =>
  new Promise((resolve, reject) => {
    deflate.write(bytes, (error) => (error ? reject(error) : resolve()));
  });

const finished = (deflate: DeflateRaw): Promise<void> =>
  new Promise((resolve, reject) => {
    deflate.once('end', resolve).once('error', reject).end();
  });

/** @param now milliseconds since the Unix epoch, shown as the files' time. */
export const createArchive = (now: number, limits: ArchiveLimits = ARCHIVE_LIMITS): Archive => {
  const made: Uint8Array[] = [];
  const done: ZipEntry[] = [];
  const open: OpenEntry[] = [];
  const streams = new Set<DeflateRaw>();
  let [written, held, offset] = [0, 0, 0];
  let isBounded = true;

  const give = (bytes: Uint8Array): void => {
    made.push(bytes);
    offset += bytes.length;
  };

  /** Moves on what stands in order: the first open file as it is made, the next once that one has ended. */
  const settle = (): void => {
    for (let entry = open[0]; entry !== undefined; entry = open[0]) {
      if (entry.offset === undefined) {
        entry.offset = offset;
        give(localHeader(entry.name, now));
      }
      for (const chunk of entry.chunks.splice(0)) give(chunk);
      if (!entry.isEnded) return;
      const { name, crc, size, compressed } = entry;
      const ended: ZipEntry = { name, crc, size, compressed, offset: entry.offset };
      give(dataDescriptor(ended));
      done.push(ended);
      open.shift();
    }
  };

  return {
    open: (name) => {
      const entry: OpenEntry = {
        name: Buffer.from(name),
        chunks: [],
        offset: undefined,
        crc: 0,
        size: 0,
        compressed: 0,
        isEnded: false,
      };
      open.push(entry);
      const deflate = createDeflateRaw({ level: 6 });
      streams.add(deflate);
      deflate.on('data', (chunk: Buffer) => {
        entry.compressed += chunk.length;
        held += chunk.length;
        entry.chunks.push(chunk);
      });
      return {
        write: async (text) => {
          const bytes = Buffer.from(text);
          written += bytes.length;
          if (isBounded && (written > limits.mostBytes || held > limits.mostCompressed))
            throw exportTooLarge(Math.round(limits.mostBytes / 1_000_000));
          entry.crc = crc32(bytes, entry.crc);
          entry.size += bytes.length;
          await push(deflate, bytes);
          settle();
        },
        end: async () => {
          await finished(deflate);
          streams.delete(deflate);
          entry.isEnded = true;
          settle();
        },
      };
    },
    take: () => {
      isBounded = false;
      return made.splice(0);
    },
    finish: () => give(centralDirectory(done, offset, now)),
    drop: () => {
      for (const deflate of streams) deflate.destroy();
    },
  };
};
