/** Signing up: asking with an address, and confirming by the link that was mailed to it. */
import { openCompany } from '../accounts/open-company.ts';
import { userToBe } from '../factors/passkeys.ts';
import type { RegistrationResponse } from '../factors/schemas.ts';
import { insertPasskey } from '../factors/store.ts';
import { utcDay } from '../foundation/clock.ts';
import { newId, type Id, type UserId } from '../foundation/ids.ts';
import { digestOfToken, isLinkToken, linkToken } from '../foundation/link.ts';
import { Secret } from '../foundation/secret.ts';
import { SIGN_UP_MS } from '../gate/claims.ts';
import { forgetCookie } from '../gate/cookies.ts';
import { enqueueMail } from '../mail/outbox.ts';
import type { Transaction } from '../store/transaction.ts';
import { hashGoodPassword } from './good-password.ts';
import type { SessionParts } from './parts.ts';
import {
  accountExists,
  linkInvalid,
  sessionEnded,
  signUpMethodWrong,
  signUpPasswordWrong,
} from './problems.ts';
import type { Started } from './start.ts';
import { findSignIn, findSignUp, insertSignUp, insertUser, setPassword, useSignUp } from './store.ts';
import type { Visitor } from './visitor.ts';

export interface NewSignUp {
  /** Canonical. */
  readonly email: string;
  /** Left out by those who will make a passkey instead. */
  readonly password: Secret | undefined;
  readonly companyName: string;
}

/** What the page has to ask for before a sign-up can be confirmed. */
export type SignUpNeed = 'password' | 'passkey' | 'nothing';

export interface SignUpShown {
  readonly email: string;
  readonly companyName: string;
  readonly needs: SignUpNeed;
}

export interface Confirmation {
  readonly token: string;
  readonly password: Secret | undefined;
  readonly passkey: { readonly name: string; readonly response: RegistrationResponse } | undefined;
}

export interface SignUps {
  /** Gives the `Set-Cookie` value that marks this browser; the same steps whether the address has an account or not. */
  create(signUp: NewSignUp, visitor: Visitor, now: number): Promise<string>;
  /** @throws link_invalid. */
  read(token: string, visitor: Visitor, now: number): Promise<SignUpShown>;
  /** @throws link_invalid, sign_up_method_wrong. */
  passkeyOptions(token: string, visitor: Visitor, now: number): Promise<object>;
  /** @throws link_invalid, sign_up_method_wrong, sign_up_password_required, account_exists. */
  confirm(confirmation: Confirmation, visitor: Visitor, now: number): Promise<Started>;
}

interface SignUpRow {
  readonly id: Id<'sup'>;
  readonly email: string;
  readonly phc: string | null;
  readonly companyName: string;
}

/** Everything that an account is, or nothing but the link's end where the address has one already. */
const makeAccount = async (
  tx: Transaction,
  row: SignUpRow,
  user: UserId,
  addFactor: (at: Date) => Promise<void>,
  now: number,
): Promise<number | 'exists'> => {
  const at = new Date(now);
  if ((await tx.one(useSignUp, [row.id, at])) === undefined) throw linkInvalid();
  const made = await tx.one(insertUser, [user, row.email, at, utcDay(now)]);
  if (made === undefined) return 'exists';
  await addFactor(at);
  return made.credential_epoch;
};

