/** Looks for bytes in every file below a directory, in slices short enough that the server goes on answering. */
import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';

/** About two milliseconds of searching for some thirty forms. */
const SLICE_BYTES = 128 * 1024;

/** How much was searched, and where something was found. */
export interface SearchResult {
  readonly files: number;
  readonly bytes: number;
  /** Files that were passed over because nothing was written to them since. */
  readonly unwritten: number;
  /** Files, relative to the directory, in which something was found. */
  readonly found: readonly string[];
}

/** Whether a buffer holds one of these. */
export const holdsAny = (haystack: Buffer, needles: readonly Buffer[]): boolean =>
  needles.some((needle) => haystack.includes(needle));

const VANISHED: ReadonlySet<string> = new Set(['ENOENT', 'ENXIO', 'ESTALE']);

const searchFile = async (
  path: string,
  needles: readonly Buffer[],
  slice: Buffer,
): Promise<{ bytes: number; found: boolean }> => {
  const file = await open(path, 'r');
  try {
    const overlap = slice.length - SLICE_BYTES;
    let kept = 0;
    let bytes = 0;
    for (;;) {
      const { bytesRead } = await file.read(slice, kept, SLICE_BYTES);
      if (bytesRead === 0) return { bytes, found: false };
      bytes += bytesRead;
      const end = kept + bytesRead;
      if (holdsAny(slice.subarray(0, end), needles)) return { bytes, found: true };
      // A find may lie across two slices.
      kept = Math.min(overlap, end);
      slice.copyWithin(0, end - kept, end);
      await nextTurn();
    }
  } finally {
    await file.close();
  }
};

export interface SearchLimits {
  /** Whether to leave a file out, by its path relative to the directory. */
  readonly skip?: ((path: string) => boolean) | undefined;
  /** Files whose content and entry were last changed before this are left out; milliseconds since the Unix epoch, by this machine's clock. */
  readonly writtenSince?: number | undefined;
}

/** Whether content, name or length was changed since; to write sets both (POSIX, `write`), to rename the second. */
const isWritten = async (path: string, since: number): Promise<boolean> => {
  const { mtimeMs, ctimeMs } = await stat(path);
  return Math.max(mtimeMs, ctimeMs) >= since;
};

/**
 * Searches all regular files; follows no links. Files that vanish while it runs are passed over.
 * @throws the system's error for a file or directory that is there and cannot be read: unseen is not clean.
 */
export const searchFiles = async (
  directory: string,
  needles: readonly Buffer[],
  { skip = () => false, writtenSince }: SearchLimits = {},
): Promise<SearchResult> => {
  const longest = Math.max(1, ...needles.map((needle) => needle.length));
  // One for all of thousands of files.
  const slice = Buffer.allocUnsafeSlow(SLICE_BYTES + longest - 1);
  const found: string[] = [];
  let files = 0;
  let bytes = 0;
  let unwritten = 0;
  const visit = async (relative: string): Promise<void> => {
    for (const item of await readdir(join(directory, relative), { withFileTypes: true })) {
      const path = relative === '' ? item.name : `${relative}/${item.name}`;
      if (skip(path)) continue;
      try {
        if (item.isDirectory()) await visit(path);
        if (!item.isFile()) continue;
        if (writtenSince !== undefined && !(await isWritten(join(directory, path), writtenSince))) {
          unwritten += 1;
          continue;
        }
        const result = await searchFile(join(directory, path), needles, slice);
        files += 1;
        bytes += result.bytes;
        if (result.found) found.push(path);
      } catch (error) {
        if (!VANISHED.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
      }
    }
  };
  await visit('');
  return { files, bytes, unwritten, found };
};
