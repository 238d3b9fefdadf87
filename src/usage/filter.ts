/** Which counters are asked for, and whether the company has such a project and key. */
import type { CompanyId, KeyId, ProjectId, UserId } from '../foundation/ids.ts';
import { projectNotFound } from '../accounts/problems.ts';
import { keyNotFound } from '../keys/problems.ts';
import type { Transaction } from '../store/transaction.ts';
import type { DayRange } from './range.ts';
import { findKey, findProject } from './store.ts';

export interface UsageFilter {
  readonly company: CompanyId;
  readonly user: UserId;
  /** Of all projects where it is undefined. */
  readonly project: ProjectId | undefined;
  /** Of all keys where it is undefined; `none` is what was called with the id of a project. */
  readonly key: KeyId | 'none' | undefined;
  readonly range: DayRange;
}

/** The key as counters have it: empty where there was none, null for all. */
export const keyOf = ({ key }: UsageFilter): string | null => (key === 'none' ? '' : (key ?? null));

/** @throws project_not_found, key_not_found (404): the same whether it never was or is somebody else's. */
export const refuseUnknown = async (
  tx: Transaction,
  { company, project, key }: UsageFilter,
): Promise<void> => {
  if (project !== undefined && (await tx.one(findProject, [company, project])) === undefined)
    throw projectNotFound();
  if (key !== undefined && key !== 'none' && (await tx.one(findKey, [company, key])) === undefined)
    throw keyNotFound();
};
