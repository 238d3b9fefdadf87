import { loadSectionedFile } from '../sectioned-file.ts';
import { INDEX_FORMAT } from './index-format.ts';

/**
 * Reads an index file into memory that all threads can share, and checks it.
 * @throws {IndexFaultError} where it is no index, of another format, cut short or damaged: it has to be built again.
 * Errors of the file system (`ENOENT`, `EACCES`) come through as they are.
 */
export const loadGazetteerFile = (path: string): Promise<SharedArrayBuffer> =>
  loadSectionedFile(INDEX_FORMAT, path);
