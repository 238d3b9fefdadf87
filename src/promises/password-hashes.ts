/** The promise that passwords are kept as hard hashes only: by attempts to keep them otherwise, and by what is stored. */
import type { Clock } from '../foundation/clock.ts';
import { newId } from '../foundation/ids.ts';
import type { CheckResult, PromiseDefinition } from '../foundation/promise.ts';
import { randomSecretBytes } from '../foundation/secret.ts';
import { CURRENT } from '../passwords/phc.ts';
import { listColumns } from '../store/catalog/store.ts';
import type { Database } from '../store/database.ts';
import { StoreError } from '../store/errors.ts';
import type { CanaryPeople, CanaryPerson } from './canary-people.ts';
import { insertPassword, insertSignUpPassword, passwordParameters } from './people/store.ts';

export interface PasswordHashesOptions {
  readonly people: Pick<CanaryPeople, 'make' | 'remove'>;
  readonly database: Pick<Database, 'run' | 'user' | 'system'>;
  readonly clock: Clock;
}

const broken = (evidence: string): CheckResult => ({ state: 'broken', evidence });

/** What passwords have been kept as elsewhere: clear text, fast digests, other schemes, a text that begins like ours. */
const OTHER_FORMS: readonly string[] = [
  'correct horse battery staple',
  '5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8',
  '$2b$12$KIXQJ5Vt1VQk3Yb1vYxjXuGdBvC0yD6HqzJtF1pW0Yx0yO0mJrW7K',
  '$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHQ$RdescudvJCsgt3ub+b2dWRWJTmaaJObG',
  '$scrypt$correct horse battery staple',
];

/** All that the table of passwords has. */
const COLUMNS = ['changed_at', 'phc', 'user_id'];

class TakenBack extends Error {}

/** Whether the database refuses it by the check of the column. */
const isRefused = async (attempt: () => Promise<never>): Promise<boolean> => {
  try {
    return await attempt();
  } catch (error) {
    if (error instanceof TakenBack) return false;
    // 23514: check_violation (PostgreSQL manual, appendix A).
    if (error instanceof StoreError && error.code === '23514') return true;
    throw error;
  }
};

const takesNothingElse = async (
  { database, clock }: PasswordHashesOptions,
  { user, email }: CanaryPerson,
): Promise<boolean> => {
  const at = new Date(clock.now());
  for (const form of OTHER_FORMS) {
    const asPassword = await isRefused(() =>
      database.user(user, async (tx) => {
        await tx.all(insertPassword, [user, form, at]);
        throw new TakenBack();
      }),
    );
    const asSignUp = await isRefused(() =>
      database.system(async (tx) => {
        await tx.all(insertSignUpPassword, [
          newId('sup', clock.now()),
          email,
          form,
          randomSecretBytes(32),
          at,
        ]);
        throw new TakenBack();
      }),
    );
    if (!asPassword || !asSignUp) return false;
  }
  return true;
};

const PARAMETERS = /^\$scrypt\$ln=(\d+),r=(\d+),p=(\d+)$/;

const isHard = (parameters: string | null): boolean => {
  const [, ln, r, p] = PARAMETERS.exec(parameters ?? '') ?? [];
  return Number(ln) >= CURRENT.ln && Number(r) >= CURRENT.r && Number(p) >= CURRENT.p;
};

/** No column takes anything but a scrypt hash, and no stored one is easier to guess than is promised. */
export const passwordsAsHashes = (options: PasswordHashesOptions): PromiseDefinition => ({
  id: 'passwords-as-hashes',
  kind: 'proved by schema',
  sentence: () =>
    `A password is kept as a scrypt hash (N=2^${CURRENT.ln}, r=${CURRENT.r}, p=${CURRENT.p}, a random salt for each) and in no other form.`,
  enforcedBy:
    'The columns for passwords refuse every text that is no such hash; a weaker one is hashed anew at the next sign-in.',
  check: async () => {
    const columns = await options.database.run(listColumns, []);
    const found = columns.filter(({ relation }) => relation === 'password').map(({ name }) => name);
    if (found.join() !== COLUMNS.join())
      return broken('The table of passwords has other columns than those of this version.');
    const person = await options.people.make('passwords');
    try {
      if (!(await takesNothingElse(options, person)))
        return broken('A column for hashes of passwords took a text that is none.');
    } finally {
      await options.people.remove(person);
    }
    const stored = await options.database.run(passwordParameters, []);
    const weak = stored
      .filter(({ parameters }) => !isHard(parameters))
      .reduce((sum, { hashes }) => sum + hashes, 0);
    if (weak > 0) return broken(`${weak} stored hashes are easier to guess than is promised.`);
    const total = stored.reduce((sum, { hashes }) => sum + hashes, 0);
    return {
      state: 'kept',
      evidence: `PostgreSQL refused ${OTHER_FORMS.length} other forms, among them a clear text, a SHA-256 and a bcrypt, in both columns; all ${total} stored hashes have at least these parameters.`,
    };
  },
});
