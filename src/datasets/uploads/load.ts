/** Loads one file into its dataset, in one transaction: a new version, or nothing at all. */
import { isId, type UploadId } from '../../foundation/ids.ts';
import type { KeyedActor } from '../../services/datasets/access/actor.ts';
import { CONTENT_SCHEMA, contentTable, type ContentColumn } from '../../services/datasets/access/content.ts';
import { noteUse } from '../../services/datasets/access/note-use.ts';
import {
  appendGeneration,
  makeGeneration,
  nameKey,
  openDataset,
  publishGeneration,
} from '../../services/datasets/access/store.ts';
import type { Connection } from '../../store/connection.ts';
import { openLoading, type LoadingTransaction } from '../../store/loading.ts';
import { LoadFailure, NotOurs } from './interruption.ts';
import type { FilePlan } from './formats/contract.ts';
import { canPassThrough, copyOptionsOf, passThrough } from './formats/pass-through.ts';
import { readRows } from './formats/read-rows.ts';
import type { Rejections } from './rejections.ts';
import type { Upload } from './service.ts';
import { endWork } from './store.ts';
import type { StoredFile } from './stored-file.ts';
import type { Progress } from './work.ts';

export interface LoadWork {
  readonly upload: UploadId;
  readonly actor: KeyedActor;
  readonly claim: string;
  readonly connection: Connection;
  readonly now: () => number;
  /** Aborted where it is no longer ours. */
  readonly signal: AbortSignal;
  readonly file: StoredFile;
  readonly found: Upload;
  readonly progress: Progress;
  readonly rejections: Rejections;
}

/** Rejections that are held before they are written down. */
const HELD_REJECTIONS = 500;

/**
 * The columns of the file as its dataset has them: what is appended is read by the dataset's types, whatever was found in it.
 * Throws columns_differ where the dataset has no such column.
 */
export const columnsToAppend = (
  columns: readonly ContentColumn[],
  present: readonly ContentColumn[],
): readonly ContentColumn[] =>
  columns.map(({ name }) => {
    const same = present.find((column) => column.name === name);
    if (same === undefined) throw new LoadFailure('columns_differ');
    return same;
  });

/** The rows in COPY's text format; where rows were rejected that stop the load it ends in rows_rejected, all counted. */
const rowsOf = async function* (
  { file, found, progress, rejections, signal }: LoadWork,
  plan: FilePlan,
): AsyncGenerator<Uint8Array | string> {
  let held = 0;
  const onProgress = (bytes: number, count: number): void => {
    progress.bytes = bytes;
    progress.rows = count;
  };
  if (canPassThrough(plan)) {
    yield* passThrough(file, plan, { signal, onProgress });
    return;
  }
  const rows = readRows(file, plan, {
    signal,
    onProgress,
    onRejected: (rejection) => {
      rejections.add(rejection);
      progress.rejected = rejections.count();
      held += 1;
    },
  });
  for await (const chunk of rows) {
    signal.throwIfAborted();
    if (held >= HELD_REJECTIONS) {
      held = 0;
      await rejections.flush();
    }
    // The rest is read all the same, so that its uploader sees all that is wrong with it at once.
    if (found.skips_rejected || rejections.count() === 0) yield chunk;
  }
  await rejections.flush();
  if (!found.skips_rejected && rejections.count() > 0) throw new LoadFailure('rows_rejected');
};

/** Rows that are loaded, and what was found of them. */
export interface Filling {
  readonly plan: FilePlan;
  /** @param planned the plan with the columns of the dataset */
  rows(planned: FilePlan): AsyncIterable<Uint8Array | string>;
  /** What is found of them only with the last one; rejects where they should have been read otherwise. */
  prove?(columns: readonly ContentColumn[]): Promise<FilePlan>;
}

/** Makes a table, fills it and makes it a version. */
export const fill = async (
  work: Omit<LoadWork, 'file' | 'rejections'>,
  tx: LoadingTransaction,
  { plan, rows: rowsFor, prove }: Filling,
): Promise<void> => {
  const { upload, actor, claim, found, progress, now } = work;
  const { dataset_id: dataset, mode, expected_version: expected } = found;
  if (actor.key !== undefined) await tx.one(nameKey, [actor.key]);
  if (dataset === null || !isId('dst', dataset)) throw new LoadFailure('dataset_gone');
  const opened = await tx.one(openDataset, [dataset, null]);
  if (opened === undefined) throw new LoadFailure('dataset_gone');
  if (opened.right === 'read') throw new LoadFailure('right_lost');
  // Said at once to who is late already; the same is asked once more at the end.
  if (expected !== null && opened.current_version !== expected) throw new LoadFailure('version_conflict');
  const appends = mode === 'append';
  if (appends && opened.columns === null) throw new LoadFailure('nothing_to_append_to');
  const columns = appends
    ? columnsToAppend(plan.columns, opened.columns as readonly ContentColumn[])
    : plan.columns;
  const made = await tx.one(makeGeneration, [dataset, columns, appends ? [] : plan.key]);
  if (made === undefined) throw new LoadFailure('dataset_gone');
  const planned = { ...plan, columns };
  const target = {
    schema: CONTENT_SCHEMA,
    table: contentTable(dataset, made.generation),
    columns: columns.map(({ name }) => name),
    isNew: true,
    ...(canPassThrough(planned) ? { csv: copyOptionsOf(planned) } : {}),
  };
  const rows = await tx.copyIn(target, rowsFor(planned));
  const proven = await prove?.(columns);
  progress.rows = rows + progress.rejected;
  const published = appends
    ? await tx.one(appendGeneration, [dataset, made.generation, expected])
    : await tx.one(publishGeneration, [dataset, made.generation, 'upload', expected]);
  const version = published?.version ?? null;
  await noteUse(tx, {
    dataset,
    action: 'datasets.load',
    details: { version, rows, rejected: progress.rejected, mode: appends ? 'append' : 'replace' },
    at: now(),
    key: actor.key,
  });
  const ended = await tx.one(endWork, [
    actor.company,
    upload,
    claim,
    'loaded',
    null,
    proven ?? null,
    version,
    found.length,
    progress.rows,
    progress.rejected,
    new Date(now()),
    null,
  ]);
  // Taken back, or its uploader is no member, or no key, any more: then there is no version either.
  if (ended === undefined) throw new NotOurs();
};

/** Runs a load in a transaction of its own, which also ends a statement that is under way where it is aborted. */
export const inLoading = async (
  { actor, connection, signal }: Pick<LoadWork, 'actor' | 'connection' | 'signal'>,
  work: (tx: LoadingTransaction) => Promise<void>,
): Promise<void> => {
  const loading = await openLoading(connection);
  // A statement that is under way would otherwise go on for minutes.
  const cut = (): void => loading.cut();
  signal.addEventListener('abort', cut, { once: true });
  try {
    signal.throwIfAborted();
    await loading.run(actor, work);
  } finally {
    signal.removeEventListener('abort', cut);
    await loading.close();
  }
};

/**
 * Makes the file a version of its dataset. The table is made, filled and published in one transaction, so that nobody ever
 * sees a part of it and a crash leaves nothing behind. Its bytes are left to the upkeep. Throws a LoadFailure, NotOurs, or what the
 * database says.
 */
export const loadFile = async (work: LoadWork): Promise<void> => {
  if (work.found.plan === null) throw new LoadFailure('plan_missing');
  const plan = work.found.plan as FilePlan;
  await inLoading(work, (tx) => fill(work, tx, { plan, rows: (planned) => rowsOf(work, planned) }));
};
