/** The work of one import, in a thread of its own: the command hears signals and shows progress meanwhile. */
import type { ImportFormat } from './formats.ts';
import { importBase, importExtract } from './importers.ts';
import { workInThread } from './thread-work.ts';
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

await workInThread<ImportResult>(async (told, { signal, report }) => {
  const job = told as ImportJob;
  const checkpoint = await openCheckpoint(job.work);
  const run = job.inputs[0]?.format.startsWith('geonames') === true ? importBase : importExtract;
  return run(job, { checkpoint, signal, report });
});
