import { z } from 'zod';
import { proofNotFresh } from '../audit/problems.ts';
import { defineEndpoint } from '../http/endpoint.ts';
import { idField } from '../http/fields.ts';
import type { AnyRoute, Request } from '../http/route.ts';
import { isFresh } from '../policy/authorise.ts';
import type { Database } from '../store/database.ts';
import { createExposedKeys, type ExposedKeysParts } from './exposed.ts';
import { createMemberKeys, type MemberKeysParts } from './member-keys.ts';
import { tooManyReports } from './problems.ts';
import { revealRoutes, type RevealRouteParts } from './reveal-routes.ts';
import {
  exposedSchema,
  keyChangeSchema,
  keySchema,
  newKeySchema,
  rotationSchema,
  secretSchema,
  takenSchema,
} from './schemas.ts';
import { isAboutAccess } from './settings.ts';

/** What the endpoints of keys are made of. */
export interface KeyParts extends MemberKeysParts, ExposedKeysParts, RevealRouteParts {
  readonly database: Pick<Database, 'as' | 'company' | 'run'>;
  /** Spends one report of an exposed key by a source; gives the seconds until the next is taken, 0 where this one is. */
  readonly spendReport: (address: Request['address'], now: number) => number;
}

const TAG = 'Keys';
const KEY = '/v1/companies/:company/keys/:key';

const keyParams = { company: z.string(), key: idField('key') };

/** Endpoints of keys. Secrets are shown once, when they are made. */
export const createKeyRoutes = (parts: KeyParts): readonly AnyRoute[] => {
  const keys = createMemberKeys(parts);
  const exposed = createExposedKeys(parts);
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
        'Makes a key pair. Its secret stands in this answer and nowhere else. Every call makes another pair. Scopes, networks, an end and limits of its own can be set now or later.',
      params: { company: z.string(), project: idField('prj') },
      body: newKeySchema,
      reply: { status: 201, description: 'The key and its secret', schema: secretSchema },
      problems: { 404: 'project_not_found', 409: 'too_many_keys' },
      handle: async ({ params: { project }, body }, { caller, membership: { company }, now }) => ({
        body: await keys.create({ company, caller, now }, project, body),
      }),
    }),
    defineEndpoint({
      operation: 'keys.change',
      method: 'PATCH',
      path: KEY,
      access: { member: 'keys.change' },
      tag: TAG,
      summary: 'Change a key',
      description:
        'Gives a key another name, other scopes, other networks, another end or limits of its own; what is left out stays. Everything but the name asks for a fresh proof. Effective on every worker within a second.',
      params: keyParams,
      body: keyChangeSchema,
      reply: { status: 200, description: 'The key', schema: keySchema },
      problems: {
        403: 'fresh_proof_required, unless the name alone is changed',
        404: 'key_not_found',
        409: 'key_revoked, too_many_keys',
      },
      handle: async ({ params: { key }, body }, { caller, membership: { company }, now }) => {
        if (isAboutAccess(body) && !isFresh(caller, now)) throw proofNotFresh(caller);
        return { body: await keys.change({ company, caller, now }, key, body) };
      },
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
    ...revealRoutes(parts),
    defineEndpoint({
      operation: 'exposed-keys.report',
      method: 'POST',
      path: '/v1/exposed-keys',
      access: {
        public: 'whoever holds a secret has proved that it is exposed',
        anywhere: 'scanners and curl send no fields of browsers, and no cookie has a say in it',
      },
      tag: TAG,
      summary: 'Report an exposed key',
      description:
        'For whoever finds a secret key where it should not be. Having it is proof enough: it is revoked at once, with its whole pair, and the owners are told by mail. The secret from before a rotation ends alone. The answer does not tell whether there was such a key, and nothing is kept of who reported it. Scanners find our keys with `\\bvs_(pk|sk)_(live|test)_[0-9A-Za-z]{49}\\b`.',
      body: exposedSchema,
      reply: {
        status: 202,
        description: 'Taken; the same whether there is such a key or not',
        schema: takenSchema,
      },
      problems: { 429: 'rate_limited' },
      handle: async ({ body: { secret } }, { request, now }) => {
        const wait = parts.spendReport(request.address, now);
        if (wait > 0) throw tooManyReports(wait);
        await exposed.report(secret, now);
        return { body: { taken: true as const } };
      },
    }),
  ];
};
