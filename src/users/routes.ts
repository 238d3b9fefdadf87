/** Endpoints of a person's own account: name, password, address. */
import type { KeyObject } from 'node:crypto';
import { z } from 'zod';
import { Secret } from '../foundation/secret.ts';
import { defineEndpoint } from '../http/endpoint.ts';
import { nameField } from '../http/fields.ts';
import type { AnyRoute, Request } from '../http/route.ts';
import type { Attempts } from '../limits/attempts.ts';
import { sourceOf } from '../limits/source.ts';
import type { PasswordHasher } from '../passwords/hasher.ts';
import type { Database } from '../store/database.ts';
import { createEmailService } from './email-service.ts';
import { cookiesToGoOn, type GoingOn } from './going-on.ts';
import { createPasswordService } from './password-service.ts';
import { sessionEnded } from './problems.ts';
import { renameUser } from './store.ts';

const TAG = 'Account';

export interface UserParts {
  readonly database: Database;
  /** `deriveKey(master, 'link')`. */
  readonly linkKey: KeyObject;
  readonly hasher: Pick<PasswordHasher, 'hash' | 'assess'>;
  readonly attempts: Pick<Attempts, 'spend'>;
  readonly cookies: GoingOn;
}

const sourceOfRequest = ({ address }: Request): string => sourceOf(address.expose());

export const createUserRoutes = (parts: UserParts): readonly AnyRoute[] => {
  const { database, cookies } = parts;
  const passwords = createPasswordService(parts);
  const emails = createEmailService(parts);
  return [
    defineEndpoint({
      operation: 'account.change',
      method: 'PATCH',
      path: '/v1/account',
      access: { session: true },
      tag: TAG,
      summary: 'Change one’s name',
      description: 'The name that other members of one’s companies see; null takes it away.',
      body: z.strictObject({
        name: nameField(100)
          .nullable()
          .describe('1 to 100 characters, or null.')
          .meta({ examples: ['Ada Lovelace'] }),
      }),
      reply: {
        status: 200,
        description: 'The user.',
        schema: z.strictObject({
          id: z.string().meta({ examples: ['usr_01h0000000000000000000000a'] }),
          email: z.string(),
          name: z.string().nullable(),
        }),
      },
      handle: async ({ body }, { caller }) => {
        const { user } = caller;
        const row = await database.user(user, (tx) => tx.one(renameUser, [user, body.name]));
        if (row === undefined) throw sessionEnded();
        return { body: { id: user, email: row.email, name: body.name } };
      },
    }),
    defineEndpoint({
      operation: 'account.change-password',
      method: 'POST',
      path: '/v1/account/password',
      access: { session: true },
      fresh: true,
      tag: TAG,
      summary: 'Set a new password',
      description:
        'At least 15 characters, or 8 beside a second factor; nothing common, breached or made of one’s own name. All other sessions end, and so do reset links and unconfirmed changes of address. The owner gets a mail.',
      body: z.strictObject({ password: z.string().min(1).describe('Any characters of any script.') }),
      reply: { status: 204, description: 'It is set.' },
      problems: {
        400: '`password_too_short`, `password_too_long`, `password_common`, `password_contains_identity`, or `password_guessable`.',
        409: '`changed_meanwhile`: the second factor that let a short password do was removed.',
        503: '`busy`: too many passwords wait to be hashed.',
      },
      handle: async ({ body }, { caller, request, now }) => {
        const { user } = caller;
        const password = new Secret(body.password);
        const { credentialEpoch } = await passwords.change(caller, password, sourceOfRequest(request), now);
        return { body: undefined, cookies: cookiesToGoOn(cookies, request, { user, credentialEpoch }, now) };
      },
    }),
    defineEndpoint({
      operation: 'account.change-email',
      method: 'POST',
      path: '/v1/account/email',
      access: { session: true },
      fresh: true,
      tag: TAG,
      summary: 'Ask for another e-mail address',
      description:
        'Mails a link to the new address, which works once within 24 hours and only for whoever is signed in to this account, and a notice to the present one. The answer is the same whether the new address has an account or not.',
      body: z.strictObject({ email: z.string().min(1).max(320).describe('The new address.') }),
      reply: { status: 202, description: 'The mails are on their way.', schema: z.strictObject({}) },
      problems: {
        400: '`email_invalid`.',
        409: '`email_same`: it is the account’s own.',
        429: '`too_many_attempts`: too many changes were asked for.',
      },
      handle: async ({ body }, { caller, now }) => {
        await emails.ask(caller, body.email, now);
        return { body: {} };
      },
    }),
    defineEndpoint({
      operation: 'email-changes.confirm',
      method: 'POST',
      path: '/v1/email-changes/confirm',
      access: { session: true },
      tag: TAG,
      summary: 'Confirm another e-mail address',
      description:
        'Only for the user who asked for the change: the link proves that one reads the mail of the address, the session whose account it is for. From then on one signs in with the new address. Every session ends, and one signs in anew. The old address gets a mail.',
      body: z.strictObject({ token: z.string().min(1).max(200).describe('Out of the link.') }),
      reply: {
        status: 200,
        description: 'The address is changed.',
        schema: z.strictObject({ sessions_ended: z.int().min(0).describe('How many sessions this ended.') }),
      },
      problems: {
        409: '`email_taken`: another account has got this address meanwhile.',
        410: '`link_invalid`: used, out of date, asked for by another user, or none of ours.',
        429: '`too_many_attempts`.',
      },
      handle: async ({ body }, { caller, request, now }) => {
        const token = new Secret(body.token);
        const { sessionsEnded } = await emails.confirm(caller, token, sourceOfRequest(request), now);
        return { body: { sessions_ended: sessionsEnded } };
      },
    }),
  ];
};
