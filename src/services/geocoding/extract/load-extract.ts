import { loadSectionedFile } from '../../sectioned-file.ts';
import { EXTRACT_FORMAT } from './extract-format.ts';

/**
 * Reads an extract into memory that all threads can share, and checks it.
 * @throws {IndexFaultError} where it is no extract, of another format, cut short or damaged: it has to be imported again.
 * Errors of the file system (`ENOENT`, `EACCES`) come through as they are.
 */
export const loadExtractFile = (path: string): Promise<SharedArrayBuffer> =>
  loadSectionedFile(EXTRACT_FORMAT, path);
