import { z } from 'zod';
import { authenticationResponse, ceremonyOptions } from '../factors/schemas.ts';
import { Secret } from '../foundation/secret.ts';
import type { Cookies } from '../gate/cookies.ts';
import { defineEndpoint } from '../http/endpoint.ts';
import type { AnyRoute } from '../http/route.ts';
import { emailText, passwordText, secondProof, secondStep, signedIn } from './schemas.ts';
import type { SecondProof, SignIns } from './sign-in.ts';
import { requireEmail } from './sign-up-endpoints.ts';
import { visitorOf } from './visitor.ts';

const PUBLIC = { public: 'Signing in is how one stops being a stranger.' } as const;
const TAG = 'Signing in';

/** The one proof of a body; its schema makes sure that there is exactly one. */
const proofOf = ({
  totp,
  passkey,
  recovery_code: recoveryCode,
}: z.output<typeof secondProof>): SecondProof => {
  if (totp !== undefined) return { totp };
  return passkey === undefined ? { recoveryCode: recoveryCode ?? '' } : { passkey };
};

/** Signing in, in one step or two. */
export const createSignInEndpoints = (signIns: SignIns, cookies: Cookies): readonly AnyRoute[] => [
  defineEndpoint({
    operation: 'sessions.create',
    method: 'POST',
    path: '/v1/sessions',
    access: PUBLIC,
    tag: TAG,
    summary: 'Sign in with a password',
    description:
      'Begins a session, or, where a second factor is enrolled, only the way to the second step. Nothing tells an unknown address from a wrong password.',
    body: z.strictObject({ email: emailText, password: passwordText }),
    reply: {
      status: 200,
      description: 'Signed in, or half-way.',
      schema: z.discriminatedUnion('state', [signedIn, secondStep]),
    },
    problems: {
      400: '`email_invalid`.',
      401: '`invalid_credentials`.',
      429: '`too_many_attempts`, or `passwords_paused`: use a passkey, a browser in which you signed in before, or a mailed link.',
    },
    handle: async ({ body }, { request, now }) => {
      const visitor = visitorOf(cookies, request, now);
      const outcome = await signIns.withPassword(
        requireEmail(body.email),
        new Secret(body.password),
        visitor,
        now,
      );
      return outcome.body.state === 'signed_in'
        ? {
            body: { ...outcome.body, memberships: [...outcome.body.memberships] },
            cookies: outcome.cookies,
          }
        : { body: { ...outcome.body, methods: [...outcome.body.methods] }, cookies: outcome.cookies };
    },
  }),
  defineEndpoint({
    operation: 'sessions.passkey-options',
    method: 'POST',
    path: '/v1/sessions/passkey-options',
    access: PUBLIC,
    tag: TAG,
    summary: 'Begin to sign in with a passkey',
    description: 'Names nobody: the passkey says whose it is.',
    body: z.strictObject({}),
    reply: {
      status: 200,
      description: 'Options for the browser.',
      schema: z.object({ options: ceremonyOptions }),
    },
    problems: { 429: '`too_many_attempts`.' },
    handle: async (_input, { request, now }) => {
      const options = await signIns.passkeyOptions(visitorOf(cookies, request, now), now);
      return { body: { options: { ...options } } };
    },
  }),
  defineEndpoint({
    operation: 'sessions.create-with-passkey',
    method: 'POST',
    path: '/v1/sessions/passkey',
    access: PUBLIC,
    tag: TAG,
    summary: 'Sign in with a passkey',
    description: 'A passkey that checked who is using it is two factors in one.',
    body: z.strictObject({ response: authenticationResponse }),
    reply: { status: 200, description: 'Signed in.', schema: signedIn },
    problems: { 400: '`challenge_over`.', 401: '`passkey_refused`.', 429: '`too_many_attempts`.' },
    handle: async ({ body }, { request, now }) => {
      const started = await signIns.withPasskey(body.response, visitorOf(cookies, request, now), now);
      return {
        body: { ...started.body, memberships: [...started.body.memberships] },
        cookies: started.cookies,
      };
    },
  }),
  defineEndpoint({
    operation: 'second-factor.passkey-options',
    method: 'POST',
    path: '/v1/sessions/second-factor/passkey-options',
    access: { pending: true },
    tag: TAG,
    summary: 'Begin the second step with a passkey',
    description: 'After the password.',
    body: z.strictObject({}),
    reply: {
      status: 200,
      description: 'Options for the browser.',
      schema: z.object({ options: ceremonyOptions }),
    },
    problems: { 401: '`sign_in_required`: begin with the password.' },
    handle: async (_input, { caller }) => ({
      body: { options: { ...(await signIns.secondStepOptions(caller)) } },
    }),
  }),
  defineEndpoint({
    operation: 'second-factor.prove',
    method: 'POST',
    path: '/v1/sessions/second-factor',
    access: { pending: true },
    tag: TAG,
    summary: 'Take the second step',
    description: 'With a code of the authenticator app, a passkey, or a recovery code. Each code works once.',
    body: secondProof,
    reply: { status: 200, description: 'Signed in.', schema: signedIn },
    problems: {
      400: '`challenge_over`.',
      401: '`invalid_code`, `passkey_refused`; `sign_in_required`, `session_ended`: begin with the password.',
      429: '`too_many_attempts`.',
    },
    handle: async ({ body }, { caller, request, now }) => {
      const visitor = visitorOf(cookies, request, now);
      const started = await signIns.takeSecondStep(caller, proofOf(body), visitor, now);
      const left = started.recoveryCodesLeft;
      return {
        body: {
          ...started.body,
          memberships: [...started.body.memberships],
          ...(left === undefined ? {} : { recovery_codes_left: left }),
        },
        cookies: started.cookies,
      };
    },
  }),
];
