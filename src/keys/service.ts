import type { KeyObject } from 'node:crypto';
import { SCOPES } from '../foundation/caller.ts';
import type { Clock } from '../foundation/clock.ts';
import { newId, type CompanyId, type KeyId, type ProjectId } from '../foundation/ids.ts';
import { hmacSha256, type Secret } from '../foundation/secret.ts';
import { generateKey } from '../gate/key-format.ts';
import type { Database } from '../store/database.ts';
import { keyNameTooLong, keyNotFound } from './problems.ts';
import { insertKey, listKeys, revokeKey } from './store.ts';

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

/** A new pair; the secret is here and nowhere else. */
export interface CreatedKey {
  readonly id: KeyId;
  readonly publicKey: string;
  readonly secret: Secret;
}

export interface NewKey {
  readonly company: CompanyId;
  readonly project: ProjectId;
  readonly name: string;
}

export interface Keys {
  create(key: NewKey): Promise<CreatedKey>;
  list(company: CompanyId): Promise<KeySummary[]>;
  /** Takes effect on every worker within a second. @throws key_not_found when there is no such key in use. */
  revoke(company: CompanyId, key: KeyId, reason: string): Promise<void>;
}

export interface KeysOptions {
  readonly database: Database;
  readonly pepper: KeyObject;
  readonly pepperId: number;
  readonly clock: Clock;
}

export const createKeys = ({ database, pepper, pepperId, clock }: KeysOptions): Keys => ({
  create: async ({ company, project, name }) => {
    const label = name.trim();
    if (label.length === 0 || label.length > 80) throw keyNameTooLong();
    const now = clock.now();
    const id = newId('key', now);
    const publicKey = generateKey('pk', 'live').expose();
    const secret = generateKey('sk', 'live');
    const digest = hmacSha256(pepper, secret.expose());
    await database.company(company, (tx) =>
      tx.all(insertKey, [
        id,
        company,
        project,
        publicKey,
        digest,
        pepperId,
        label,
        [...SCOPES],
        new Date(now),
      ]),
    );
    return { id, publicKey, secret };
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
  revoke: async (company, key, reason) => {
    const row = await database.company(company, (tx) =>
      tx.one(revokeKey, [company, key, new Date(clock.now()), reason]),
    );
    if (row === undefined) throw keyNotFound();
  },
});
