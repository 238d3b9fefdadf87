import { z } from 'zod';
import { defineEndpoint } from '../http/endpoint.ts';
import type { AnyRoute } from '../http/route.ts';
import type { Database } from '../store/database.ts';
import { changeCompany, createCompany, showCompany } from './companies.ts';
import { companyChangeSchema, companySchema, newCompanySchema } from './schemas.ts';

const TAG = 'Companies';
const params = { company: z.string() };

/** Endpoints of companies; leaving one is elsewhere. */
export const companyRoutes = (database: Pick<Database, 'as'>): readonly AnyRoute[] => [
  defineEndpoint({
    operation: 'companies.create',
    method: 'POST',
    path: '/v1/companies',
    access: { session: true },
    tag: TAG,
    summary: 'Make a company',
    description:
      'Makes a company that you own, with a first project. Every call makes another one, also under the same name.',
    body: newCompanySchema,
    reply: { status: 201, description: 'The company', schema: companySchema },
    problems: { 409: 'too_many_companies' },
    handle: async ({ body }, { caller, now }) => ({
      body: await createCompany(database, caller, body.name, now),
    }),
  }),
  defineEndpoint({
    operation: 'companies.show',
    method: 'GET',
    path: '/v1/companies/:company',
    access: { member: 'company.read' },
    tag: TAG,
    summary: 'Show a company',
    description: 'The company and your role in it.',
    params,
    reply: { status: 200, description: 'The company', schema: companySchema },
    handle: async (_input, { caller, membership: { company, role } }) => ({
      body: await showCompany(database, { company, user: caller.user, role }),
    }),
  }),
  defineEndpoint({
    operation: 'companies.change',
    method: 'PATCH',
    path: '/v1/companies/:company',
    access: { member: 'company.change' },
    fresh: true,
    tag: TAG,
    summary: 'Change a company',
    description:
      'Changes what is given and leaves the rest. Only owners may require a second factor of all members, and only who signed in with one.',
    params,
    body: companyChangeSchema,
    reply: { status: 200, description: 'The company as it is now', schema: companySchema },
    problems: { 400: 'email_invalid', 409: 'second_factor_missing' },
    handle: async ({ body }, { caller, membership: { company }, now }) => ({
      body: await changeCompany(database, { company, caller, now }, body),
    }),
  }),
];
