import { z } from 'zod';
import { ceremonyOptions } from '../factors/schemas.ts';
import { Secret } from '../foundation/secret.ts';
import { forgetCookie, type Cookies } from '../gate/cookies.ts';
import { defineEndpoint } from '../http/endpoint.ts';
import { idField } from '../http/fields.ts';
import type { AnyRoute } from '../http/route.ts';
import { freshUntilOf } from '../policy/authorise.ts';
import type { Sessions } from './list.ts';
import type { FreshProof, Proofs } from './proof.ts';
import { freshProof, freshUntil, membershipSchema, sessionSummary, userSchema } from './schemas.ts';
import { toWire } from './start.ts';
import { visitorOf } from './visitor.ts';

const SESSION = { session: true } as const;
const TAG = 'Sessions';

/** The one proof of a body; its schema makes sure that there is exactly one. */
const proofOf = ({ password, totp, passkey }: z.output<typeof freshProof>): FreshProof => {
  if (totp !== undefined) return { totp };
  return passkey === undefined ? { password: new Secret(password ?? '') } : { passkey };
};

const isoTime = (milliseconds: number): string => new Date(milliseconds).toISOString();

/** One's own session: seeing it, proving anew who one is, ending it. */
export const createSessionEndpoints = (
  sessions: Sessions,
  proofs: Proofs,
  cookies: Cookies,
): readonly AnyRoute[] => [
  defineEndpoint({
    operation: 'session.show',
    method: 'GET',
    path: '/v1/session',
    access: SESSION,
    tag: TAG,
    summary: 'See who is signed in',
    description:
      'And for how long the last proof counts as fresh: a time that is over where it does not, as in a session of before a second factor was enrolled.',
    reply: {
      status: 200,
      description: 'The session.',
      schema: z.object({
        id: z.string(),
        user: userSchema,
        memberships: z.array(membershipSchema),
        fresh_until: freshUntil,
        second_factor: z.boolean().describe('Whether a second factor was shown in this session.'),
        recovery_codes_left: z.int(),
      }),
    },
    handle: async (_input, { caller }) => ({
      body: {
        id: caller.session,
        user: { id: caller.user, email: caller.email, name: caller.name },
        memberships: [...caller.memberships.values()].map(toWire),
        fresh_until: isoTime(freshUntilOf(caller)),
        second_factor: caller.isStrong,
        recovery_codes_left: await sessions.countRecoveryCodes(caller),
      },
    }),
  }),
  defineEndpoint({
    operation: 'session.proof-options',
    method: 'POST',
    path: '/v1/session/proof/passkey-options',
    access: SESSION,
    tag: TAG,
    summary: 'Begin to prove anew who you are with a passkey',
    description: 'The answer is used within five minutes.',
    body: z.strictObject({}),
    reply: {
      status: 200,
      description: 'Options for the browser.',
      schema: z.object({ options: ceremonyOptions }),
    },
    handle: async (_input, { caller }) => ({ body: { options: { ...(await proofs.options(caller)) } } }),
  }),
  defineEndpoint({
    operation: 'session.prove',
    method: 'POST',
    path: '/v1/session/proof',
    access: SESSION,
    tag: TAG,
    summary: 'Prove anew who you are',
    description:
      'What cannot be undone asks for a proof of the last ten minutes. With a second factor enrolled, the password is none.',
    body: freshProof,
    reply: {
      status: 200,
      description: 'Proved; the session has a new token.',
      schema: z.object({ fresh_until: freshUntil }),
    },
    problems: {
      400: '`challenge_over`.',
      401: '`invalid_credentials`, `invalid_code`, `passkey_refused`, `session_ended`.',
      403: '`proof_method_refused`: use the second factor.',
      429: '`too_many_attempts`.',
    },
    handle: async ({ body }, { caller, request, now }) => {
      const visitor = visitorOf(cookies, request, now);
      const proven = await proofs.prove(caller, proofOf(body), visitor, request, now);
      return { body: { fresh_until: isoTime(proven.freshUntil) }, cookies: [proven.cookie] };
    },
  }),
  defineEndpoint({
    operation: 'session.end',
    method: 'DELETE',
    path: '/v1/session',
    access: SESSION,
    tag: TAG,
    summary: 'Sign out',
    description: 'Ends this session everywhere at once.',
    reply: { status: 204, description: 'Signed out.' },
    handle: async (_input, { caller, now }) => {
      await sessions.endOwn(caller, now);
      return { body: undefined, cookies: [forgetCookie('session'), forgetCookie('pending')] };
    },
  }),
  defineEndpoint({
    operation: 'sessions.list',
    method: 'GET',
    path: '/v1/sessions',
    access: SESSION,
    tag: TAG,
    summary: 'List your sessions',
    description: 'When each began and was last used, and roughly where: no address is known.',
    reply: {
      status: 200,
      description: 'Sessions that are not over, newest first.',
      schema: z.object({ items: z.array(sessionSummary), next: z.null() }),
    },
    handle: async (_input, { caller, now }) => {
      const items = await sessions.list(caller, now);
      return {
        body: {
          items: items.map((one) => ({
            id: one.id,
            current: one.current,
            created_at: one.createdAt.toISOString(),
            last_seen_at: one.seenAt.toISOString(),
            browser: one.browser,
            platform: one.platform,
            second_factor: one.isStrong,
          })),
          next: null,
        },
      };
    },
  }),
  defineEndpoint({
    operation: 'sessions.end',
    method: 'DELETE',
    path: '/v1/sessions/:session',
    access: SESSION,
    tag: TAG,
    summary: 'End one of your sessions',
    description: 'It is refused from then on, everywhere.',
    params: { session: idField('ses') },
    reply: { status: 204, description: 'Ended.' },
    problems: { 404: '`session_not_found`.' },
    handle: async ({ params }, { caller, now }) => {
      await sessions.end(caller, params.session, now);
      return {
        body: undefined,
        ...(params.session === caller.session ? { cookies: [forgetCookie('session')] } : {}),
      };
    },
  }),
  defineEndpoint({
    operation: 'sessions.end-others',
    method: 'DELETE',
    path: '/v1/sessions',
    access: SESSION,
    tag: TAG,
    summary: 'End all your sessions but this one',
    description: 'They are refused from then on, everywhere.',
    reply: { status: 200, description: 'Ended.', schema: z.object({ ended: z.int() }) },
    handle: async (_input, { caller, now }) => ({ body: { ended: await sessions.endOthers(caller, now) } }),
  }),
];
