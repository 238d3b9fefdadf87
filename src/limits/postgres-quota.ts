import type { Database } from '../store/database.ts';
import type { QuotaStore } from './quota-store.ts';
import { leaseQuota, returnQuota } from './store.ts';

/** Quotas out of PostgreSQL: one row a period, one atomic statement a lease, under the limits that stand there. */
export const createPostgresQuotaStore = (database: Pick<Database, 'run'>): QuotaStore => ({
  lease: async ({ subject, period }, starts, want, { limit }) => {
    const [row] = await database.run(leaseQuota, [subject, period, starts, want]);
    // A subject that is gone gets nothing; one whose limit was lifted meanwhile has all of it left.
    if (row === undefined) return { granted: 0, remaining: 0 };
    return { granted: row.granted, remaining: row.remaining ?? limit };
  },
  giveBack: async ({ subject, period }, starts, units) => {
    await database.run(returnQuota, [subject, period, starts, units]);
  },
});
