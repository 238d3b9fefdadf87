/** What members do with datasets as such: make, change and delete. */
import { changeAsMember, type Acting } from '../audit/change.ts';
import { newId, type CompanyId, type UserId } from '../foundation/ids.ts';
import { makeGeneration, publishGeneration } from '../services/datasets/access/store.ts';
import type { Database } from '../store/database.ts';
import { Problem } from '../foundation/problem.ts';
import { StoreError } from '../store/errors.ts';
import type { Transaction } from '../store/transaction.ts';
import { checkColumns } from './columns.ts';
import { findDataset, type FoundDataset } from './find.ts';
import { MOST_DATASETS } from './limits.ts';
import {
  datasetBusy,
  datasetKeyInvalid,
  datasetNameTaken,
  datasetNotFound,
  ownerNotMember,
  tooManyDatasets,
  wouldLoseSight,
} from './problems.ts';
import type { DatasetChange, NewDataset, ShownDataset } from './schemas.ts';
import { readDataset } from './show.ts';
import { countDatasets, deleteDataset, insertDataset, updateDataset } from './store.ts';

type Store = Pick<Database, 'as'>;

const MAKE = { permission: 'datasets.make' } as const;

const readerOf = ({ company, caller }: Acting): { company: CompanyId; user: UserId } => ({
  company,
  user: caller.user,
});

/** What the table's own rules refuse, in words. */
const withTableProblems = async <Value>(work: () => Promise<Value>): Promise<Value> => {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    if (error.constraint === 'dataset_company_id_name_key') throw datasetNameTaken();
    if (error.constraint === 'dataset_company_id_owner_id_fkey') throw ownerNotMember();
    // A policy: the row as it would be is not one that its writer sees.
    if (error.code === '42501') throw wouldLoseSight();
    throw error;
  }
};

/** The row of a dataset, which edits and the ends of loads hold: whoever waited in vain for it is told so. */
const withDataset = async <Value>(work: Promise<Value>): Promise<Value> => {
  try {
    return await work;
  } catch (error) {
    // lock_not_available
    if (error instanceof Problem && error.cause instanceof StoreError && error.cause.code === '55P03')
      throw datasetBusy();
    throw error;
  }
};

const publishNew = async (
  tx: Transaction,
  dataset: string,
  columns: FoundDataset['columns'],
  key: readonly string[],
): Promise<void> => {
  const made = await tx.one(makeGeneration, [dataset, columns, key]);
  await tx.one(publishGeneration, [dataset, made?.generation ?? 0, 'create', null]);
};

/**
 * Makes a dataset that is the caller's own; with columns, its first version is an empty table.
 * @throws dataset_name_taken, too_many_datasets (409), and what columns and keys can have wrong (400).
 */
export const createDataset = (database: Store, acting: Acting, wanted: NewDataset): Promise<ShownDataset> => {
  const { columns, key = [] } = wanted;
  if (columns === undefined && key.length > 0) throw datasetKeyInvalid();
  const checked = columns === undefined ? undefined : checkColumns(columns, key);
  return withTableProblems(() =>
    changeAsMember(database, acting, { ...MAKE, alone: true }, async ({ tx, at }) => {
      const { company, caller, now } = acting;
      const counted = await tx.one(countDatasets, [company]);
      if ((counted?.datasets ?? 0) >= MOST_DATASETS) throw tooManyDatasets();
      const id = newId('dst', now);
      const { name, title = null, description = null, visibility } = wanted;
      await tx.all(insertDataset, [id, company, name, title, description, caller.user, visibility, at]);
      if (checked !== undefined) await publishNew(tx, id, checked, key);
      const found = await findDataset(tx, company, id, 'manage');
      return {
        value: await readDataset(tx, readerOf(acting), found, now),
        event: { action: 'datasets.create', target: id, details: { name, visibility } },
      };
    }),
  );
};

/** Null takes away; left out stays. */
const given = (text: string | null | undefined): string | null => (text === null ? '' : (text ?? null));

/** @throws dataset_not_found (404), dataset_forbids (403), dataset_name_taken, would_lose_sight, dataset_busy (409), owner_not_member (400). */
export const changeDataset = (
  database: Store,
  acting: Acting,
  dataset: string,
  change: DatasetChange,
): Promise<ShownDataset> =>
  withTableProblems(() =>
    changeAsMember(database, acting, MAKE, async ({ tx }) => {
      const { company, now } = acting;
      const found = await findDataset(tx, company, dataset, 'manage');
      const { name, title, description, visibility, owner } = change;
      const changes = [
        name ?? null,
        given(title),
        given(description),
        visibility ?? null,
        owner ?? null,
      ] as const;
      const changed = await withDataset(tx.one(updateDataset, [company, found.id, ...changes]));
      if (changed === undefined) throw datasetNotFound();
      const value = await readDataset(tx, readerOf(acting), { ...found, name: name ?? found.name }, now);
      if (Object.keys(change).length === 0) return { value };
      const details = {
        name: value.name,
        ...(name === undefined || name === found.name ? {} : { name_before: found.name }),
        ...(visibility === undefined ? {} : { visibility }),
        ...(owner === undefined ? {} : { owner }),
      };
      return { value, event: { action: 'datasets.change', target: found.id, details } };
    }),
  );

/** Deletes it with its rows, versions and grants, at once. @throws dataset_not_found (404), dataset_forbids (403), dataset_busy (409). */
export const removeDataset = (database: Store, acting: Acting, dataset: string): Promise<void> =>
  changeAsMember(database, acting, MAKE, async ({ tx }) => {
    const { company } = acting;
    const { id } = await findDataset(tx, company, dataset, 'manage');
    const gone = await withDataset(tx.one(deleteDataset, [company, id]));
    if (gone === undefined) throw datasetNotFound();
    return {
      value: undefined,
      event: { action: 'datasets.delete', target: id, details: { name: gone.name } },
    };
  });
