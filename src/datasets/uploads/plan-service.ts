/** What an uploader says of a file that has arrived: how it is read, and where it goes. */
import type { z } from 'zod';
import { newId, isId, type Id, type UploadId } from '../../foundation/ids.ts';
import { inScope, type KeyedActor } from '../../services/datasets/access/actor.ts';
import { openDataset } from '../../services/datasets/access/store.ts';
import type { Database } from '../../store/database.ts';
import { StoreError } from '../../store/errors.ts';
import type { Transaction } from '../../store/transaction.ts';
import { checkColumns } from '../columns.ts';
import {
  datasetNameTaken,
  datasetNotFound,
  datasetReadOnly,
  planInvalid,
  uploadLoaded,
  uploadNotReady,
  versionConflict,
} from './problems.ts';
import { correctPlan as applyCorrections } from './formats/correct-plan.ts';
import type { Corrections, FilePlan } from './formats/contract.ts';
import type { correctionsSchema, loadSchema } from './schemas.ts';
import { canFollow, findOwnUpload, type Upload } from './service.ts';
import {
  changePlan,
  findDatasetNamed,
  insertDatasetOfUpload,
  queueUpload,
  setLoading,
  setLooking,
  setOrdered,
} from './store.ts';
import { changeAsUploader, type Uploading } from './uploader.ts';

type LoadOrder = z.output<typeof loadSchema>;
type Changes = z.output<typeof correctionsSchema>;

const READY: ReadonlySet<string> = new Set(['ready', 'failed']);
/** Loads of what is not there yet wait until it is. */
const UNDER_WAY: ReadonlySet<string> = new Set(['arriving', 'looking']);
const CORRECTABLE: ReadonlySet<string> = new Set(['ready', 'failed', 'unreadable']);

const given = <Members extends object>(members: Members): Partial<Members> =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as never;

/** What was said before and what is said now, member by member. What is left out stays. */
const mergeCorrections = (before: Corrections, changes: Changes): Corrections => {
  const { dialect = {}, columns, ...others } = changes;
  const count = Math.max(before.columns?.length ?? 0, columns?.length ?? 0);
  return {
    ...before,
    ...given(others),
    dialect: { ...before.dialect, ...given(dialect) },
    ...(count === 0
      ? {}
      : {
          columns: Array.from({ length: count }, (_, index) => {
            const change = columns?.[index];
            const kept = before.columns?.[index] ?? null;
            // Null takes a change back.
            if (change === null) return null;
            return change === undefined ? kept : { ...kept, ...given(change) };
          }),
        }),
  } as Corrections;
};

/**
 * Notes what is to be read otherwise, on top of what was noted before, and has the file looked at again.
 * @throws upload_not_found (404), upload_loaded, upload_not_ready (409), upload_plan_invalid (400).
 */
export const correctPlan = (
  database: Database,
  actor: KeyedActor,
  upload: UploadId,
  changes: Changes,
  now: number,
): Promise<Upload> =>
  inScope(database, actor, async (tx) => {
    const found = await findOwnUpload(tx, actor, upload);
    if (found.phase === 'loaded') throw uploadLoaded();
    if (!CORRECTABLE.has(found.phase)) throw uploadNotReady();
    const corrections = mergeCorrections(found.corrections as Corrections, changes);
    const at = new Date(now);
    if (found.plan !== null) {
      const { columns, key, ...others } = changes;
      const hasOthers = Object.values(others).some((value) => value !== undefined);
      // A change that is taken back is found again only by another look.
      const takesBack = columns?.includes(null) === true;
      const corrected = applyCorrections(found.plan as FilePlan, {
        columns: corrections.columns ?? [],
        ...(key === undefined ? {} : { key }),
      });
      if (!hasOthers && !takesBack && corrected !== 'look') {
        checkColumns(corrected.columns, corrected.key);
        await tx.one(changePlan, [actor.company, upload, corrections, corrected, at]);
        return { ...found, phase: 'ready', failure: null, failure_detail: null, plan: corrected };
      }
    }
    const isSet = await tx.one(setLooking, [actor.company, upload, corrections, at]);
    if (isSet === undefined) throw uploadNotReady();
    await tx.one(queueUpload, [upload]);
    return { ...found, phase: 'looking', failure: null, failure_detail: null, plan: null };
  });

/** One of the company's by name, or any by id that the actor may change. */
const findDataset = async (tx: Transaction, order: LoadOrder, company: string): Promise<Id<'dst'>> => {
  const word = order.dataset ?? '';
  const id = isId('dst', word) ? word : (await tx.one(findDatasetNamed, [company, word]))?.id;
  if (id === undefined || !isId('dst', id)) throw datasetNotFound();
  const opened = await tx.one(openDataset, [id, null]);
  if (opened === undefined) throw datasetNotFound();
  if (opened.right === 'read') throw datasetReadOnly();
  if (order.expected_version !== undefined && opened.current_version !== order.expected_version)
    throw versionConflict();
  return id;
};

const refuseHalfOrders = (order: LoadOrder): void => {
  if ((order.dataset === undefined) === (order.new === undefined))
    throw planInvalid('/dataset', 'Name a dataset, or say what the new one is called.');
  if (order.new !== undefined && order.mode === 'append')
    throw planInvalid('/mode', 'There is nothing in a new dataset that rows could be appended to.');
};

/**
 * Begins to load, or orders that what is on its way is loaded once it is there; a new dataset is made at once, empty, and goes
 * again where the load fails. Gives the dataset's id.
 * @throws upload_not_found, dataset_not_found (404), upload_not_ready, upload_loaded, version_conflict, dataset_name_taken
 *   (409), dataset_read_only (403), upload_plan_invalid (400), and as `changeAsUploader`.
 */
export const beginLoad = async (
  database: Database,
  uploading: Uploading,
  upload: UploadId,
  order: LoadOrder,
): Promise<Id<'dst'>> => {
  refuseHalfOrders(order);
  const { actor, now } = uploading;
  const { company } = actor;
  try {
    return await changeAsUploader(database, uploading, async (tx) => {
      const at = new Date(now);
      const found = await findOwnUpload(tx, actor, upload);
      if (found.phase === 'loaded') throw uploadLoaded();
      const isReady = READY.has(found.phase);
      if (!isReady && !UNDER_WAY.has(found.phase)) throw uploadNotReady();
      const made = order.new;
      const dataset = made === undefined ? await findDataset(tx, order, company) : newId('dst', now);
      if (made !== undefined)
        await tx.all(insertDatasetOfUpload, [
          dataset,
          company,
          made.name,
          made.title ?? null,
          actor.user ?? null,
          made.visibility,
          at,
        ]);
      const isSet = await tx.one(isReady ? setLoading : setOrdered, [
        company,
        upload,
        dataset,
        made !== undefined,
        order.mode,
        order.expected_version ?? null,
        order.rejected === 'skip',
        at,
      ]);
      if (isSet === undefined) throw uploadNotReady();
      if (isReady || (found.phase === 'arriving' && canFollow({ ...found, ordered: true }, found.at)))
        await tx.one(queueUpload, [upload]);
      if (made === undefined) return { value: dataset };
      const details = { name: made.name, visibility: made.visibility };
      return { value: dataset, event: { action: 'datasets.create', target: dataset, details } };
    });
  } catch (error) {
    if (error instanceof StoreError && error.code === '23505' && error.table === 'dataset')
      throw datasetNameTaken();
    throw error;
  }
};
