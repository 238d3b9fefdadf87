import { open } from 'node:fs/promises';
import { checkIndex, checkPreamble, IndexFaultError, PREAMBLE_BYTES } from './index-format.ts';

/** No index is larger; a file that is, is not one. */
const LARGEST_BYTES = 8_000_000_000;
/** Bytes that are read at once; the system gives less than two gigabytes. */
const READ_AT_ONCE = 256 * 1024 * 1024;

/**
 * Reads an index file into memory that all threads can share, and checks it.
 * @throws {IndexFaultError} where it is no index, of another format, cut short or damaged: it has to be built again.
 * Errors of the file system (`ENOENT`, `EACCES`) come through as they are.
 */
export const loadGazetteerFile = async (path: string): Promise<SharedArrayBuffer> => {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    if (size < PREAMBLE_BYTES || size > LARGEST_BYTES) throw new IndexFaultError('not an index');
    const head = Buffer.alloc(PREAMBLE_BYTES);
    await file.read(head, 0, PREAMBLE_BYTES, 0);
    checkPreamble(head, size);
    const buffer = new SharedArrayBuffer(size);
    const bytes = Buffer.from(buffer);
    for (let at = 0; at < size;) {
      const { bytesRead } = await file.read(bytes, at, Math.min(READ_AT_ONCE, size - at), at);
      if (bytesRead === 0) throw new IndexFaultError('truncated');
      at += bytesRead;
    }
    checkIndex(bytes);
    return buffer;
  } finally {
    await file.close();
  }
};
