import { z } from 'zod';
import { defineEndpoint } from '../../http/endpoint.ts';
import { idField } from '../../http/fields.ts';
import type { AnyRoute } from '../../http/route.ts';
import { TAG } from './grant-routes.ts';
import { accept, readInvitation } from './invitations.ts';
import type { SharingParts } from './parts.ts';
import { ask, decide, showRequests } from './requests.ts';
import {
  acceptedSchema,
  askSchema,
  datasetParam,
  decisionSchema,
  invitationViewSchema,
  pageOf,
  requestSchema,
  tokenSchema,
} from './schemas.ts';

const COMPANY = '/v1/companies/:company';
const params = { company: z.string() };
const LINKS =
  '`link_used`, `link_invalid`: the invitation was accepted, withdrawn or replaced, ran out, is void, or never was';

/** For those who are invited to a dataset, or want to be, and the decision about them. */
export const askingRoutes = (parts: SharingParts): readonly AnyRoute[] => [
  defineEndpoint({
    operation: 'datasets.read-invitation',
    method: 'POST',
    path: '/v1/dataset-invitations/read',
    access: { public: 'Who is invited may not have signed in yet; the token of the link is the proof.' },
    tag: TAG,
    summary: 'Read an invitation to a dataset',
    description: 'What the link of an invitation is for. Reading does not use it.',
    body: tokenSchema,
    reply: { status: 200, description: 'The invitation', schema: invitationViewSchema },
    problems: { 410: LINKS, 429: 'too_many_attempts' },
    handle: async ({ body }, { request, now }) => ({
      body: await readInvitation(parts, body.token, request, now),
    }),
  }),
  defineEndpoint({
    operation: 'datasets.accept-invitation',
    method: 'POST',
    path: `${COMPANY}/dataset-invitations/accept`,
    access: { member: 'datasets.read' },
    tag: TAG,
    summary: 'Accept an invitation to a dataset',
    description:
      'Takes the right, for whoever has exactly the invited address, and only while they act in this company; a right that is stronger or longer than that of the invitation stays. Whose dataset it is learns the address, the name of the account and that of this company.',
    params,
    body: tokenSchema,
    reply: { status: 200, description: 'What may be done from now on', schema: acceptedSchema },
    problems: {
      403: '`other_account`: the invitation is for another address',
      409: 'too_many_grants',
      410: LINKS,
      429: 'too_many_attempts',
    },
    handle: async ({ body }, { caller, membership: { company, companyName }, request, now }) => ({
      body: await accept(parts, { company, companyName, caller, now }, body.token, request),
    }),
  }),
  defineEndpoint({
    operation: 'datasets.ask',
    method: 'POST',
    path: `${COMPANY}/dataset-requests`,
    access: { member: 'datasets.read' },
    tag: TAG,
    summary: 'Ask for access to a dataset',
    description:
      'Asks those who manage a dataset, of this company or one that is let out, for a right on it, once until it is decided; they learn address and name of the account and the name of this company. The answer is the same, after the same time, whatever there is to ask for: whether there is such a dataset is told by nobody but them.',
    params,
    body: askSchema,
    reply: {
      status: 202,
      description: 'If there is somebody to ask, they are asked',
      schema: z.object({ state: z.literal('asked') }),
    },
    problems: { 429: 'too_many_attempts' },
    handle: async ({ body }, { caller, membership: { company }, now }) => {
      await ask(parts, { company, caller, now }, body);
      return { body: { state: 'asked' as const } };
    },
  }),
  defineEndpoint({
    operation: 'datasets.requests',
    method: 'GET',
    path: `${COMPANY}/dataset-requests`,
    access: { member: 'datasets.read' },
    tag: TAG,
    summary: 'Who asks for datasets',
    description: 'Requests that wait, for datasets that you manage, oldest first.',
    params,
    query: { dataset: datasetParam.max(100).optional().describe('Of this dataset alone') },
    reply: { status: 200, description: 'The requests', schema: pageOf(requestSchema) },
    handle: async ({ query }, { caller, membership: { company }, now }) => ({
      body: {
        items: await showRequests(parts.database, { company, user: caller.user, now }, query.dataset),
        next: null,
      },
    }),
  }),
  defineEndpoint({
    operation: 'datasets.decide',
    method: 'POST',
    path: `${COMPANY}/dataset-requests/:request`,
    access: { member: 'datasets.make' },
    tag: TAG,
    summary: 'Grant or refuse a request',
    description:
      'Gives what was asked for, or another right, until a time where one is given, and mails who asked; or refuses.',
    params: { ...params, request: idField('drq') },
    body: decisionSchema,
    reply: { status: 204, description: 'It is decided' },
    problems: {
      400: 'until_invalid',
      404: '`request_not_found`, also where it was decided or is over',
      409: 'outside_not_allowed, too_many_grants',
    },
    handle: async ({ params: { request }, body }, { caller, membership: { company }, now }) => {
      await decide(parts, { company, caller, now }, request, body);
      return { body: undefined };
    },
  }),
];
