/** Beginning a session: a row in the database, a token in the browser, and what the page needs to go on. */
import type { Membership, Role } from '../foundation/caller.ts';
import { utcDay } from '../foundation/clock.ts';
import { newId, type CompanyId, type UserId } from '../foundation/ids.ts';
import { SESSION_MS, type Proof } from '../gate/claims.ts';
import { forgetCookie, type Cookies } from '../gate/cookies.ts';
import type { Transaction } from '../store/transaction.ts';
import type { Device } from './browser.ts';
import { insertSession, listMemberships, lockUser, noteActive, readCredentials } from './store.ts';

/** Who signs in, by what, and where. */
export interface SignIn {
  readonly user: UserId;
  /** As it was when the proofs were checked. */
  readonly credentialEpoch: number;
  readonly proofs: readonly Proof[];
  readonly device: Device;
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
}

export interface Started {
  readonly body: SignedIn;
  /** Values of `Set-Cookie`: the session, that the browser is known from now on, and the end of what came before. */
  readonly cookies: readonly string[];
}

/** `SignedIn` as the API has it. */
export interface SignedIn {
  readonly state: 'signed_in';
  readonly user: { readonly id: UserId; readonly email: string; readonly name: string | null };
  readonly memberships: readonly WireMembership[];
}

export interface WireMembership {
  readonly company: CompanyId;
  readonly name: string;
  readonly role: Role;
  readonly requires_second_factor: boolean;
}

/** A membership as the API has it. */
export const toWire = ({ company, companyName, role, requiresSecondFactor }: Membership): WireMembership => ({
  company,
  name: companyName,
  role,
  requires_second_factor: requiresSecondFactor,
});

/** Whether these proofs are more than a password. A recovery code stands in for the factor that was lost. */
export const isStrong = (proofs: readonly Proof[]): boolean => proofs.some((proof) => proof !== 'pwd');

/** Whether a password alone is not enough. @param tx of this user. */
export const hasSecondFactor = async (tx: Transaction, user: UserId): Promise<boolean> => {
  const row = await tx.one(readCredentials, [user]);
  return row !== undefined && (row.has_totp || row.passkeys > 0);
};

/**
 * Begins a session in a transaction of this user. Undefined where the credentials are no longer those that were checked,
 * or the user is gone: then there is no session, in no table and in no cookie. Ids are always fresh, so that nobody can
 * prepare a session for somebody else.
 */
export type StartSession = (tx: Transaction, signIn: SignIn) => Promise<Started | undefined>;

export const createStartSession =
  (cookies: Cookies): StartSession =>
  async (tx, { user, credentialEpoch, proofs, device, now }) => {
    const person = await tx.one(lockUser, [user]);
    if (person?.credential_epoch !== credentialEpoch) return undefined;
    const strong = isStrong(proofs);
    // Enrolled while the password was looked at.
    if (!strong && (await hasSecondFactor(tx, user))) return undefined;
    const session = newId('ses', now);
    await tx.all(insertSession, [
      session,
      user,
      credentialEpoch,
      strong,
      new Date(now),
      new Date(now + SESSION_MS),
      device.browser,
      device.platform,
    ]);
    await tx.all(noteActive, [user, utcDay(now)]);
    const memberships = await tx.all(listMemberships, [user]);
    const ticket = { session, user, credentialEpoch, proofs, provenAt: now, startedAt: now };
    return {
      body: {
        state: 'signed_in',
        user: { id: user, email: person.email, name: person.name },
        memberships: memberships.map((one) => ({
          company: one.company_id as CompanyId,
          name: one.name,
          role: one.role as Role,
          requires_second_factor: one.require_second_factor,
        })),
      },
      cookies: [
        cookies.session(ticket, now),
        cookies.known({ user, credentialEpoch }, now),
        forgetCookie('pending'),
      ],
    };
  };
