/** Key pairs as the installation itself handles them: from the command line, and for its own canaries. */
import type { KeyObject } from 'node:crypto';
import { recordAudit } from '../audit/record.ts';
import type { Clock } from '../foundation/clock.ts';
import type { CompanyId, KeyId, ProjectId } from '../foundation/ids.ts';
import { nameField } from '../http/fields.ts';
import type { Database } from '../store/database.ts';
import type { Transaction } from '../store/transaction.ts';
import { LONGEST_KEY_NAME } from './limits.ts';
import { addPair, replaceSecret, type CreatedKey } from './pair.ts';
import { keyNameInvalid, keyNotFound, keyRevoked } from './problems.ts';
import { listKeys, lockKey, renameKey, revokeKey } from './store.ts';

export type { CreatedKey } from './pair.ts';

/** A key pair as its owner may see it at any time: never the secret. */
export interface KeySummary {
  readonly id: string;
  readonly project: string;
  readonly publicKey: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
  /** When the secret was last found to have travelled in plain text. */
  readonly exposedAt: Date | null;
}

export interface NewKey {
  readonly company: CompanyId;
  readonly project: ProjectId;
  readonly name: string;
}

export interface Keys {
  /** @throws key_name_invalid (400). */
  create(key: NewKey): Promise<CreatedKey>;
  list(company: CompanyId): Promise<KeySummary[]>;
  /** Takes effect on every worker within a second. @throws key_not_found when there is no such key in use. */
  revoke(company: CompanyId, key: KeyId, reason: string): Promise<void>;
  /** @throws key_not_found (404), key_name_invalid (400). */
  rename(company: CompanyId, key: KeyId, name: string): Promise<void>;
  /**
   * Gives the pair another secret. The one before works for `overlapHours` more, 0 to 168; the one before that is over.
   * @throws key_not_found (404), key_revoked (409).
   */
  rotate(company: CompanyId, key: KeyId, overlapHours: number): Promise<CreatedKey>;
}

export interface KeysOptions {
  readonly database: Database;
  readonly pepper: KeyObject;
  readonly pepperId: number;
  readonly clock: Clock;
  /**
   * Whether changes are written into the company's log, as those of operators are. Left out for the canaries, which come
   * and go by the hundred and are nobody's change.
   */
  readonly isLogged?: boolean;
}

const checkName = (name: string): string => {
  const parsed = nameField(LONGEST_KEY_NAME).safeParse(name);
  if (!parsed.success) throw keyNameInvalid();
  return parsed.data;
};

export const createKeys = ({ database, pepper, pepperId, clock, isLogged = false }: KeysOptions): Keys => {
  const note = async (
    tx: Transaction,
    company: CompanyId,
    action: string,
    target: KeyId,
    details: Readonly<Record<string, string | number>>,
  ): Promise<void> => {
    if (isLogged) await recordAudit(tx, { company, actor: null, action, target, details, at: clock.now() });
  };
  return {
    create: async ({ company, project, name }) => {
      const label = checkName(name);
      const made = { company, project, name: label, createdBy: null, now: clock.now() };
      return database.company(company, async (tx) => {
        const created = await addPair(tx, { pepper, pepperId }, made);
        await note(tx, company, 'keys.create', created.id, { name: label });
        return created;
      });
    },
    list: async (company) => {
      const rows = await database.company(company, (tx) => tx.all(listKeys, [company]));
      return rows.map((row) => ({
        id: row.id,
        project: row.project_id,
        publicKey: row.public_key,
        name: row.name,
        scopes: row.scopes,
        createdAt: row.created_at,
        expiresAt: row.expires_at,
        revokedAt: row.revoked_at,
        exposedAt: row.exposed_at,
      }));
    },
    revoke: (company, key, reason) =>
      database.company(company, async (tx) => {
        const row = await tx.one(revokeKey, [company, key, new Date(clock.now()), reason]);
        if (row === undefined) throw keyNotFound();
        await note(tx, company, 'keys.revoke', key, {});
      }),
    rename: async (company, key, name) => {
      const label = checkName(name);
      await database.company(company, async (tx) => {
        const row = await tx.one(renameKey, [company, key, label]);
        if (row === undefined) throw keyNotFound();
        await note(tx, company, 'keys.change', key, { name: label });
      });
    },
    rotate: (company, key, overlapHours) =>
      database.company(company, async (tx) => {
        const row = await tx.one(lockKey, [company, key]);
        if (row === undefined) throw keyNotFound();
        if (row.revoked_at !== null) throw keyRevoked();
        const wanted = { company, key, overlapHours, now: clock.now() };
        const { secret } = await replaceSecret(tx, { pepper, pepperId }, wanted);
        await note(tx, company, 'keys.rotate', key, { overlap_hours: overlapHours });
        return { id: key, publicKey: row.public_key, secret };
      }),
  };
};
