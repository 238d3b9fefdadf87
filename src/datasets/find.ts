/** Finds a dataset for somebody, by id or name, and refuses what they may not do with it. */
import { isId, type Id } from '../foundation/ids.ts';
import { CONTENT_ERRORS, type ContentColumn } from '../services/datasets/access/content.ts';
import { includesRight, type Right } from '../services/datasets/access/rules.ts';
import { openDataset } from '../services/datasets/access/store.ts';
import { StoreError } from '../store/errors.ts';
import type { Transaction } from '../store/transaction.ts';
import {
  datasetForbids,
  datasetNotFound,
  tooLargeToCompare,
  versionConflict,
  versionNotFound,
} from './problems.ts';
import { findDatasetByName } from './store.ts';

export interface FoundDataset {
  readonly id: Id<'dst'>;
  readonly name: string;
  /** The company that it belongs to. */
  readonly company: string;
  readonly right: Right;
  /** That was asked for; 0 while there is no content. */
  readonly version: number;
  readonly currentVersion: number;
  readonly columns: readonly ContentColumn[];
  readonly key: readonly string[];
  readonly rows: number;
}

/** @throws dataset_not_found (404). */
const idOf = async (tx: Transaction, company: string, dataset: string): Promise<Id<'dst'>> => {
  if (isId('dst', dataset)) return dataset;
  const found = await tx.one(findDatasetByName, [company, dataset]);
  if (found === undefined || !isId('dst', found.id)) throw datasetNotFound();
  return found.id;
};

/**
 * The dataset as the transaction's actor may use it, at a version where one is given.
 * @param company in which the actor acts, and whose datasets go by their names.
 * @throws dataset_not_found, version_not_found (404), dataset_forbids (403).
 */
export const findDataset = async (
  tx: Transaction,
  company: string,
  dataset: string,
  wanted: Right,
  version?: number,
): Promise<FoundDataset> => {
  const id = await idOf(tx, company, dataset);
  const row = await tx.one(openDataset, [id, version ?? null]);
  if (row === undefined) {
    if (version === undefined || (await tx.one(openDataset, [id, null])) === undefined)
      throw datasetNotFound();
    throw versionNotFound();
  }
  const right = row.right as Right;
  if (!includesRight(right, wanted)) throw datasetForbids();
  return {
    id,
    name: row.name,
    company: row.company_id,
    right,
    version: row.version,
    currentVersion: row.current_version,
    // Written by make_generation alone, which has looked at them.
    columns: (row.columns ?? []) as readonly ContentColumn[],
    key: row.key ?? [],
    rows: row.rows,
  };
};

/** Runs what calls the functions of migration 0017, and turns what they raise into what callers are told. */
export const withContentProblems = async <Value>(work: () => Promise<Value>): Promise<Value> => {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    if (error.code === CONTENT_ERRORS.notAllowed) throw datasetNotFound();
    if (error.code === CONTENT_ERRORS.versionMoved) throw versionConflict();
    if (error.code === CONTENT_ERRORS.noVersion) throw versionNotFound();
    if (error.code === CONTENT_ERRORS.tooLargeToCompare) throw tooLargeToCompare();
    throw error;
  }
};
