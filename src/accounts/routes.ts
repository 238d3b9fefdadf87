import { z } from 'zod';
import { defineEndpoint } from '../http/endpoint.ts';
import { idField } from '../http/fields.ts';
import type { AnyRoute } from '../http/route.ts';
import type { Database } from '../store/database.ts';
import { companyRoutes } from './company-routes.ts';
import { projectRoutes } from './project-routes.ts';
import { usageQuery, usageSchema } from './schemas.ts';
import { MOST_DAYS, rangeOf, showUsage } from './usage.ts';

export interface AccountParts {
  readonly database: Pick<Database, 'as'>;
}

/** Endpoints of companies, projects and what they used. */
export const createAccountRoutes = ({ database }: AccountParts): readonly AnyRoute[] => [
  ...companyRoutes(database),
  ...projectRoutes(database),
  defineEndpoint({
    operation: 'usage.show',
    method: 'GET',
    path: '/v1/companies/:company/usage',
    access: { member: 'usage.read' },
    tag: 'Usage',
    summary: 'What was used',
    description: `Requests by UTC day and by operation, of one project or of all, at most ${MOST_DAYS} days. Counts are a second or two behind. There is nothing else to show: no request is recorded.`,
    params: { company: z.string() },
    query: { ...usageQuery, project: idField('prj').optional().describe('Of this project alone') },
    reply: { status: 200, description: 'What was used', schema: usageSchema },
    problems: { 404: 'project_not_found' },
    handle: async ({ query }, { caller, membership: { company }, now }) => ({
      body: await showUsage(database, {
        company,
        user: caller.user,
        project: query.project,
        range: rangeOf(query.from, query.to, now),
        now,
      }),
    }),
  }),
];
