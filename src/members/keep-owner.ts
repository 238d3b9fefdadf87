import { StoreError } from '../store/errors.ts';
import { lastOwner } from './problems.ts';

/** The constraint that PostgreSQL checks when a transaction commits: whoever was faster, an owner stays. */
const CONSTRAINT = 'company_keeps_an_owner';

/** Runs a change of members. @throws last_owner (409) where it would leave a company without an owner. */
export const keepOwner = async <Value>(change: () => Promise<Value>): Promise<Value> => {
  try {
    return await change();
  } catch (error) {
    if (error instanceof StoreError && error.constraint === CONSTRAINT) throw lastOwner();
    throw error;
  }
};
