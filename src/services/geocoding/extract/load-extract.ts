import { open } from 'node:fs/promises';
import { IndexFaultError } from '../index-format.ts';
import { checkExtract, checkExtractPreamble, EXTRACT_PREAMBLE } from './extract-format.ts';

/** No extract is larger; a file that is, is not one. */
const LARGEST_BYTES = 16_000_000_000;
/** Bytes of one read; the system reads at most 2 GiB at once. */
const READ_PIECE = 256 * 1024 * 1024;

/**
 * Reads an extract into memory that all threads can share, and checks it.
 * @throws {IndexFaultError} where it is no extract, of another format, cut short or damaged: it has to be imported again.
 * Errors of the file system (`ENOENT`, `EACCES`) come through as they are.
 */
export const loadExtractFile = async (path: string): Promise<SharedArrayBuffer> => {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    if (size < EXTRACT_PREAMBLE || size > LARGEST_BYTES) throw new IndexFaultError('not an index');
    const head = Buffer.alloc(EXTRACT_PREAMBLE);
    await file.read(head, 0, EXTRACT_PREAMBLE, 0);
    checkExtractPreamble(head, size);
    const buffer = new SharedArrayBuffer(size);
    const bytes = Buffer.from(buffer);
    for (let at = 0; at < size;) {
      const { bytesRead } = await file.read(bytes, at, Math.min(READ_PIECE, size - at), at);
      if (bytesRead === 0) throw new IndexFaultError('truncated');
      at += bytesRead;
    }
    checkExtract(bytes);
    return buffer;
  } finally {
    await file.close();
  }
};
