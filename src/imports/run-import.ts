/** One import from beginning to end: room on the disk, work that can go on, the index file, the manifest. */
import { access, chmod, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../foundation/clock.ts';
import type { ImportFormat } from './formats.ts';
import { ImportStopped } from './lock.ts';
import type { ImportJob, ImportResult } from './import-thread.ts';
import { extractsFolder } from './manifest.ts';
import { insistOnRoom, roomWanted } from './disk-room.ts';
import { loadInThread } from './load-index.ts';
import { runInThread } from './run-thread.ts';
import { sweepStrays, useBase, useExtract } from './take-into-use.ts';
import {
  beginWork,
  finishWork,
  identify,
  isSameInput,
  readWork,
  workFolder,
  type WorkState,
} from './work.ts';

/** Under this name the work on the base index lies; no extract can have it. */
export const BASE_NAME = 'base';

/** What is to be imported. */
export interface ImportOrder {
  /** From `gazetteerFolder`. */
  readonly folder: string;
  /** Name of the extract, or `BASE_NAME`. */
  readonly name: string;
  /** At least one; all of them belong together. */
  readonly inputs: readonly { readonly path: string; readonly format: ImportFormat }[];
  /** ISO 3166-1 alpha-2, where files do not say their country. */
  readonly country: string | undefined;
  /** Where the base index lies that says in which country and state things are; asked only for extracts. */
  readonly openBase: () => Promise<string>;
  /** Whether to go on with what was interrupted. */
  readonly resume: boolean;
  /** Whether to begin although the disk may be too small. */
  readonly anyway: boolean;
  readonly clock: Clock;
  /** @param share of the whole, 0 to 1. */
  readonly report: (message: string, share: number) => void;
  /** A line for the operator besides progress. */
  readonly say: (line: string) => void;
  /** Stops it; what is done is kept for going on. */
  readonly signal: AbortSignal;
}

/** What came of it, and where it is. */
export interface Imported extends ImportResult {
  readonly path: string;
  readonly seconds: number;
}

const IMPORT_THREAD = new URL('import-thread.ts', import.meta.url);

const stampOf = (now: number): string => new Date(now).toISOString().replaceAll(/[-:]|\.\d+/gu, '');

/** A new file each time, so that nobody reads one that is being replaced. */
const fileFor = (name: string, now: number): string =>
  name === BASE_NAME ? `places-geonames.${stampOf(now)}.idx` : `${name}.${stampOf(now)}.idx`;

/** Goes on with what was begun, or begins. */
const prepareWork = async (work: string, order: ImportOrder): Promise<WorkState> => {
  const { name, resume, say, clock } = order;
  const format = order.inputs[0]?.format ?? 'osm';
  const inputs = await Promise.all(order.inputs.map(({ path }) => identify(path)));
  const begun = await readWork(work);
  if (resume) {
    if (begun === undefined)
      throw new ImportStopped(2, `Nothing of ${name} can go on; begin without --resume.`);
    if (begun.format !== format || !isSameInput(begun, inputs))
      throw new ImportStopped(
        2,
        `The files are not those with which ${name} was begun; begin anew without --resume.`,
      );
    say(`Going on with ${name}, begun ${begun.startedAt}.`);
    return begun;
  }
  if (begun !== undefined)
    say(`What was begun of ${name} at ${begun.startedAt} is dropped; --resume goes on.`);
  const now = clock.now();
  const startedAt = new Date(now).toISOString();
  return beginWork(work, { format, inputs, file: fileFor(name, now), startedAt });
};

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/** Writes the index file and checks it, unless an import that was killed had come so far. */
const writeIndex = async (
  work: string,
  job: ImportJob,
  { result }: WorkState,
  order: ImportOrder,
): Promise<ImportResult> => {
  const kind = order.name === BASE_NAME ? 'base' : 'extract';
  if (result !== undefined && (await exists(job.path))) {
    await loadInThread(kind, job.path, job.path);
    return { ...result, notes: [] };
  }
  const end = await runInThread<ImportResult>(IMPORT_THREAD, job, order);
  switch (end.kind) {
    case 'done':
      await loadInThread(kind, job.path, job.path);
      // Whoever imports need not be whom the server runs as, and the data is public.
      await chmod(job.path, 0o644);
      await finishWork(work, {
        rows: end.result.rows,
        skipped: end.result.skipped,
        attribution: end.result.attribution,
      });
      return end.result;
    case 'damaged':
      await rm(work, { recursive: true, force: true });
      throw new ImportStopped(4, `${end.sentence} Nothing was changed.`);
    case 'full':
      // Whoever has no room left needs it back; there is no going on then.
      await rm(work, { recursive: true, force: true });
      await rm(job.path, { force: true });
      throw new ImportStopped(
        1,
        `The disk is full: ${order.folder} has no room for the import. Its work files are removed, nothing was changed, and servers go on with what they have; make room and begin again.`,
      );
    case 'stopped':
    default:
      throw new ImportStopped(130, 'Interrupted; nothing was changed, and what is done is kept.');
  }
};

/** Imports and takes into use; needs the lock. @throws {ImportStopped} and `ImportError`. */
export const runImport = async (order: ImportOrder): Promise<Imported> => {
  const { folder, name, clock, say } = order;
  const work = workFolder(folder, name);
  await mkdir(extractsFolder(folder), { recursive: true });
  if (!order.resume) await insistOnRoom(folder, await roomWanted(order.inputs), order);
  const state = await prepareWork(work, order);
  await sweepStrays(folder, state.file);
  const isBase = name === BASE_NAME;
  const basePath = isBase ? '' : await order.openBase();
  const began = clock.monotonic();
  const path = join(isBase ? folder : extractsFolder(folder), state.file);
  const job: ImportJob = {
    inputs: order.inputs,
    work,
    path,
    basePath,
    country: order.country,
  };
  const result = await writeIndex(work, job, state, order);
  const importedAt = new Date(clock.now()).toISOString();
  if (isBase) await useBase(folder, { file: state.file, origin: 'geonames', importedAt }, say);
  else
    await useExtract(
      folder,
      {
        name,
        file: state.file,
        importedAt,
        source: state.format === 'osm' ? 'osm' : 'openaddresses',
        attribution: result.attribution ?? 'see the source of the data',
        rows: result.rows,
      },
      say,
    );
  await rm(work, { recursive: true, force: true });
  return { ...result, path, seconds: (clock.monotonic() - began) / 1000 };
};