export const createSignUps = (parts: SessionParts): SignUps => {
  const { database, hasher, guessing, cookies, passkeys, linkKey, start } = parts;

  const find = async (token: string, visitor: Visitor, now: number): Promise<SignUpRow> => {
    guessing.token(visitor.source, now);
    if (!isLinkToken(token)) throw linkInvalid();
    const [row] = await database.run(findSignUp, [digestOfToken(new Secret(token)), new Date(now)]);
    if (row === undefined) throw linkInvalid();
    return { id: row.id as Id<'sup'>, email: row.email, phc: row.phc, companyName: row.company_name };
  };

  /** Somebody may have signed up with another's address, who then only follows the link: the password has to be known. */
  const requireSamePerson = async (
    row: SignUpRow,
    phc: string,
    password: Secret | undefined,
    visitor: Visitor,
    now: number,
  ): Promise<void> => {
    if (visitor.signUp === row.id) return;
    if (password === undefined) throw signUpPasswordWrong();
    guessing.signUpPassword(row.id, now);
    if (!(await hasher.verify(password, phc, visitor.source)).ok) throw signUpPasswordWrong();
  };

  return {
    create: async ({ email, password, companyName }, visitor, now) => {
      guessing.asking('sign-up', visitor.source, now);
      let phc: string | null = null;
      if (password !== undefined) {
        const rules = { hasSecondFactor: false, userInputs: [email, companyName] };
        phc = await hashGoodPassword(hasher, password, rules, visitor.source);
      }
      const id = newId('sup', now);
      const cookie = cookies.signUp(id, now);
      if (!guessing.mayMail('sign-up', email, now)) return cookie;
      const [at, expiresAt] = [new Date(now), new Date(now + SIGN_UP_MS)];
      const digest = digestOfToken(linkToken(linkKey, 'sign-up', id));
      await database.system(async (tx) => {
        const account = await tx.one(findSignIn, [email]);
        // Where there is an account, nobody is ever told the token of this row.
        await tx.all(insertSignUp, [id, email, phc, companyName, digest, at, expiresAt]);
        await enqueueMail(
          tx,
          account === undefined
            ? {
                template: 'sign-up-confirm',
                recipient: email,
                params: {},
                link: { purpose: 'sign-up', id },
                expiresAt,
              }
            : {
                template: 'sign-up-exists',
                recipient: email,
                params: {},
                user: account.user_id as UserId,
                expiresAt,
              },
          now,
        );
      });
      return cookie;
    },

    read: async (token, visitor, now) => {
      const { id, email, phc, companyName } = await find(token, visitor, now);
      const needs = phc === null ? 'passkey' : visitor.signUp === id ? 'nothing' : 'password';
      return { email, companyName, needs };
    },

    passkeyOptions: async (token, visitor, now) => {
      const { id, email, phc } = await find(token, visitor, now);
      if (phc !== null) throw signUpMethodWrong('password');
      return passkeys.registrationOptions({
        purpose: 'sign-up',
        boundTo: id,
        userName: email,
        displayName: email,
        exclude: [],
      });
    },

    confirm: async ({ token, password, passkey }, visitor, now) => {
      const row = await find(token, visitor, now);
      const { phc } = row;
      const user = userToBe(row.id);
      const company = newId('com', now);
      if (phc === null && passkey === undefined) throw signUpMethodWrong('passkey');
      if (phc !== null && passkey !== undefined) throw signUpMethodWrong('password');
      if (phc !== null) await requireSamePerson(row, phc, password, visitor, now);
      const made =
        passkey === undefined
          ? undefined
          : await passkeys.verifyRegistration({
              purpose: 'sign-up',
              boundTo: row.id,
              response: passkey.response,
            });
      const outcome = await database.as({ company, user }, async (tx) => {
        const epoch = await makeAccount(
          tx,
          row,
          user,
          async (at) => {
            if (phc !== null) await tx.all(setPassword, [user, phc, at]);
            if (made === undefined || passkey === undefined) return;
            const { credentialId, publicKey, counter, transports, synced } = made;
            const id = newId('pky', now);
            const values = [
              id,
              user,
              credentialId,
              publicKey,
              counter,
              transports,
              synced,
              passkey.name,
              at,
            ] as const;
            if ((await tx.one(insertPasskey, values)) === undefined) throw accountExists();
          },
          now,
        );
        if (epoch === 'exists') return epoch;
        await openCompany(tx, { company, owner: user, name: row.companyName, now });
        const proofs = [phc === null ? ('hwk' as const) : ('pwd' as const)];
        const started = await start(tx, {
          user,
          credentialEpoch: epoch,
          proofs,
          device: visitor.device,
          now,
        });
        if (started === undefined) throw sessionEnded();
        return started;
      });
      if (outcome === 'exists') throw accountExists();
      return { ...outcome, cookies: [...outcome.cookies, forgetCookie('sign-up')] };
    },
  };
};
