/** Setting a new password by a mailed link. */
import { setTimeout as wait } from 'node:timers/promises';
import { newId, type UserId } from '../foundation/ids.ts';
import { digestOfToken, isLinkToken, linkToken } from '../foundation/link.ts';
import { Secret } from '../foundation/secret.ts';
import { forgetCookie } from '../gate/cookies.ts';
import { enqueueMail } from '../mail/outbox.ts';
import { hashGoodPassword } from './good-password.ts';
import type { SessionParts } from './parts.ts';
import { linkInvalid } from './problems.ts';
import { PASSWORD_RESET_MS, RESET_ANSWER_MS } from './rules.ts';
import {
  endOtherSessions,
  findPasswordReset,
  findSignIn,
  insertPasswordReset,
  listMemberships,
  lockUser,
  raiseEpoch,
  readCredentials,
  setPassword,
  usePasswordReset,
  voidEmailChanges,
  voidPasswordResets,
} from './store.ts';
import type { Visitor } from './visitor.ts';

export interface PasswordResets {
  /** Mails a link where the address has an account, and otherwise nothing; takes as long either way. */
  create(email: string, visitor: Visitor, now: number): Promise<void>;
  /**
   * Sets the password and ends every session; gives `Set-Cookie` values. Nobody is signed in by it, and second factors
   * stay. The browser counts as familiar from then on, so that whoever was kept out by a stranger's guesses gets in.
   * @throws link_invalid, and what is wrong with the password, which leaves the link as it was.
   */
  complete(token: string, password: Secret, visitor: Visitor, now: number): Promise<readonly string[]>;
}

/** Resolves with the work's outcome, but not before the time that such an answer always takes. */
const inItsTime = async <Value>(work: Promise<Value>): Promise<Value> => {
  const [outcome] = await Promise.allSettled([work, wait(RESET_ANSWER_MS)]);
  if (outcome.status === 'rejected') throw outcome.reason;
  return outcome.value;
};

export const createPasswordResets = (parts: SessionParts): PasswordResets => {
  const { database, hasher, guessing, cookies, linkKey, noteAccess } = parts;

  const mailLink = async (email: string, now: number): Promise<void> => {
    if (!guessing.mayMail('password-reset', email, now)) return;
    const [account] = await database.run(findSignIn, [email]);
    if (account === undefined) return;
    const user = account.user_id as UserId;
    const id = newId('rst', now);
    const [at, expiresAt] = [new Date(now), new Date(now + PASSWORD_RESET_MS)];
    const digest = digestOfToken(linkToken(linkKey, 'password-reset', id));
    await database.user(user, async (tx) => {
      // Links from before stay good until they end: otherwise a stranger who keeps asking would keep the owner out.
      await tx.all(insertPasswordReset, [id, user, digest, at, expiresAt]);
      await enqueueMail(
        tx,
        {
          template: 'password-reset',
          recipient: email,
          params: {},
          user,
          link: { purpose: 'password-reset', id },
          expiresAt,
        },
        now,
      );
    });
  };

  return {
    create: async (email, visitor, now) => {
      guessing.asking('password-reset', visitor.source, now);
      await inItsTime(mailLink(email, now));
    },

    complete: async (token, password, visitor, now) => {
      guessing.token(visitor.source, now);
      const at = new Date(now);
      const digest = isLinkToken(token) ? digestOfToken(new Secret(token)) : undefined;
      const [row] = digest === undefined ? [] : await database.run(findPasswordReset, [digest]);
      if (row === undefined || row.used_at !== null || row.expires_at <= at) throw linkInvalid();
      const user = row.user_id as UserId;
      const known = await database.user(user, async (tx) => ({
        credentials: await tx.one(readCredentials, [user]),
        companies: await tx.all(listMemberships, [user]),
      }));
      if (known.credentials === undefined) throw linkInvalid();
      const rules = {
        hasSecondFactor: known.credentials.has_totp || known.credentials.passkeys > 0,
        userInputs: [row.email, ...known.companies.map(({ name }) => name)],
      };
      const phc = await hashGoodPassword(hasher, password, rules, visitor.source);
      const credentialEpoch = await database.user(user, async (tx) => {
        await tx.one(lockUser, [user]);
        if ((await tx.one(usePasswordReset, [user, row.id, at])) === undefined) throw linkInvalid();
        await tx.all(setPassword, [user, phc, at]);
        const raised = await tx.one(raiseEpoch, [user]);
        if (raised === undefined) throw linkInvalid();
        await tx.all(endOtherSessions, [user, '', at]);
        await tx.all(voidPasswordResets, [user, at]);
        await tx.all(voidEmailChanges, [user, at]);
        await enqueueMail(tx, { template: 'password-changed', recipient: row.email, params: {}, user }, now);
        return raised.credential_epoch;
      });
      noteAccess(user);
      return [
        cookies.known({ user, credentialEpoch }, now),
        forgetCookie('session'),
        forgetCookie('pending'),
      ];
    },
  };
};
