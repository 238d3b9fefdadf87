/** People who have signed in, written past row-level security and without a password: for tests of what comes after. */
import type { CompanyId, SessionId, UserId } from '../../src/foundation/ids.ts';
import { newId } from '../../src/foundation/ids.ts';
import type { Role } from '../../src/foundation/caller.ts';
import type { Proof } from '../../src/gate/claims.ts';
import type { RawSql } from './database.ts';
import type { House } from './house.ts';

export interface PersonParts {
  readonly email?: string;
  readonly memberships?: Readonly<Record<CompanyId, Role>>;
}

/** A user with a session that begins at `now`; the cookie is for the gate's `cookies` to make. */
export interface SignedInPerson {
  readonly user: UserId;
  readonly session: SessionId;
  readonly email: string;
}

/** Writes a user, their memberships and one session of twelve hours. */
export const seedPerson = async (
  superuser: RawSql,
  now: number,
  parts: PersonParts = {},
): Promise<SignedInPerson> => {
  const user = newId('usr', now);
  const session = newId('ses', now);
  const { email = `${user}@example.com`, memberships = {} } = parts;
  await superuser(
    'insert into vouchsafe.user_account (id, email, created_at, active_on) values ($1, $2, $3, $3::timestamptz::date)',
    [user, email, new Date(now)],
  );
  for (const [company, role] of Object.entries(memberships)) {
    await superuser(
      'insert into vouchsafe.member (company_id, user_id, role, joined_at) values ($1, $2, $3, $4)',
      [company, user, role, new Date(now)],
    );
  }
  await seedSession(superuser, user, session, now);
  return { user, session, email };
};

/** One more session of a user. */
export const seedSession = async (
  superuser: RawSql,
  user: UserId,
  session: SessionId,
  now: number,
): Promise<void> => {
  await superuser(
    `insert into vouchsafe.session (id, user_id, credential_epoch, is_strong, created_at, seen_at, expires_at, browser, platform)
     select $1, $2, u.credential_epoch, false, $3, $3, $3::timestamptz + interval '12 hours', 'Firefox', 'Linux'
     from vouchsafe.user_account u where u.id = $2`,
    [session, user, new Date(now)],
  );
};

/** Somebody who has signed in to a house. */
export interface Visitor extends SignedInPerson {
  /** For the `Cookie` header: the session that began a moment ago. */
  readonly cookie: string;
}

/** What a browser would send back of a `Set-Cookie` value. */
export const cookieOf = (setCookie: string): string => setCookie.slice(0, setCookie.indexOf(';'));

/** Signs somebody new in; `provenAgoMs` is how long ago they last proved who they are. */
export const signIn = async (
  { store, cookies }: House,
  parts: PersonParts & { readonly provenAgoMs?: number; readonly proofs?: readonly Proof[] } = {},
): Promise<Visitor> => {
  const now = Date.now();
  const person = await seedPerson(store.superuser, now, parts);
  const { user, session } = person;
  const provenAt = now - (parts.provenAgoMs ?? 0);
  const { proofs = ['pwd'] } = parts;
  const token = cookies.session({ user, session, credentialEpoch: 1, proofs, provenAt, startedAt: now }, now);
  return { ...person, cookie: cookieOf(token) };
};
