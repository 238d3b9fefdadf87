/** What members do with keys. */
import { changeAsMember, type Acting } from '../audit/change.ts';
import type { Scope } from '../foundation/caller.ts';
import type { CompanyId, KeyId, ProjectId, UserId } from '../foundation/ids.ts';
import { isId } from '../foundation/ids.ts';
import { projectNotFound } from '../accounts/problems.ts';
import type { Database } from '../store/database.ts';
import type { Transaction } from '../store/transaction.ts';
import { MOST_KEYS } from './limits.ts';
import { addPair } from './pair.ts';
import { expiryPassed, keyNotFound, keyRevoked, rotatedMeanwhile, tooManyKeys } from './problems.ts';
import { rotateAndTell, type RotateParts, type ShownSecret } from './rotate.ts';
import { differenceOf, isAboutAccess, settingsAfter, type KeyChange } from './settings.ts';
import { shownKey, type KeyRow, type ShownKey } from './shown-key.ts';
import { changeKey, countUsableKeys, lockKey, lockProjectOfKeys, pageOfKeys, revokeKey } from './store.ts';

/** What the use cases of keys are made of. */
export interface MemberKeysParts extends RotateParts {
  readonly database: Pick<Database, 'as'>;
}

export interface KeysQuestion {
  readonly company: CompanyId;
  readonly user: UserId;
  readonly project: ProjectId | undefined;
  readonly before: KeyId | undefined;
  readonly now: number;
}

export interface Rotating {
  readonly overlap_hours: number;
  readonly expected_previous_secret_expires_at?: string | null | undefined;
}

/** A key to be made. */
export interface NewKeyOfMember {
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** Canonical. */
  readonly networks: readonly string[];
  readonly expires_at: Date | null;
  readonly per_second: number | null;
  readonly per_day: number | null;
}

export interface MemberKeys {
  /** Newest first, in pages. */
  list(question: KeysQuestion): Promise<{ items: ShownKey[]; next: string | null }>;
  /** @throws invalid_request (400), project_not_found (404), too_many_keys (409). */
  create(acting: Acting, project: ProjectId, key: NewKeyOfMember): Promise<ShownSecret>;
  /** @throws invalid_request (400), key_not_found (404), key_revoked, too_many_keys (409). */
  change(acting: Acting, key: KeyId, change: KeyChange): Promise<ShownKey>;
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

const refusePast = (expiresAt: Date | null, now: number): void => {
  if (expiresAt !== null && expiresAt.getTime() <= now) throw expiryPassed();
};

/** Waits for others who make keys in the project, and sees that there is room for one more. */
const makeRoom = async (tx: Transaction, company: CompanyId, project: ProjectId, at: Date): Promise<void> => {
  if ((await tx.one(lockProjectOfKeys, [company, project])) === undefined) throw projectNotFound();
  const counted = await tx.one(countUsableKeys, [company, project, at]);
  if ((counted?.keys ?? 0) >= MOST_KEYS) throw tooManyKeys();
};

/** Keys as members use them. */
export const createMemberKeys = ({ database, ...parts }: MemberKeysParts): MemberKeys => {
  return {
    list: async ({ company, user, project, before, now }) => {
      const rows = await database.as({ company, user }, (tx) =>
        tx.all(pageOfKeys, [company, project ?? null, before ?? null, PAGE + 1]),
      );
      const items = rows.slice(0, PAGE).map((row) => shownKey(row, now));
      return { items, next: rows.length > PAGE ? (items.at(-1)?.id ?? null) : null };
    },
    create: (acting, project, { name, scopes, networks, expires_at: expiresAt, ...own }) =>
      changeAsMember(database, acting, { permission: 'keys.change' }, async ({ tx, at }) => {
        const { company, caller, now } = acting;
        refusePast(expiresAt, now);
        await makeRoom(tx, company, project, at);
        const made = await addPair(tx, parts, {
          company,
          project,
          name,
          createdBy: caller.user,
          scopes,
          networks,
          expiresAt,
          perSecond: own.per_second,
          perDay: own.per_day,
          now,
        });
        const key = shownKey(await read(tx, company, made.id), now);
        return {
          value: { key, secret: made.secret.expose() },
          event: {
            action: 'keys.create',
            target: made.id,
            details: {
              name,
              project,
              scopes: scopes.join(' '),
              ...(networks.length === 0 ? {} : { networks: networks.length }),
              ...(expiresAt === null ? {} : { expires_at: expiresAt.toISOString() }),
              ...(own.per_second === null ? {} : { per_second: own.per_second }),
              ...(own.per_day === null ? {} : { per_day: own.per_day }),
            },
          },
        };
      }),
    change: (acting, key, change) =>
      changeAsMember(database, acting, { permission: 'keys.change' }, async ({ tx, at }) => {
        const { company, now } = acting;
        const before = await read(tx, company, key);
        const after = settingsAfter(before, change);
        const details = differenceOf(before, after);
        if (details === undefined) return { value: shownKey(before, now) };
        if (before.revoked_at !== null && isAboutAccess(change)) throw keyRevoked();
        if (details['expires_at'] !== undefined) refusePast(after.expiresAt, now);
        // One that is over and is to go on counts among those that work.
        const isOver = before.expires_at !== null && before.expires_at.getTime() <= now;
        if (isOver && details['expires_at'] !== undefined && isId('prj', before.project_id))
          await makeRoom(tx, company, before.project_id, at);
        await tx.one(changeKey, [
          company,
          key,
          after.name,
          after.scopes,
          after.networks,
          after.expiresAt,
          after.perSecond,
          after.perDay,
        ]);
        return {
          value: shownKey(await read(tx, company, key), now),
          event: { action: 'keys.change', target: key, details },
        };
      }),
    rotate: (acting, key, rotating) =>
      changeAsMember(database, acting, { permission: 'keys.change' }, async ({ tx }) => {
        const { company, now } = acting;
        const before = await read(tx, company, key);
        if (before.revoked_at !== null) throw keyRevoked();
        if (!isAsExpected(rotating, before, now)) throw rotatedMeanwhile();
        const rotated = { company, row: before, overlapHours: rotating.overlap_hours, now };
        return {
          value: await rotateAndTell(tx, parts, rotated),
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
