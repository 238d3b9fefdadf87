/** The promise that changes and their record are one: a synthetic member changes something, and the log is compared. */
import { isId } from '../foundation/ids.ts';
import type { CheckResult, PromiseDefinition } from '../foundation/promise.ts';
import type { SeenAnswer } from '../http/promises.ts';
import type { Database } from '../store/database.ts';
import { StoreError } from '../store/errors.ts';
import type { AnyStatement } from '../store/statement.ts';
import type { CanaryPeople } from './canary-people.ts';
import { compareTransactions, deleteAudit, rewriteAudit } from './people/store.ts';

export interface LoggedOptions {
  readonly people: Pick<CanaryPeople, 'make' | 'remove'>;
  readonly database: Pick<Database, 'company'>;
  /** Revokes a key over the public listener, with a session's cookie. */
  readonly revoke: (
    key: { readonly company: string; readonly key: string },
    cookie: string,
  ) => Promise<SeenAnswer>;
}

const broken = (evidence: string): CheckResult => ({ state: 'broken', evidence });

class TakenBack extends Error {}

/** Change and record carry the number of the same transaction, and the record cannot be changed. */
export const changesInTheLog = ({ people, database, revoke }: LoggedOptions): PromiseDefinition => ({
  id: 'changes-in-the-log',
  kind: 'canary-tested',
  sentence: () =>
    'What members change in a company is in its audit log (who, what, when; no address), written by the very transaction that makes the change; the log cannot be rewritten.',
  enforcedBy:
    'Every change of a member goes through one function that writes both or neither; the server has no right to change or delete an entry.',
  check: async () => {
    const person = await people.make('audit');
    try {
      const { company, user, key, cookie } = person;
      if (!isId('key', key)) throw new Error('not the id of a key');
      const answer = await revoke({ company, key }, cookie);
      if (answer.status >= 400) throw new Error('a synthetic member could not revoke a key');
      const row = await database.company(company, (tx) => tx.one(compareTransactions, [company, key, user]));
      if (row?.revoked !== true) return broken('A key that was revoked over the API is not revoked.');
      if (row.events !== 1 || row.together !== 1)
        return broken('The revocation of a key and its entry in the log do not come from one transaction.');
      for (const attempt of [rewriteAudit, deleteAudit] satisfies AnyStatement[]) {
        try {
          await database.company(company, async (tx) => {
            await tx.all(attempt, [company]);
            throw new TakenBack();
          });
        } catch (error) {
          if (error instanceof TakenBack) return broken('An entry of the log could be rewritten.');
          // 42501: insufficient_privilege (PostgreSQL manual, appendix A).
          if (!(error instanceof StoreError && error.code === '42501')) throw error;
        }
      }
      return {
        state: 'kept',
        evidence:
          'A synthetic member revoked a key over the API: the key and the entry in the log carry the number of one transaction. An attempt to rewrite the entry and one to delete it were refused.',
      };
    } finally {
      await people.remove(person);
    }
  },
});
