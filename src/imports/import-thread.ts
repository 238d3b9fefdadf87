/** The work of one import, in a thread of its own: the command hears signals and shows progress meanwhile. */
import { parentPort, workerData } from 'node:worker_threads';
import { ImportError } from '../../gazetteer/import/import-error.ts';
import type { ImportFormat } from './formats.ts';
import { importBase, importExtract } from './importers.ts';
import { openCheckpoint } from './work.ts';

/** What the thread is told. */
export interface ImportJob {
  readonly inputs: readonly { readonly path: string; readonly format: ImportFormat }[];
  readonly work: string;
  /** Where the index goes. */
  readonly path: string;
  /** The base index that is in use, for extracts. */
  readonly basePath: string;
  /** ISO 3166-1 alpha-2, where files do not say their country. */
  readonly country: string | undefined;
}

/** What an import came to. */
export interface ImportResult {
  readonly rows: number;
  readonly skipped: number;
  /** Who has to be named; undefined for the base, whose sources the credits name. */
  readonly attribution?: string | undefined;
  /** Sentences about the first rows that were skipped. */
  readonly notes: readonly string[];
}

/** From the thread. */
export type ImportNews =
  | { readonly kind: 'progress'; readonly message: string; readonly share: number }
  | { readonly kind: 'done'; readonly result: ImportResult }
  | { readonly kind: 'damaged'; readonly sentence: string }
  | { readonly kind: 'full' }
  | { readonly kind: 'stopped' };

const job = workerData as ImportJob;
const stop = new AbortController();
const tell = (news: ImportNews): void => parentPort?.postMessage(news);
parentPort?.once('message', () => stop.abort());

/** Codes of the system for: there is no more room for this. */
const FULL: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

const isFull = (error: unknown): boolean => {
  for (let cause = error; cause instanceof Error; cause = cause.cause)
    if (FULL.has((cause as NodeJS.ErrnoException).code)) return true;
  return false;
};

try {
  const checkpoint = await openCheckpoint(job.work);
  const { signal } = stop;
  const report = (message: string, share: number): void => tell({ kind: 'progress', message, share });
  const run = job.inputs[0]?.format.startsWith('geonames') === true ? importBase : importExtract;
  const result = await run(job, { checkpoint, signal, report });
  tell({ kind: 'done', result });
} catch (error) {
  // Damage that shows while a stop is under way is mostly the stop itself.
  if (stop.signal.aborted) tell({ kind: 'stopped' });
  else if (isFull(error)) tell({ kind: 'full' });
  else if (error instanceof ImportError) tell({ kind: 'damaged', sentence: error.message });
  else throw error;
} finally {
  parentPort?.close();
}
