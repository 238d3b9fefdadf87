/** The promise about accounts that nobody uses: one is taken through its whole life, in a transaction that is taken back. */
import type { Clock } from '../foundation/clock.ts';
import { utcDay } from '../foundation/clock.ts';
import { newId } from '../foundation/ids.ts';
import type { CheckResult, PromiseDefinition } from '../foundation/promise.ts';
import { advanceIn, listDormantIn } from '../leaving/dormancy.ts';
import {
  DORMANT_MONTHS,
  dormantAt,
  FIRST_WARNING_DAYS,
  LAST_WARNING_DAYS,
  nextStep,
} from '../leaving/dormancy-rules.ts';
import { userStores } from '../leaving/store.ts';
import type { Database } from '../store/database.ts';
import { addCanaryUser } from './people/store.ts';

export interface UnusedOptions {
  readonly database: Pick<Database, 'system' | 'user'>;
  readonly clock: Clock;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const broken = (evidence: string): CheckResult => ({ state: 'broken', evidence });

class TakenBack extends Error {}

/** What should happen to an account unused since half a year before `due`, hour by hour around each day. */
const LIFE: readonly { readonly at: number; readonly expect: string; readonly delivers?: true }[] = [
  { at: -FIRST_WARNING_DAYS * DAY_MS - HOUR_MS, expect: 'nothing' },
  { at: -FIRST_WARNING_DAYS * DAY_MS, expect: 'warned' },
  { at: -FIRST_WARNING_DAYS * DAY_MS + HOUR_MS, expect: 'nothing' },
  { at: -FIRST_WARNING_DAYS * DAY_MS + 2 * HOUR_MS, expect: 'confirmed', delivers: true },
  { at: -LAST_WARNING_DAYS * DAY_MS - HOUR_MS, expect: 'nothing', delivers: true },
  { at: -LAST_WARNING_DAYS * DAY_MS + 2 * HOUR_MS, expect: 'warned', delivers: true },
  { at: -LAST_WARNING_DAYS * DAY_MS + 3 * HOUR_MS, expect: 'confirmed', delivers: true },
  { at: -HOUR_MS, expect: 'nothing', delivers: true },
  { at: 3 * HOUR_MS, expect: 'erased', delivers: true },
];

/** The first moment at which something else happened than should, or undefined. Nothing of it stays. */
const liveThrough = async ({ database, clock }: UnusedOptions): Promise<string | undefined> => {
  const user = newId('usr', clock.now());
  // Not an address of the other canaries, whom the list of unused accounts leaves out. Nobody else sees this one.
  const email = `${user}@unused.invalid`;
  const now = clock.now();
  let fault: string | undefined;
  try {
    await database.user(user, async (tx) => {
      const seen = now - 183 * DAY_MS;
      const due = dormantAt(utcDay(seen));
      await tx.all(addCanaryUser, [user, email, 'Canary', new Date(seen)]);
      for (const { at, expect, delivers } of LIFE) {
        const found = (await listDormantIn(tx, due + at)).find((dormant) => dormant.user === user);
        const taken =
          found === undefined
            ? 'nothing'
            : await advanceIn(tx, delivers === true ? { ...found, isWaiting: false } : found, due + at);
        if (taken !== expect) {
          fault = `${taken} instead of ${expect}, ${Math.round(at / DAY_MS)} days from its end`;
          break;
        }
      }
      const left = await tx.all(userStores, [user, []]);
      if (fault === undefined && left.some(({ rows }) => rows > 0)) fault = 'not erased from every table';
      throw new TakenBack();
    });
  } catch (error) {
    if (!(error instanceof TakenBack)) throw error;
  }
  return fault;
};

/** A server that was off takes the steps that were due meanwhile within its first hours. */
const CATCHES_UP_MS = 3 * HOUR_MS;

/** Warned twice, then deleted; and no real account is overdue. */
export const unusedAccountsGo = (options: UnusedOptions): PromiseDefinition => {
  /** Of the first check, right after the start. */
  let startedAt: number | undefined;
  return {
    id: 'unused-accounts-go',
    kind: 'canary-tested',
    sentence: () =>
      `Accounts without a sign-in or an API call for ${DORMANT_MONTHS} months are warned by mail ${FIRST_WARNING_DAYS} and ${LAST_WARNING_DAYS} days before, then deleted like those whose owners ask for it.`,
    enforcedBy:
      'A job that looks every hour; what could not be mailed moves the rest back, so that no warning is skipped.',
    check: async () => {
      const { database, clock } = options;
      const fault = await liveThrough(options);
      if (fault !== undefined) return broken(`A synthetic account that nobody used was ${fault}.`);
      const now = clock.now();
      startedAt ??= now;
      const dormant = await database.system((tx) => listDormantIn(tx, now));
      const stepBefore = (ms: number): readonly string[] =>
        dormant.map((one) => nextStep(one, now - ms).step);
      // The job runs every hour; a step that has been due for a whole day was not taken.
      const overdue = stepBefore(DAY_MS).filter((step) => step !== 'nothing').length;
      if (overdue > 0 && now - startedAt > CATCHES_UP_MS)
        return broken(`${overdue} unused accounts should have been warned or deleted a day ago.`);
      return {
        state: 'kept',
        evidence: `A synthetic account lived through half a year in one transaction, which was taken back: warned ${FIRST_WARNING_DAYS} and ${LAST_WARNING_DAYS} days before, then erased. ${dormant.length} accounts have not been used for five months or more, ${overdue === 0 ? 'none' : overdue} of them overdue.`,
      };
    },
  };
};
