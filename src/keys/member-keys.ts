/** What members do with keys. */
import { changeAsMember, type Acting } from '../audit/change.ts';
import type { CompanyId, KeyId, ProjectId, UserId } from '../foundation/ids.ts';
import { isId } from '../foundation/ids.ts';
import type { Mail } from '../mail/outbox.ts';
import { projectNotFound } from '../accounts/problems.ts';
import type { Database } from '../store/database.ts';
import type { Transaction } from '../store/transaction.ts';
import { MOST_KEYS } from './limits.ts';
import { addPair, replaceSecret, type Pepper } from './pair.ts';
import { keyNotFound, keyRevoked, rotatedMeanwhile, tooManyKeys } from './problems.ts';
import { shownKey, type KeyRow, type ShownKey } from './shown-key.ts';
import {
  countUsableKeys,
  listOwners,
  lockKey,
  lockProjectOfKeys,
  pageOfKeys,
  renameKey,
  revokeKey,
} from './store.ts';

/** What the use cases of keys are made of. */
export interface MemberKeysParts extends Pepper {
  readonly database: Pick<Database, 'as'>;
  /** Puts a mail into the outbox in the same transaction. */
  readonly enqueueMail: (tx: Transaction, mail: Mail, now: number) => Promise<unknown>;
}

export interface KeysQuestion {
  readonly company: CompanyId;
  readonly user: UserId;
  readonly project: ProjectId | undefined;
  readonly before: KeyId | undefined;
  readonly now: number;
}

/** A key and its secret, which is told this once. */
export interface ShownSecret {
  readonly key: ShownKey;
  readonly secret: string;
}

export interface Rotating {
  readonly overlap_hours: number;
  readonly expected_previous_secret_expires_at?: string | null | undefined;
}

export interface MemberKeys {
  /** Newest first, in pages. */
  list(question: KeysQuestion): Promise<{ items: ShownKey[]; next: string | null }>;
  /** @throws project_not_found (404), too_many_keys (409). */
  create(acting: Acting, project: ProjectId, name: string): Promise<ShownSecret>;
  /** @throws key_not_found (404). */
  rename(acting: Acting, key: KeyId, name: string): Promise<ShownKey>;
  /** @throws key_not_found (404), key_revoked, changed_meanwhile (409). */
  rotate(acting: Acting, key: KeyId, rotating: Rotating): Promise<ShownSecret>;
  /** Revoking a revoked key changes nothing. @throws key_not_found (404). */
  revoke(acting: Acting, key: KeyId): Promise<ShownKey>;
}

const PAGE = 200;
const REASON = 'revoked by a member';

/** Whether the key is in the state that the caller knows; yes where they did not say. */
const isAsExpected = (
  { expected_previous_secret_expires_at: expected }: Rotating,
  row: KeyRow,
  now: number,
): boolean => {
  if (expected === undefined) return true;
  const found = shownKey(row, now).previous_secret_expires_at;
  if (expected === null || found === null) return expected === found;
  return Date.parse(expected) === Date.parse(found);
};

const read = async (tx: Transaction, company: CompanyId, key: KeyId): Promise<KeyRow> => {
  const row = await tx.one(lockKey, [company, key]);
  if (row === undefined) throw keyNotFound();
  return row;
};

/** Keys as members use them. */
export const createMemberKeys = ({ database, enqueueMail, ...pepper }: MemberKeysParts): MemberKeys => {
  /** Tells the owners, who answer for keys, that one has another secret. */
  const tellOwners = async (
    tx: Transaction,
    { company, now }: Acting,
    key: KeyRow,
    previousEndsAt: Date,
  ): Promise<void> => {
    const project = await tx.one(lockProjectOfKeys, [company, key.project_id]);
    for (const owner of await tx.all(listOwners, [company])) {
      if (!isId('usr', owner.id)) continue;
      await enqueueMail(
        tx,
        {
          template: 'key-rotated',
          recipient: owner.email,
          params: {
            companyName: owner.company_name,
            projectName: project?.name ?? '',
            keyName: key.name,
            previousEndsAt: previousEndsAt.toISOString(),
          },
          user: owner.id,
          company,
        },
        now,
      );
    }
  };

  return {
    list: async ({ company, user, project, before, now }) => {
      const rows = await database.as({ company, user }, (tx) =>
        tx.all(pageOfKeys, [company, project ?? null, before ?? null, PAGE + 1]),
      );
      const items = rows.slice(0, PAGE).map((row) => shownKey(row, now));
      return { items, next: rows.length > PAGE ? (items.at(-1)?.id ?? null) : null };
    },
    create: (acting, project, name) =>
      changeAsMember(database, acting, { permission: 'keys.change' }, async ({ tx, at }) => {
        const { company, caller, now } = acting;
        if ((await tx.one(lockProjectOfKeys, [company, project])) === undefined) throw projectNotFound();
        const counted = await tx.one(countUsableKeys, [company, project, at]);
        if ((counted?.keys ?? 0) >= MOST_KEYS) throw tooManyKeys();
        const made = await addPair(tx, pepper, { company, project, name, createdBy: caller.user, now });
        const key = shownKey(await read(tx, company, made.id), now);
        return {
          value: { key, secret: made.secret.expose() },
          event: { action: 'keys.create', target: made.id, details: { name, project } },
        };
      }),
    rename: (acting, key, name) =>
      changeAsMember(database, acting, { permission: 'keys.change' }, async ({ tx }) => {
        const { company, now } = acting;
        const before = await read(tx, company, key);
        if (before.name === name) return { value: shownKey(before, now) };
        await tx.one(renameKey, [company, key, name]);
        return {
          value: shownKey(await read(tx, company, key), now),
          event: { action: 'keys.change', target: key, details: { name, name_before: before.name } },
        };
      }),
    rotate: (acting, key, rotating) =>
      changeAsMember(database, acting, { permission: 'keys.change' }, async ({ tx, at }) => {
        const { company, now } = acting;
        const before = await read(tx, company, key);
        if (before.revoked_at !== null) throw keyRevoked();
        if (!isAsExpected(rotating, before, now)) throw rotatedMeanwhile();
        const { secret, previousEndsAt } = await replaceSecret(tx, pepper, {
          company,
          key,
          overlapHours: rotating.overlap_hours,
          now,
        });
        await tellOwners(tx, acting, before, previousEndsAt ?? at);
        return {
          value: { key: shownKey(await read(tx, company, key), now), secret: secret.expose() },
          event: {
            action: 'keys.rotate',
            target: key,
            details: { name: before.name, overlap_hours: rotating.overlap_hours },
          },
        };
      }),
    revoke: (acting, key) =>
      changeAsMember(database, acting, { permission: 'keys.change' }, async ({ tx, at }) => {
        const { company, now } = acting;
        const before = await read(tx, company, key);
        if (before.revoked_at !== null) return { value: shownKey(before, now) };
        await tx.one(revokeKey, [company, key, at, REASON]);
        return {
          value: shownKey(await read(tx, company, key), now),
          event: { action: 'keys.revoke', target: key, details: { name: before.name } },
        };
      }),
  };
};
