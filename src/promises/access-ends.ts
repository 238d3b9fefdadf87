/** The promises that what was ended is ended everywhere: a session, and all that a deleted account had. */
import type { Clock } from '../foundation/clock.ts';
import type { CheckResult, PromiseDefinition } from '../foundation/promise.ts';
import { REVOCATION_BOUND_MS } from '../gate/promises.ts';
import type { SeenAnswer } from '../http/promises.ts';
import type { CanaryPeople } from './canary-people.ts';
import { measureUntilRefused } from './until-refused.ts';

export interface AccessEndsOptions {
  readonly people: CanaryPeople;
  readonly useKey: (secret: string) => Promise<SeenAnswer>;
  /** Uses a session by its cookie, `name=value`. */
  readonly useSession: (cookie: string) => Promise<SeenAnswer>;
  readonly clock: Clock;
  readonly workers: number;
  readonly paceMs?: number;
}

const BOUND = REVOCATION_BOUND_MS.toLocaleString('en');

const judge = (what: string, lastMs: number, tries: number, workers: number): CheckResult =>
  lastMs > REVOCATION_BOUND_MS
    ? {
        state: 'broken',
        evidence: `The ${what} still worked after ${lastMs} ms.`,
        figures: { lastMs },
      }
    : {
        state: 'kept',
        evidence: `The ${what} worked on ${tries} new connections, then was ended; ${lastMs} ms later nobody took it any more (${workers} workers of this process).`,
        figures: { lastMs },
      };

const quote = (lastMs: number | undefined): string =>
  lastMs === undefined ? '' : `; last measured: ${lastMs} ms`;

/** A canary's session is ended as the list of sessions ends one. */
export const sessionEndsWithinASecond = (options: AccessEndsOptions): PromiseDefinition => ({
  id: 'session-ends-within-a-second',
  kind: 'canary-tested',
  sentence: ({ lastMs }) =>
    `A session that is ended is refused by every worker within ${BOUND} ms${quote(lastMs)}.`,
  enforcedBy:
    'Each worker asks the database for a session that it does not know, and forgets the ones it knows by the same three nets as keys.',
  check: async () => {
    const { people, useSession, workers } = options;
    const person = await people.make('sessions');
    try {
      const { lastMs, tries } = await measureUntilRefused({
        ...options,
        uses: [() => useSession(person.cookie)],
        end: () => people.endSession(person),
        boundMs: REVOCATION_BOUND_MS,
      });
      return judge('session of a synthetic user', lastMs, tries, workers);
    } finally {
      await people.remove(person);
    }
  },
});

/** A canary's account is deleted by the code that deletes every account. */
export const deletedAccountsAreOut = (options: AccessEndsOptions): PromiseDefinition => ({
  id: 'deleted-accounts-are-out',
  kind: 'canary-tested',
  sentence: ({ lastMs }) =>
    `Keys and sessions of a deleted account are refused by every worker within ${BOUND} ms${quote(lastMs)}.`,
  enforcedBy:
    'Their rows go in the transaction of the deletion, and the database notifies every worker of each of them.',
  check: async () => {
    const { people, useKey, useSession, workers } = options;
    const person = await people.make('leaver');
    try {
      const { lastMs, tries } = await measureUntilRefused({
        ...options,
        uses: [() => useSession(person.cookie), () => useKey(person.secret.expose())],
        end: async () => {
          await people.leave(person);
        },
        boundMs: REVOCATION_BOUND_MS,
      });
      return judge('session and the key of a synthetic account', lastMs, tries, workers);
    } finally {
      await people.remove(person);
    }
  },
});
