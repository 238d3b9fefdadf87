/** Changing the address of an account: asked for by its owner, done by its owner with the link out of the new mailbox. */
import type { KeyObject } from 'node:crypto';
import type { SessionCaller } from '../foundation/caller.ts';
import { canonicalEmail } from '../foundation/email.ts';
import { newId } from '../foundation/ids.ts';
import { digestOfToken, isLinkToken, linkToken } from '../foundation/link.ts';
import type { Secret } from '../foundation/secret.ts';
import type { Attempts } from '../limits/attempts.ts';
import type { Database } from '../store/database.ts';
import { StoreError } from '../store/errors.ts';
import { lockOwner, renewCredentials } from './credentials.ts';
import { mailEmailChanged, mailEmailConfirm, mailEmailNotice } from './letters.ts';
import { emailInvalid, emailSame, emailTaken, linkInvalid, tooManyAttempts } from './problems.ts';
import {
  insertEmailChange,
  setEmail,
  useEmailChange,
  voidEmailChanges,
  voidPasswordResets,
} from './store.ts';

/** Milliseconds for which the link works. */
const LINK_MS = 24 * 3_600_000;

const RATES = {
  /** Mails to one address, and changes asked for by one user. */
  mail: { burst: 3, everyMs: 600_000 },
  /** Tokens of links from one source; the same bucket as for other links. */
  token: { burst: 20, everyMs: 5000 },
} as const;

export interface EmailService {
  /**
   * Mails a link to the new address and a notice to the present one; an earlier link is void. Ends the same way whether
   * the new address has an account or not. @param text as it was typed.
   * @throws email_invalid (400), session_ended (401), email_same (409), too_many_attempts (429).
   */
  ask(caller: SessionCaller, text: string, now: number): Promise<void>;
  /**
   * Makes the address the account's, and ends every session; gives how many ended. Only for whoever asked: else somebody
   * who follows a link that they never asked for would attach their address to a stranger's account, the stranger's
   * passkeys and all (pre-hijacking, GHSA-g38m-r43w-p2q7). To others the link is as good as none, and stays unused.
   * @param source who asks, as `sourceOf` of limits has it.
   * @throws session_ended (401), link_invalid (410), email_taken (409), too_many_attempts (429).
   */
  confirm(
    caller: SessionCaller,
    token: Secret,
    source: string,
    now: number,
  ): Promise<{ readonly sessionsEnded: number }>;
}

export interface EmailServiceOptions {
  readonly database: Database;
  /** `deriveKey(master, 'link')`. */
  readonly linkKey: KeyObject;
  readonly attempts: Pick<Attempts, 'spend'>;
}

/** Whether PostgreSQL refused because another account has the address, which no query of this user could have shown. */
const isTaken = (error: unknown): boolean =>
  error instanceof StoreError && error.code === '23505' && error.table === 'user_account';

export const createEmailService = ({ database, linkKey, attempts }: EmailServiceOptions): EmailService => {
  const spend = (bucket: string, rate: { burst: number; everyMs: number }, now: number): void => {
    const verdict = attempts.spend(bucket, rate, now);
    if (!verdict.ok) throw tooManyAttempts(verdict.retryAfterMs);
  };

  return {
    ask: async (caller, text, now) => {
      const { user } = caller;
      const wanted = canonicalEmail(text);
      if (wanted === undefined) throw emailInvalid();
      spend(`email-change ${user}`, RATES.mail, now);
      const mayMail = attempts.spend(`mail email-change ${wanted}`, RATES.mail, now).ok;
      await database.user(user, async (tx) => {
        const { email } = await lockOwner(tx, caller, now);
        if (wanted === email) throw emailSame();
        const id = newId('emc', now);
        const expiresAt = new Date(now + LINK_MS);
        const digest = digestOfToken(linkToken(linkKey, 'email-change', id));
        await tx.all(voidEmailChanges, [user, new Date(now)]);
        await tx.all(insertEmailChange, [id, user, wanted, digest, new Date(now), expiresAt]);
        if (mayMail) await mailEmailConfirm(tx, { id, expiresAt }, { user, email: wanted, now });
        await mailEmailNotice(tx, { user, email, now });
      });
    },
    confirm: async (caller, token, source, now) => {
      spend(`token ${source}`, RATES.token, now);
      if (!isLinkToken(token.expose())) throw linkInvalid();
      const { user } = caller;
      const at = new Date(now);
      try {
        return await database.user(user, async (tx) => {
          const before = await lockOwner(tx, caller, now);
          const change = await tx.one(useEmailChange, [user, digestOfToken(token), at]);
          if (change === undefined) throw linkInvalid();
          await tx.all(setEmail, [user, change.email]);
          // Links that lie in the mail of the old address.
          await tx.all(voidPasswordResets, [user, at]);
          await tx.all(voidEmailChanges, [user, at]);
          const { sessionsEnded } = await renewCredentials(tx, user, null, now);
          await mailEmailChanged(tx, { user, email: before.email, now });
          return { sessionsEnded };
        });
      } catch (error) {
        // The link is as good as before: nothing of the transaction stands.
        throw isTaken(error) ? emailTaken() : error;
      }
    },
  };
};
