/** Key pairs as the installation itself handles them: from the command line, and for its own canaries. */
import type { KeyObject } from 'node:crypto';
import { recordAudit } from '../audit/record.ts';
import { FIRST_SCOPES } from '../foundation/caller.ts';
import type { Clock } from '../foundation/clock.ts';
import type { CompanyId, KeyId, ProjectId } from '../foundation/ids.ts';
import type { Database } from '../store/database.ts';
import type { Transaction } from '../store/transaction.ts';
import { tellOfRotation } from './events.ts';
import { keyForMail } from './mail.ts';
import { addPair, replaceSecret, type CreatedKey } from './pair.ts';
import { keyNameInvalid, keyNotFound, keyRevoked, keySettingsInvalid } from './problems.ts';
import { keyChangeSchema } from './schemas.ts';
import { differenceOf, isAboutAccess, settingsAfter, type KeyChange } from './settings.ts';
import { changeKey, listKeys, lockKey, revokeKey } from './store.ts';

export type { CreatedKey } from './pair.ts';

/** A key pair as its owner may see it at any time: never the secret. */
export interface KeySummary {
  readonly id: string;
  readonly project: string;
  readonly publicKey: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly networks: readonly string[];
  /** A user's id; null for the operator and people who are gone. */
  readonly createdBy: string | null;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
  /** When the secret was last found to have travelled in plain text. */
  readonly exposedAt: Date | null;
  /** To the quarter of an hour. */
  readonly usedAt: Date | null;
}

export interface NewKey {
  readonly company: CompanyId;
  readonly project: ProjectId;
  readonly name: string;
  /** All that there are where left out. */
  readonly scopes?: readonly string[] | undefined;
  /** In CIDR notation; from everywhere where left out. */
  readonly networks?: readonly string[] | undefined;
  /** RFC 3339; never where left out. */
  readonly expires_at?: string | undefined;
}

/** As people write it. */
export interface RawKeyChange {
  readonly name?: string | undefined;
  readonly scopes?: readonly string[] | undefined;
  readonly networks?: readonly string[] | undefined;
  /** RFC 3339; null: never. */
  readonly expires_at?: string | null | undefined;
}

export interface Keys {
  /** @throws key_name_invalid, key_settings_invalid (400). */
  create(key: NewKey): Promise<CreatedKey>;
  list(company: CompanyId): Promise<KeySummary[]>;
  /** Takes effect on every worker within a second. @throws key_not_found when there is no such key in use. */
  revoke(company: CompanyId, key: KeyId, reason: string): Promise<void>;
  /** @throws key_name_invalid, key_settings_invalid (400), key_not_found (404), key_revoked (409). */
  change(company: CompanyId, key: KeyId, change: RawKeyChange): Promise<void>;
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

const check = (change: RawKeyChange, now: number): KeyChange => {
  const parsed = keyChangeSchema.safeParse(change);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw issue?.path[0] === 'name'
      ? keyNameInvalid()
      : keySettingsInvalid(issue?.message ?? 'Look at what it takes.');
  }
  const { expires_at: end } = parsed.data;
  if (end !== undefined && end !== null && end.getTime() <= now)
    throw keySettingsInvalid('A key ends in the future. To end it now, revoke it.');
  return parsed.data;
};

export const createKeys = ({ database, pepper, pepperId, clock, isLogged = false }: KeysOptions): Keys => {
  const note = async (
    tx: Transaction,
    company: CompanyId,
    action: string,
    target: KeyId,
    details: Readonly<Record<string, string | number | null>>,
  ): Promise<void> => {
    if (isLogged) await recordAudit(tx, { company, actor: null, action, target, details, at: clock.now() });
  };
  return {
    create: async ({ company, project, ...wanted }) => {
      const now = clock.now();
      const {
        name: label = '',
        scopes = FIRST_SCOPES,
        networks = [],
        expires_at: expiresAt = null,
      } = check(wanted, now);
      const made = {
        company,
        project,
        name: label,
        createdBy: null,
        scopes,
        networks,
        expiresAt,
        perSecond: null,
        perDay: null,
        now,
      };
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
        networks: row.networks,
        createdBy: row.created_by,
        createdAt: row.created_at,
        expiresAt: row.expires_at,
        revokedAt: row.revoked_at,
        exposedAt: row.exposed_at,
        usedAt: row.used_at,
      }));
    },
    revoke: (company, key, reason) =>
      database.company(company, async (tx) => {
        const row = await tx.one(revokeKey, [company, key, new Date(clock.now()), reason]);
        if (row === undefined) throw keyNotFound();
        await note(tx, company, 'keys.revoke', key, {});
      }),
    change: async (company, key, wanted) => {
      const change = check(wanted, clock.now());
      await database.company(company, async (tx) => {
        const before = await tx.one(lockKey, [company, key]);
        if (before === undefined) throw keyNotFound();
        if (before.revoked_at !== null && isAboutAccess(change)) throw keyRevoked();
        const after = settingsAfter(before, change);
        const details = differenceOf(before, after);
        if (details === undefined) return;
        const { name, scopes, networks, expiresAt, perSecond, perDay } = after;
        await tx.one(changeKey, [company, key, name, scopes, networks, expiresAt, perSecond, perDay]);
        await note(tx, company, 'keys.change', key, details);
      });
    },
    rotate: (company, key, overlapHours) =>
      database.company(company, async (tx) => {
        const row = await tx.one(lockKey, [company, key]);
        if (row === undefined) throw keyNotFound();
        if (row.revoked_at !== null) throw keyRevoked();
        const wanted = { company, key, overlapHours, now: clock.now() };
        const { secret, previousEndsAt } = await replaceSecret(tx, { pepper, pepperId }, wanted);
        const about = await keyForMail(tx, company, key);
        if (about !== undefined)
          await tellOfRotation(tx, { company, key, about, previousEndsAt }, wanted.now);
        await note(tx, company, 'keys.rotate', key, { overlap_hours: overlapHours });
        return { id: key, publicKey: row.public_key, secret };
      }),
  };
};
