import { z } from 'zod';
import { defineEndpoint } from '../http/endpoint.ts';
import { idField } from '../http/fields.ts';
import type { AnyRoute } from '../http/route.ts';
import { changeMember, leaveCompany, listMembersOf, removeMember } from './members.ts';
import type { MemberParts } from './parts.ts';
import { memberSchema, roleChangeSchema } from './schemas.ts';

const TAG = 'Members';
const ONE = '/v1/companies/:company/members/:user';
const params = { company: z.string() };
const oneParams = { company: z.string(), user: idField('usr') };

/** Endpoints of members. */
export const memberRoutes = (parts: Pick<MemberParts, 'database' | 'enqueueMail'>): readonly AnyRoute[] => [
  defineEndpoint({
    operation: 'members.list',
    method: 'GET',
    path: '/v1/companies/:company/members',
    access: { member: 'members.read' },
    tag: TAG,
    summary: 'Members of a company',
    description: 'All members in the order in which they joined.',
    params,
    reply: {
      status: 200,
      description: 'The members',
      schema: z.object({ items: z.array(memberSchema), next: z.string().nullable() }),
    },
    handle: async (_input, { caller, membership: { company } }) => ({
      body: { items: await listMembersOf(parts, { company, user: caller.user }), next: null },
    }),
  }),
  defineEndpoint({
    operation: 'members.change',
    method: 'PATCH',
    path: ONE,
    access: { member: 'members.change' },
    fresh: true,
    tag: TAG,
    summary: 'Change the role of a member',
    description:
      'Only owners make, change and remove owners, and a company keeps at least one. Invitations that the member sent and could not send in the new role are withdrawn. The member is told by mail.',
    params: oneParams,
    body: roleChangeSchema,
    reply: { status: 200, description: 'The member', schema: memberSchema },
    problems: { 404: 'member_not_found', 409: 'changed_meanwhile, last_owner' },
    handle: async ({ params: { user }, body }, { caller, membership: { company }, now }) => ({
      body: await changeMember(parts, { company, caller, now }, user, body),
    }),
  }),
  defineEndpoint({
    operation: 'members.remove',
    method: 'DELETE',
    path: ONE,
    access: { member: 'members.change' },
    fresh: true,
    tag: TAG,
    summary: 'Remove a member',
    description:
      'Takes effect at once. Invitations that the member sent are withdrawn; the keys that they made go on working. The member is told by mail.',
    params: oneParams,
    reply: { status: 204, description: 'The member is removed' },
    problems: { 404: 'member_not_found', 409: 'last_owner' },
    handle: async ({ params: { user } }, { caller, membership: { company }, now }) => {
      await removeMember(parts, { company, caller, now }, user);
      return { body: undefined };
    },
  }),
  defineEndpoint({
    operation: 'members.leave',
    method: 'DELETE',
    path: '/v1/companies/:company/membership',
    access: { member: 'company.leave' },
    tag: TAG,
    summary: 'Leave a company',
    description: 'Ends your own membership at once. The last owner cannot leave.',
    params,
    reply: { status: 204, description: 'You are no member any more' },
    problems: { 409: 'last_owner' },
    handle: async (_input, { caller, membership: { company }, now }) => {
      await leaveCompany(parts, { company, caller, now });
      return { body: undefined };
    },
  }),
];
