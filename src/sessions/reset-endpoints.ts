import { z } from 'zod';
import { Secret } from '../foundation/secret.ts';
import type { Cookies } from '../gate/cookies.ts';
import { defineEndpoint } from '../http/endpoint.ts';
import type { AnyRoute } from '../http/route.ts';
import type { PasswordResets } from './reset.ts';
import { emailText, passwordText, tokenText } from './schemas.ts';
import { requireEmail } from './sign-up-endpoints.ts';
import { visitorOf } from './visitor.ts';

const PUBLIC = { public: 'Who forgot the password cannot sign in.' } as const;
const TAG = 'Signing in';

/** Setting a new password by a mailed link. */
export const createResetEndpoints = (resets: PasswordResets, cookies: Cookies): readonly AnyRoute[] => [
  defineEndpoint({
    operation: 'password-resets.create',
    method: 'POST',
    path: '/v1/password-resets',
    access: PUBLIC,
    tag: TAG,
    summary: 'Ask for a link to set a new password',
    description:
      'The link works once, within 30 minutes. The answer is the same, and takes as long, whether the address has an account or not.',
    body: z.strictObject({ email: emailText }),
    reply: {
      status: 202,
      description: 'If there is an account, a mail is on its way.',
      schema: z.object({}),
    },
    problems: { 400: '`email_invalid`.', 429: '`too_many_attempts`.' },
    handle: async ({ body }, { request, now }) => {
      await resets.create(requireEmail(body.email), visitorOf(cookies, request, now), now);
      return { body: {} };
    },
  }),
  defineEndpoint({
    operation: 'password-resets.complete',
    method: 'POST',
    path: '/v1/password-resets/complete',
    access: PUBLIC,
    tag: TAG,
    summary: 'Set a new password by a mailed link',
    description:
      'Ends every session and signs nobody in; a second factor stays. A password that cannot be used leaves the link as it was.',
    body: z.strictObject({ token: tokenText, password: passwordText }),
    reply: { status: 200, description: 'The password is set; sign in with it.', schema: z.object({}) },
    problems: {
      400: 'Why the password cannot be used: `password_too_short`, `password_too_long`, `password_common`, `password_contains_identity`, `password_guessable`.',
      410: '`link_invalid`: the link was used, has run out, or never was.',
      429: '`too_many_attempts`.',
    },
    handle: async ({ body }, { request, now }) => {
      const visitor = visitorOf(cookies, request, now);
      const set = await resets.complete(body.token, new Secret(body.password), visitor, now);
      return { body: {}, cookies: set };
    },
  }),
];
