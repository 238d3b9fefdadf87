/** The promise that secret keys are kept as digests only: by schema, by attempts to break it, by a look at a fresh key. */
import { hash } from 'node:crypto';
import { newId, type CompanyId, type ProjectId } from '../foundation/ids.ts';
import type { Clock } from '../foundation/clock.ts';
import type { CheckResult, PromiseDefinition } from '../foundation/promise.ts';
import { digestsEqual, hmacKey, hmacSha256, randomSecretBytes, type Secret } from '../foundation/secret.ts';
import { generateKey } from '../gate/key-format.ts';
import { listColumns } from '../store/catalog/store.ts';
import type { Database } from '../store/database.ts';
import { StoreError } from '../store/errors.ts';
import { traceForms } from './marks.ts';
import { insertKeyWithSecret, readKeyRow } from './store.ts';

/** The database, the company to try in, and a key to look at. */
export interface KeyDigestsOptions {
  readonly database: Pick<Database, 'run' | 'company'>;
  readonly home: () => Promise<{ readonly company: CompanyId; readonly project: ProjectId }>;
  /** A key that was made as every key is. */
  readonly key: () => Promise<{ readonly id: string; readonly secret: Secret }>;
  readonly clock: Clock;
}

/** Columns of `key` that take text and could be made to take a secret; all other text is an id of another table. */
const TRIED = ['id', 'public_key', 'name', 'scopes', 'networks', 'created_by', 'revoke_reason'] as const;
type Tried = (typeof TRIED)[number];
const REFERENCES = ['company_id', 'project_id'];
/** Of the secret, and of the one before the last rotation; each takes 32 bytes exactly. */
const DIGESTS = ['secret_digest', 'previous_digest'];

/** Column types that could hold a secret. */
const TEXTUAL = /^(?:text|character|varchar|"?char|json|xml|bytea|name|citext)/;

const broken = (evidence: string): CheckResult => ({ state: 'broken', evidence });

class TakenBack extends Error {}

/** Whether PostgreSQL lets a row with a secret in this column in; it is taken back in any case. */
const takesSecret = async (options: KeyDigestsOptions, column: Tried, secret: string): Promise<boolean> => {
  const { company, project } = await options.home();
  const now = new Date(options.clock.now());
  const text = <Otherwise>(name: Tried, otherwise: Otherwise): string | Otherwise =>
    column === name ? secret : otherwise;
  const digest = hmacSha256(hmacKey(randomSecretBytes(32)), secret);
  try {
    await options.database.company(company, async (tx) => {
      await tx.all(insertKeyWithSecret, [
        company,
        text('id', newId('key', options.clock.now())),
        project,
        text('public_key', generateKey('pk', 'live').expose()),
        digest,
        text('name', 'never kept'),
        [text('scopes', 'geocoding:read')],
        now,
        text('created_by', null),
        text('revoke_reason', 'never kept'),
        column === 'networks' ? [secret] : [],
      ]);
      throw new TakenBack('a secret was let in');
    });
  } catch (error) {
    if (error instanceof TakenBack) return true;
    // 23514: check_violation (PostgreSQL manual, appendix A).
    if (error instanceof StoreError && error.code === '23514') return false;
    throw error;
  }
  return true;
};

/** Which columns of `key` hold text but are not known to this check. */
const unknownColumns = async (database: Pick<Database, 'run'>): Promise<string[]> => {
  const known = new Set<string>([...TRIED, ...REFERENCES, ...DIGESTS]);
  const columns = await database.run(listColumns, []);
  return columns
    .filter((column) => column.relation === 'key' && TEXTUAL.test(column.type))
    .map((column) => column.name)
    .filter((name) => !known.has(name));
};

/** A secret key is in the database as an HMAC-SHA-256 under a pepper that is not in the database. */
export const keysAsDigests = (options: KeyDigestsOptions): PromiseDefinition => ({
  id: 'keys-as-digests',
  kind: 'proved by schema',
  sentence: () =>
    'A secret key is kept as a keyed digest of 32 bytes and in no other form; it is shown once, when it is made, and nobody can look it up.',
  enforcedBy:
    'The table of keys has columns for digests of exactly 32 bytes, and refuses a secret in every other column; the key of the digest lies outside the database.',
  check: async () => {
    const unknown = await unknownColumns(options.database);
    if (unknown.length > 0)
      return broken(`The table of keys has further columns that could hold a secret: ${unknown.join(', ')}.`);
    const probe = generateKey('sk', 'live').expose();
    for (const column of TRIED) {
      if (await takesSecret(options, column, probe))
        return broken(`The column ${column} of the table of keys took a secret key.`);
    }
    const { company } = await options.home();
    const { id, secret } = await options.key();
    const row = await options.database.company(company, (tx) => tx.one(readKeyRow, [company, id]));
    if (row === undefined) throw new Error('the canary key is not in the table of keys');
    // The random part alone, so that a form without the prefix is found as well.
    const forms = traceForms(secret.expose().slice('vs_sk_live_'.length));
    const content = Buffer.from(row.content);
    if (forms.some((form) => content.includes(form)))
      return broken('The row of a fresh canary key holds its secret.');
    if (digestsEqual(row.secret_digest, hash('sha256', secret.expose(), 'buffer'))) {
      return broken('The digest of a fresh canary key needs no pepper.');
    }
    return {
      state: 'kept',
      evidence: `PostgreSQL refused a secret in each of ${TRIED.length} columns that take text; the row of a fresh canary key holds a keyed digest and its secret neither as text nor as UTF-16, hex, base64 or percent-encoded.`,
    };
  },
});
