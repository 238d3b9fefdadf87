import { newId, type CompanyId, type ProjectId, type UserId } from '../foundation/ids.ts';
import { recordAudit } from '../audit/record.ts';
import type { Transaction } from '../store/transaction.ts';
import { insertCompany, insertOwner, insertProject } from './store.ts';

export interface OpenedCompany {
  readonly company: CompanyId;
  readonly name: string;
  /** The user of the transaction. */
  readonly owner: UserId;
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
}

/** The name of the project that every new company has. */
export const FIRST_PROJECT = 'First project';

/**
 * Makes a company with its owner and a first project, in a transaction whose scope is this company and this user
 * (`database.as`); the user has to be there already.
 */
export const openCompany = async (
  tx: Transaction,
  { company, name, owner, now }: OpenedCompany,
): Promise<{ readonly project: ProjectId }> => {
  const at = new Date(now);
  const project = newId('prj', now);
  await tx.all(insertCompany, [company, name, at]);
  await tx.all(insertOwner, [company, owner, at]);
  await tx.all(insertProject, [project, company, FIRST_PROJECT, at]);
  await recordAudit(tx, {
    company,
    actor: owner,
    action: 'companies.create',
    target: company,
    details: { name },
    at: now,
  });
  return { project };
};
