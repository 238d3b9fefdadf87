/** The promise that leaving erases everything at once: a synthetic account is deleted, then looked for. */
import type { Clock } from '../foundation/clock.ts';
import type { CheckResult, PromiseDefinition } from '../foundation/promise.ts';
import { companyStores, userStores } from '../leaving/store.ts';
import type { Database } from '../store/database.ts';
import type { CanaryPeople } from './canary-people.ts';
import { findTraces } from './people/store.ts';

export interface ErasedOptions {
  readonly people: Pick<CanaryPeople, 'make' | 'leave' | 'remove'>;
  readonly database: Pick<Database, 'run' | 'system'>;
  readonly clock: Clock;
}

const listOf = (stores: readonly { readonly store: string; readonly rows: number }[]): string[] =>
  stores.filter(({ rows }) => rows > 0).map(({ store }) => store);

/** Fewer would say little: a person and a company have rows in more stores than that. */
const LEAST_STORES = 12;

/** A canary with rows in every store is deleted by the same code, and every table is searched for it. */
export const erasedAtOnce = ({ people, database, clock }: ErasedOptions): PromiseDefinition => ({
  id: 'erased-at-once',
  kind: 'canary-tested',
  sentence: () =>
    'You can delete your account or your company at any time. It is erased from every table at once, not marked and erased later; you get a receipt of what was erased and what remains where.',
  enforcedBy:
    'One transaction that finds the tables in the catalogue of the database, so that a new one cannot be forgotten; in other companies the log keeps what was done and forgets who.',
  check: async (): Promise<CheckResult> => {
    const person = await people.make('erasure');
    try {
      const startedAt = clock.monotonic();
      const receipt = await people.leave(person);
      const tookMs = Math.ceil(clock.monotonic() - startedAt);
      if (receipt.erased.length < LEAST_STORES)
        throw new Error('the canary had too few rows to say anything');
      const { user, email, name, company, companyName } = person;
      const own = await database.system(async (tx) => [
        ...(await tx.all(userStores, [user, []])),
        ...(await tx.all(companyStores, [company])),
      ]);
      const traces = await database.run(findTraces, [[user, email, name, company, companyName]]);
      const left = [...new Set([...listOf(own), ...listOf(traces)])];
      if (left.length > 0)
        return {
          state: 'broken',
          evidence: `After its deletion, a synthetic account was still in: ${left.join(', ')}.`,
        };
      const rows = receipt.erased.reduce((sum, store) => sum + store.rows, 0);
      const tables = new Set([...own, ...traces].map(({ store }) => store)).size;
      return {
        state: 'kept',
        evidence: `A synthetic account and its company, ${rows} rows in ${receipt.erased.length} stores, were erased in ${tookMs} ms; none of ${tables} tables held anything of them afterwards.`,
        figures: { tookMs },
      };
    } finally {
      await people.remove(person);
    }
  },
});
