import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { ImportError, systemFault } from './import-error.ts';

/** A regular file that is being read, and what it was when it was opened. */
export interface InputFile {
  readonly path: string;
  readonly handle: FileHandle;
  readonly size: number;
  /** Throws `ImportError` when the file is no longer what it was when it was opened. */
  check(): Promise<void>;
  close(): Promise<void>;
}

const changed = (file: string, what: string): ImportError =>
  new ImportError({ file, what, todo: 'import it again when nothing writes to it any more' });

/**
 * Opens a file for reading; refuses with `ImportError` what is none (a folder, a pipe, a device), what may not be
 * read, and what is empty. A pipe without a writer does not hold it up.
 */
export const openInputFile = async (path: string): Promise<InputFile> => {
  let handle: FileHandle;
  try {
    handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    throw systemFault(error, path) ?? error;
  }
  try {
    const stat = await handle.stat();
    if (!stat.isFile()) {
      const kind = stat.isDirectory() ? 'a folder' : 'not a regular file';
      throw new ImportError({ file: path, what: `it is ${kind}`, todo: 'name a file' });
    }
    if (stat.size === 0)
      throw new ImportError({ file: path, what: 'it is empty', todo: 'download it again' });
    return {
      path,
      handle,
      size: stat.size,
      async check() {
        const now = await handle.stat();
        if (now.size < stat.size) throw changed(path, 'it became shorter while it was read');
        if (now.size > stat.size) throw changed(path, 'it became longer while it was read');
        if (now.mtimeMs !== stat.mtimeMs) throw changed(path, 'it was changed while it was read');
      },
      close: () => handle.close(),
    };
  } catch (error) {
    await handle.close();
    throw error;
  }
};

/** Reads exactly `length` bytes at `position`; throws `ImportError` where the file ends before. */
export const readAt = async (file: InputFile, position: number, length: number): Promise<Buffer> => {
  const buffer = Buffer.allocUnsafe(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await file.handle.read(buffer, filled, length - filled, position + filled);
    if (bytesRead === 0) {
      await file.check();
      throw new ImportError({
        file: file.path,
        byte: position + filled,
        what: `the file ends ${length - filled} bytes too early`,
        todo: 'download it again',
      });
    }
    filled += bytesRead;
  }
  return buffer;
};

/** So much is read at a time, in bytes. */
const CHUNK = 256 * 1024;

/** The bytes from `start` up to `end`, in chunks; `moved` is told the position after each. */
export async function* readBytes(
  file: InputFile,
  start: number,
  end: number,
  moved: (position: number) => void,
  signal: AbortSignal | undefined,
): AsyncGenerator<Buffer, void, void> {
  for (let position = start; position < end;) {
    signal?.throwIfAborted();
    const chunk = await readAt(file, position, Math.min(CHUNK, end - position));
    position += chunk.length;
    moved(position);
    yield chunk;
  }
}
