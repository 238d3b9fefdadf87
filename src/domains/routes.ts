import { z } from 'zod';
import { defineEndpoint } from '../http/endpoint.ts';
import { idField } from '../http/fields.ts';
import type { AnyRoute } from '../http/route.ts';
import type { Database } from '../store/database.ts';
import { COUNTED_DAYS, MOST_DOMAINS } from './limits.ts';
import { domainSchema, domainsSchema, newDomainSchema, switchSchema } from './schemas.ts';
import { createDomain, listDomains, switchLocalhost, takeDomainAway } from './service.ts';

export interface DomainParts {
  readonly database: Pick<Database, 'as'>;
}

const TAG = 'Domains';
const PATH = '/v1/companies/:company/projects/:project/domains';
const params = { company: z.string(), project: idField('prj') };

/** Endpoints of the authorised domains of a project. */
export const createDomainRoutes = ({ database }: DomainParts): readonly AnyRoute[] => [
  defineEndpoint({
    operation: 'domains.list',
    method: 'GET',
    path: PATH,
    access: { member: 'domains.read' },
    tag: TAG,
    summary: 'Authorised domains of a project',
    description: `All domains, by name, with when their pages last called and how often in ${COUNTED_DAYS} days. Which page, from where and for what is counted nowhere.`,
    params,
    reply: { status: 200, description: 'The domains', schema: domainsSchema },
    problems: { 404: 'project_not_found' },
    handle: async ({ params: { project } }, { caller, membership: { company }, now }) => ({
      body: await listDomains(database, { company, user: caller.user }, project, now),
    }),
  }),
  defineEndpoint({
    operation: 'domains.create',
    method: 'POST',
    path: PATH,
    access: { member: 'domains.change' },
    tag: TAG,
    summary: 'Authorise a domain',
    description: `Lets pages of one https origin call the project with its public key or its id, on every worker within a second; at most ${MOST_DOMAINS}. \`*.example.com\` lets pages of every host below example.com call, at any depth and on that port, but not those of example.com itself; not before a name of the public suffix list. It keeps other sites from using up the project in their visitors' browsers; programs outside of browsers can send any origin.`,
    params,
    body: newDomainSchema,
    reply: { status: 201, description: 'The domain', schema: domainSchema },
    problems: {
      400: 'domain_invalid, domain_has_more, http_not_allowed, wildcard_invalid, public_suffix, trailing_dot, null_origin, localhost_by_switch',
      404: 'project_not_found',
      409: 'domain_exists, too_many_domains',
    },
    handle: async ({ params: { project }, body }, { caller, membership: { company }, now }) => ({
      body: await createDomain(database, { company, caller, now }, project, body.domain),
    }),
  }),
  defineEndpoint({
    operation: 'domains.change',
    method: 'PATCH',
    path: PATH,
    access: { member: 'domains.change' },
    tag: TAG,
    summary: 'Let pages of localhost call, or not',
    description:
      'For development: pages of localhost, 127.0.0.1 and [::1] on any port, over http as well. Everybody has a localhost, so leave it off where the project is in use.',
    params,
    body: switchSchema,
    reply: { status: 200, description: 'The domains', schema: domainsSchema },
    problems: { 404: 'project_not_found' },
    handle: async ({ params: { project }, body }, { caller, membership: { company }, now }) => ({
      body: await switchLocalhost(database, { company, caller, now }, project, body.allow_localhost),
    }),
  }),
  defineEndpoint({
    operation: 'domains.remove',
    method: 'DELETE',
    path: `${PATH}/:domain`,
    access: { member: 'domains.change' },
    tag: TAG,
    summary: 'Remove a domain',
    description:
      'Its pages can no longer call, on every worker within a second. What was counted for it is erased.',
    params: { ...params, domain: idField('dom') },
    reply: { status: 204, description: 'It is gone' },
    problems: { 404: 'domain_not_found' },
    handle: async ({ params: { project, domain } }, { caller, membership: { company }, now }) => {
      await takeDomainAway(database, { company, caller, now }, project, domain);
      return { body: undefined };
    },
  }),
];
