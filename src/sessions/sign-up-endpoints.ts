import { z } from 'zod';
import { canonicalEmail } from '../foundation/email.ts';
import { Secret } from '../foundation/secret.ts';
import type { Cookies } from '../gate/cookies.ts';
import { ceremonyOptions } from '../factors/schemas.ts';
import { defineEndpoint } from '../http/endpoint.ts';
import type { AnyRoute } from '../http/route.ts';
import { emailInvalid } from './problems.ts';
import { companyName, confirmation, emailText, passwordText, signedIn, tokenText } from './schemas.ts';
import type { SignUps } from './sign-up.ts';
import { visitorOf } from './visitor.ts';

/** A canonical address. @throws email_invalid. */
export const requireEmail = (text: string): string => {
  const email = canonicalEmail(text);
  if (email === undefined) throw emailInvalid();
  return email;
};

/** A secret of a text that may be left out. */
export const optionalSecret = (text: string | undefined): Secret | undefined =>
  text === undefined ? undefined : new Secret(text);

const PUBLIC = { public: 'Who signs up has no account yet.' } as const;
const TAG = 'Signing up';
const LINK_PROBLEMS = {
  410: '`link_invalid`: the link was used, has run out, or never was.',
  429: '`too_many_attempts`.',
} as const;

/** Signing up: ask, follow the mailed link, confirm. */
export const createSignUpEndpoints = (signUps: SignUps, cookies: Cookies): readonly AnyRoute[] => [
  defineEndpoint({
    operation: 'sign-ups.create',
    method: 'POST',
    path: '/v1/sign-ups',
    access: PUBLIC,
    tag: TAG,
    summary: 'Ask for an account',
    description:
      'Mails a link to the address; following it makes the account. The answer is the same whether the address has an account or not. Without a password the account is confirmed by making a passkey.',
    body: z.strictObject({ email: emailText, password: passwordText.optional(), company_name: companyName }),
    reply: { status: 202, description: 'A mail is on its way.', schema: z.object({}) },
    problems: {
      400: '`email_invalid`, or why the password cannot be used: `password_too_short`, `password_too_long`, `password_common`, `password_contains_identity`, `password_guessable`.',
      429: '`too_many_attempts`.',
    },
    handle: async ({ body }, { request, now }) => {
      const signUp = {
        email: requireEmail(body.email),
        password: optionalSecret(body.password),
        companyName: body.company_name,
      };
      const cookie = await signUps.create(signUp, visitorOf(cookies, request, now), now);
      return { body: {}, cookies: [cookie] };
    },
  }),
  defineEndpoint({
    operation: 'sign-ups.read',
    method: 'POST',
    path: '/v1/sign-ups/read',
    access: PUBLIC,
    tag: TAG,
    summary: 'See what a mailed link would confirm',
    description: 'Does not use the link up.',
    body: z.strictObject({ token: tokenText }),
    reply: {
      status: 200,
      description: 'The sign-up.',
      schema: z.object({
        email: z.string(),
        company_name: z.string(),
        needs: z.enum(['password', 'passkey', 'nothing']).describe('What has to be given to confirm it.'),
      }),
    },
    problems: LINK_PROBLEMS,
    handle: async ({ body }, { request, now }) => {
      const shown = await signUps.read(body.token, visitorOf(cookies, request, now), now);
      return { body: { email: shown.email, company_name: shown.companyName, needs: shown.needs } };
    },
  }),
  defineEndpoint({
    operation: 'sign-ups.passkey-options',
    method: 'POST',
    path: '/v1/sign-ups/passkey-options',
    access: PUBLIC,
    tag: TAG,
    summary: 'Begin to make the passkey of a sign-up without a password',
    description: 'The answer is used within five minutes.',
    body: z.strictObject({ token: tokenText }),
    reply: {
      status: 200,
      description: 'Options for the browser.',
      schema: z.object({ options: ceremonyOptions }),
    },
    problems: { 400: '`sign_up_method_wrong`.', ...LINK_PROBLEMS },
    handle: async ({ body }, { request, now }) => {
      const options = await signUps.passkeyOptions(body.token, visitorOf(cookies, request, now), now);
      return { body: { options: { ...options } } };
    },
  }),
  defineEndpoint({
    operation: 'sign-ups.confirm',
    method: 'POST',
    path: '/v1/sign-ups/confirm',
    access: PUBLIC,
    tag: TAG,
    summary: 'Confirm a sign-up',
    description:
      'Makes the account, its company and a first project, and signs in. A sign-up with a password needs that password again in any browser but the one in which it was asked for, since whoever asked may not be who reads the mail.',
    body: confirmation,
    reply: { status: 201, description: 'The account is there.', schema: signedIn },
    problems: {
      400: '`sign_up_method_wrong`, `challenge_over`, `passkey_invalid`.',
      403: '`sign_up_password_required`.',
      409: '`account_exists`: the address got an account meanwhile.',
      ...LINK_PROBLEMS,
    },
    handle: async ({ body }, { request, now }) => {
      const { token, passkey } = body;
      const given = { token, passkey, password: optionalSecret(body.password) };
      const started = await signUps.confirm(given, visitorOf(cookies, request, now), now);
      return {
        body: { ...started.body, memberships: [...started.body.memberships] },
        cookies: started.cookies,
      };
    },
  }),
];
