import { z } from 'zod';
import { defineEndpoint } from '../http/endpoint.ts';
import { idField } from '../http/fields.ts';
import type { AnyRoute } from '../http/route.ts';
import { createMemberKeys, type MemberKeysParts } from './member-keys.ts';
import { keyNameSchema, keySchema, rotationSchema, secretSchema } from './schemas.ts';

/** What the endpoints of keys are made of: the database, the pepper, the outbox. */
export type KeyParts = MemberKeysParts;

const TAG = 'Keys';
const KEY = '/v1/companies/:company/keys/:key';
const keyParams = { company: z.string(), key: idField('key') };

/** Endpoints of keys. Secrets are shown once, when they are made. */
export const createKeyRoutes = (parts: KeyParts): readonly AnyRoute[] => {
  const keys = createMemberKeys(parts);
  return [
    defineEndpoint({
      operation: 'keys.list',
      method: 'GET',
      path: '/v1/companies/:company/keys',
      access: { member: 'keys.read' },
      tag: TAG,
      summary: 'Keys of a company',
      description: 'Keys of all projects or of one, newest first, revoked ones as well. Never a secret.',
      params: { company: z.string() },
      query: {
        project: idField('prj').optional().describe('Of this project alone'),
        before: idField('key').optional().describe('`next` of the page before'),
      },
      reply: {
        status: 200,
        description: 'One page of keys',
        schema: z.object({ items: z.array(keySchema), next: z.string().nullable() }),
      },
      handle: async ({ query: { project, before } }, { caller, membership: { company }, now }) => ({
        body: await keys.list({ company, user: caller.user, project, before, now }),
      }),
    }),
    defineEndpoint({
      operation: 'keys.create',
      method: 'POST',
      path: '/v1/companies/:company/projects/:project/keys',
      access: { member: 'keys.change' },
      fresh: true,
      tag: TAG,
      summary: 'Make a key',
      description:
        'Makes a key pair. Its secret stands in this answer and nowhere else. Every call makes another pair.',
      params: { company: z.string(), project: idField('prj') },
      body: keyNameSchema,
      reply: { status: 201, description: 'The key and its secret', schema: secretSchema },
      problems: { 404: 'project_not_found', 409: 'too_many_keys' },
      handle: async ({ params: { project }, body }, { caller, membership: { company }, now }) => ({
        body: await keys.create({ company, caller, now }, project, body.name),
      }),
    }),
    defineEndpoint({
      operation: 'keys.change',
      method: 'PATCH',
      path: KEY,
      access: { member: 'keys.change' },
      tag: TAG,
      summary: 'Rename a key',
      description: 'Gives a key another name.',
      params: keyParams,
      body: keyNameSchema,
      reply: { status: 200, description: 'The key', schema: keySchema },
      problems: { 404: 'key_not_found' },
      handle: async ({ params: { key }, body }, { caller, membership: { company }, now }) => ({
        body: await keys.rename({ company, caller, now }, key, body.name),
      }),
    }),
    defineEndpoint({
      operation: 'keys.rotate',
      method: 'POST',
      path: `${KEY}/rotate`,
      access: { member: 'keys.change' },
      fresh: true,
      tag: TAG,
      summary: 'Give a key another secret',
      description:
        'Makes a new secret, which stands in this answer and nowhere else. The one before works for `overlap_hours` more, so that nothing has to change at the same moment; one from a rotation before that is over at once. The quota belongs to the project and is not doubled. The owners are told by mail.',
      params: keyParams,
      body: rotationSchema,
      reply: { status: 200, description: 'The key and its new secret', schema: secretSchema },
      problems: { 404: 'key_not_found', 409: 'key_revoked, changed_meanwhile' },
      handle: async ({ params: { key }, body }, { caller, membership: { company }, now }) => ({
        body: await keys.rotate({ company, caller, now }, key, body),
      }),
    }),
    defineEndpoint({
      operation: 'keys.revoke',
      method: 'DELETE',
      path: KEY,
      access: { member: 'keys.change' },
      tag: TAG,
      summary: 'Revoke a key',
      description:
        'Ends a key for good, with both of its secrets, on every worker within a second. Revoking it again changes nothing and answers the same.',
      params: keyParams,
      reply: { status: 200, description: 'The key', schema: keySchema },
      problems: { 404: 'key_not_found' },
      handle: async ({ params: { key } }, { caller, membership: { company }, now }) => ({
        body: await keys.revoke({ company, caller, now }, key),
      }),
    }),
  ];
};
