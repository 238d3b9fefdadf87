import { z } from 'zod';
import { defineEndpoint } from '../../http/endpoint.ts';
import { idField } from '../../http/fields.ts';
import type { AnyRoute } from '../../http/route.ts';
import { changeGrant, share, showGrants, unshare } from './grants.ts';
import { invite, showInvitations, withdraw } from './invitations.ts';
import type { SharingParts } from './parts.ts';
import {
  datasetParam,
  grantChangeSchema,
  grantSchema,
  invitationSchema,
  newGrantSchema,
  newInvitationSchema,
  pageOf,
} from './schemas.ts';

export const TAG = 'Sharing';
const DATASET = '/v1/companies/:company/datasets/:dataset';
const params = { company: z.string(), dataset: datasetParam };

/** Rights that single people have, and invitations to have one. */
export const grantRoutes = (parts: SharingParts): readonly AnyRoute[] => [
  defineEndpoint({
    operation: 'datasets.grants',
    method: 'GET',
    path: `${DATASET}/grants`,
    access: { member: 'datasets.read' },
    tag: TAG,
    summary: 'With whom a dataset is shared',
    description:
      'Rights of single people, those that have ended as well, for those who manage the dataset. `/people` shows everybody who can see it.',
    params,
    query: { after: idField('grt').optional().describe('`next` of the page before') },
    reply: {
      status: 200,
      description: 'At most a thousand grants, the oldest first',
      schema: pageOf(grantSchema),
    },
    problems: { 403: 'forbidden', 404: 'dataset_not_found' },
    handle: async ({ params: { dataset }, query: { after } }, { caller, membership: { company }, now }) => ({
      body: await showGrants(parts.database, { company, user: caller.user, now }, dataset, after),
    }),
  }),
  defineEndpoint({
    operation: 'datasets.share',
    method: 'POST',
    path: `${DATASET}/grants`,
    access: { member: 'datasets.make' },
    tag: TAG,
    summary: 'Share a dataset with a member',
    description:
      'Gives a member of the company a right on this dataset, until a time where one is given, and mails them. People outside are invited by mail address.',
    params,
    body: newGrantSchema,
    reply: { status: 201, description: 'The grant', schema: grantSchema },
    problems: {
      400: 'until_invalid',
      403: 'forbidden',
      404: 'dataset_not_found, member_not_found',
      409: 'already_shared, too_many_grants',
    },
    handle: async ({ params: { dataset }, body }, { caller, membership: { company }, now }) => ({
      body: await share(parts, { company, caller, now }, dataset, body),
    }),
  }),
  defineEndpoint({
    operation: 'datasets.change-grant',
    method: 'PATCH',
    path: `${DATASET}/grants/:grant`,
    access: { member: 'datasets.make' },
    tag: TAG,
    summary: 'Change a grant',
    description: 'Another right, or another end. It counts from the next statement on, wherever it is asked.',
    params: { ...params, grant: idField('grt') },
    body: grantChangeSchema,
    reply: { status: 200, description: 'The grant', schema: grantSchema },
    problems: { 400: 'until_invalid', 403: 'forbidden', 404: 'dataset_not_found, grant_not_found' },
    handle: async ({ params: { dataset, grant }, body }, { caller, membership: { company }, now }) => ({
      body: await changeGrant(parts.database, { company, caller, now }, dataset, grant, body),
    }),
  }),
  defineEndpoint({
    operation: 'datasets.unshare',
    method: 'DELETE',
    path: `${DATASET}/grants/:grant`,
    access: { member: 'datasets.make' },
    tag: TAG,
    summary: 'Take a right away',
    description:
      'It is gone with the next statement, wherever it is asked. An open invitation of that person to this dataset is void.',
    params: { ...params, grant: idField('grt') },
    reply: { status: 204, description: 'The grant is gone' },
    problems: { 403: 'forbidden', 404: 'dataset_not_found, grant_not_found' },
    handle: async ({ params: { dataset, grant } }, { caller, membership: { company }, now }) => {
      await unshare(parts.database, { company, caller, now }, dataset, grant);
      return { body: undefined };
    },
  }),
  defineEndpoint({
    operation: 'datasets.invitations',
    method: 'GET',
    path: `${DATASET}/invitations`,
    access: { member: 'datasets.read' },
    tag: TAG,
    summary: 'Open invitations to a dataset',
    description: 'Invitations that can still be accepted, newest first, for those who manage the dataset.',
    params,
    reply: { status: 200, description: 'The invitations', schema: pageOf(invitationSchema) },
    problems: { 403: 'forbidden', 404: 'dataset_not_found' },
    handle: async ({ params: { dataset } }, { caller, membership: { company }, now }) => ({
      body: {
        items: await showInvitations(parts.database, { company, user: caller.user, now }, dataset),
        next: null,
      },
    }),
  }),
  defineEndpoint({
    operation: 'datasets.invite',
    method: 'POST',
    path: `${DATASET}/invitations`,
    access: { member: 'datasets.make' },
    fresh: true,
    tag: TAG,
    summary: 'Invite somebody outside to a dataset',
    description:
      'Mails a link with which whoever has this address takes the right, in the name of one of their companies. It works once, for seven days. The answer is the same whether the address has an account or not; inviting it again replaces the invitation before. Only where the company lets datasets out, and this one is set so.',
    params,
    body: newInvitationSchema,
    reply: { status: 201, description: 'The invitation', schema: invitationSchema },
    problems: {
      400: 'email_invalid, until_invalid',
      403: 'forbidden',
      404: 'dataset_not_found',
      409: 'outside_not_allowed, too_many_invitations, too_many_grants',
      429: 'too_many_attempts',
    },
    handle: async ({ params: { dataset }, body }, { caller, membership: { company }, now }) => ({
      body: await invite(parts, { company, caller, now }, dataset, body),
    }),
  }),
  defineEndpoint({
    operation: 'datasets.withdraw-invitation',
    method: 'DELETE',
    path: `${DATASET}/invitations/:invitation`,
    access: { member: 'datasets.make' },
    tag: TAG,
    summary: 'Withdraw an invitation to a dataset',
    description: 'Its link is void at once.',
    params: { ...params, invitation: idField('din') },
    reply: { status: 204, description: 'The invitation is withdrawn' },
    problems: { 403: 'forbidden', 404: 'dataset_not_found, invitation_not_found' },
    handle: async ({ params: { dataset, invitation } }, { caller, membership: { company }, now }) => {
      await withdraw(parts.database, { company, caller, now }, dataset, invitation);
      return { body: undefined };
    },
  }),
];
