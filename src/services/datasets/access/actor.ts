/** Who works with datasets: a user in one of their companies, or a company by itself, which is what a key acts for. */
import type { CompanyId, UserId } from '../../../foundation/ids.ts';
import type { Database } from '../../../store/database.ts';
import type { Transaction } from '../../../store/transaction.ts';

export interface DatasetActor {
  readonly company: CompanyId;
  /** Left out for a key, which sees what the members of its company share and has no grants. */
  readonly user?: UserId;
}

/**
 * Runs `work` in one transaction as this actor; row-level security shows it what they may see. Rejects as the methods of
 * Database do, and with what `work` throws.
 */
export const inScope = <Value>(
  database: Database,
  actor: DatasetActor,
  work: (tx: Transaction) => Promise<Value>,
): Promise<Value> => {
  const { company, user } = actor;
  return user === undefined ? database.company(company, work) : database.as({ company, user }, work);
};
