/** Who works with datasets: a user in one of their companies, or a company by itself, which is what a key acts for. */
import type { CompanyId, KeyId, UserId } from '../../../foundation/ids.ts';
import type { Database } from '../../../store/database.ts';
import type { Transaction } from '../../../store/transaction.ts';
import { nameKey } from './store.ts';

export interface DatasetActor {
  readonly company: CompanyId;
  /** Left out for a key, which sees what the members of its company share and has no grants. */
  readonly user?: UserId;
}

/** The same where something is one key's alone; it sees no more datasets by it. */
export interface KeyedActor extends DatasetActor {
  /** Left out for a user, and where it does not matter which key of the company it is. */
  readonly key?: KeyId;
}

/**
 * Runs `work` in one transaction as this actor; row-level security shows it what they may see. Rejects as the methods of
 * Database do, and with what `work` throws.
 */
export const inScope = <Value>(
  database: Database,
  actor: KeyedActor,
  work: (tx: Transaction) => Promise<Value>,
): Promise<Value> => {
  const { company, user, key } = actor;
  if (user !== undefined) return database.as({ company, user }, work);
  if (key === undefined) return database.company(company, work);
  return database.company(company, async (tx) => {
    await tx.one(nameKey, [key]);
    return work(tx);
  });
};
