import { z } from 'zod';
import { defineEndpoint } from '../http/endpoint.ts';
import { idField } from '../http/fields.ts';
import type { AnyRoute } from '../http/route.ts';
import { signedIn } from '../sessions/schemas.ts';
import { createAccepting } from './accept.ts';
import { invite, listOpenInvitations, withdrawInvitation } from './invitations.ts';
import type { MemberParts } from './parts.ts';
import {
  acceptanceSchema,
  invitationSchema,
  invitationTokenSchema,
  invitationViewSchema,
  newInvitationSchema,
} from './schemas.ts';

const TAG = 'Members';
const ALL = '/v1/companies/:company/invitations';
const params = { company: z.string() };
const LINKS =
  '`link_used`, `link_invalid`: the invitation was accepted, withdrawn or replaced, ran out, or never was';

/** Endpoints of invitations for members, and for those who are invited. */
export const invitationRoutes = (parts: MemberParts): readonly AnyRoute[] => {
  const accepting = createAccepting(parts);
  return [
    defineEndpoint({
      operation: 'invitations.list',
      method: 'GET',
      path: ALL,
      access: { member: 'members.read' },
      tag: TAG,
      summary: 'Open invitations',
      description: 'Invitations that can still be accepted, newest first.',
      params,
      reply: {
        status: 200,
        description: 'The invitations',
        schema: z.object({ items: z.array(invitationSchema), next: z.string().nullable() }),
      },
      handle: async (_input, { caller, membership: { company }, now }) => ({
        body: { items: await listOpenInvitations(parts, { company, user: caller.user }, now), next: null },
      }),
    }),
    defineEndpoint({
      operation: 'invitations.create',
      method: 'POST',
      path: ALL,
      access: { member: 'members.invite' },
      fresh: true,
      tag: TAG,
      summary: 'Invite somebody',
      description:
        'Mails a link that works once, for seven days, and only for this address. Inviting an address again replaces the invitation before, whose link is void. Only owners invite owners.',
      params,
      body: newInvitationSchema,
      reply: { status: 201, description: 'The invitation', schema: invitationSchema },
      problems: {
        400: 'email_invalid',
        409: 'already_member, too_many_invitations',
        429: 'too_many_attempts',
      },
      handle: async ({ body }, { caller, membership: { company }, now }) => ({
        body: await invite(parts, { company, caller, now }, body),
      }),
    }),
    defineEndpoint({
      operation: 'invitations.withdraw',
      method: 'DELETE',
      path: `${ALL}/:invitation`,
      access: { member: 'members.invite' },
      tag: TAG,
      summary: 'Withdraw an invitation',
      description: 'Its link is void at once.',
      params: { company: z.string(), invitation: idField('inv') },
      reply: { status: 204, description: 'The invitation is withdrawn' },
      problems: { 404: 'invitation_not_found' },
      handle: async ({ params: { invitation } }, { caller, membership: { company }, now }) => {
        await withdrawInvitation(parts, { company, caller, now }, invitation);
        return { body: undefined };
      },
    }),
    defineEndpoint({
      operation: 'invitations.read',
      method: 'POST',
      path: '/v1/invitations/read',
      access: { public: 'Who is invited may have no account yet; the token of the link is the proof.' },
      tag: TAG,
      summary: 'Read an invitation',
      description: 'What the link of an invitation is for. Reading does not use it.',
      body: invitationTokenSchema,
      reply: { status: 200, description: 'The invitation', schema: invitationViewSchema },
      problems: { 410: LINKS, 429: 'too_many_attempts' },
      handle: async ({ body }, { request, now }) => ({
        body: await accepting.read(body.token, request, now),
      }),
    }),
    defineEndpoint({
      operation: 'invitations.accept',
      method: 'POST',
      path: '/v1/invitations/accept',
      access: { public: 'Who is invited may have no account yet; the token of the link is the proof.' },
      tag: TAG,
      summary: 'Accept an invitation',
      description:
        'Joins the company. Whoever is signed in has to have exactly the invited address. Where nobody is signed in and the address has no account, one is made with the password, and signed in; where it has one, sign in first.',
      body: acceptanceSchema,
      reply: { status: 200, description: 'Signed in, and a member', schema: signedIn },
      problems: {
        401: '`sign_in_required`: the address has an account',
        403: '`other_account`: the invitation is for another address',
        409: 'already_member',
        410: LINKS,
        429: 'too_many_attempts',
      },
      handle: async ({ body }, { request, now }) => {
        const { body: signed, cookies } = await accepting.accept(body, request, now);
        return { body: { ...signed, memberships: [...signed.memberships] }, cookies };
      },
    }),
  ];
};
