import { z } from 'zod';
import { defineEndpoint } from '../http/endpoint.ts';
import type { AnyRoute } from '../http/route.ts';
import { KEPT_MONTHS } from '../metering/retention.ts';
import type { Database } from '../store/database.ts';
import { exportUsage } from './export.ts';
import { MOST_DAYS, MOST_EXPORTED, MOST_SHOWN, UNUSUAL_DAYS } from './limits.ts';
import { showUnusual } from './list-unusual.ts';
import { rangeOf } from './range.ts';
import { filterQuery, unusualQuery, unusualSchema, usageQuery, usageSchema } from './schemas.ts';
import { showUsage } from './service.ts';

export interface UsageParts {
  readonly database: Pick<Database, 'as'>;
}

const TAG = 'Usage';
const params = { company: z.string() };

/** Endpoints of what a company used. */
export const createUsageRoutes = ({ database }: UsageParts): readonly AnyRoute[] => [
  defineEndpoint({
    operation: 'usage.show',
    method: 'GET',
    path: '/v1/companies/:company/usage',
    access: { member: 'usage.read' },
    tag: TAG,
    summary: 'What was used',
    description: `Requests by UTC day or month, by operation and by key, of one project or key or of all, at most ${MOST_DAYS} days. Refused: over a limit, or not a valid request. Failed: our fault. Percentiles are estimates from counts of how many took how long. Counts are a second or two behind and are kept for ${KEPT_MONTHS} months.`,
    params,
    query: usageQuery,
    reply: { status: 200, description: 'What was used', schema: usageSchema },
    problems: { 404: 'project_not_found, key_not_found' },
    handle: async ({ query }, { caller, membership: { company }, now }) => {
      const { from, to, project, key, interval = 'day' } = query;
      const range = rangeOf(from, to, now, interval);
      return {
        body: await showUsage(database, { company, user: caller.user, project, key, range, interval, now }),
      };
    },
  }),
  defineEndpoint({
    operation: 'usage.export',
    method: 'GET',
    path: '/v1/companies/:company/usage.csv',
    access: { member: 'usage.read' },
    tag: TAG,
    summary: 'What was used, as CSV',
    description: `One row a UTC day, project, key, operation and outcome, as comma-separated values (RFC 4180) in UTF-8 with a line of names, at most ${MOST_EXPORTED.toLocaleString('en')} rows. Each has its count and estimates of how long these requests took; at_most is the certain bound, and empty where it was longer than the estimate. Fields that a spreadsheet would take for a formula begin with an apostrophe.`,
    params,
    query: filterQuery,
    reply: { status: 200, description: 'The counters', type: 'text/csv' },
    problems: { 404: 'project_not_found, key_not_found', 422: 'usage_export_too_large' },
    handle: async ({ query }, { caller, membership: { company }, now }) => {
      const { from, to, project, key } = query;
      const range = rangeOf(from, to, now);
      return {
        status: 200,
        headers: {
          'content-type': 'text/csv; charset=utf-8; header=present',
          'content-disposition': `attachment; filename="usage-${range.from}-${range.to}.csv"`,
          'cache-control': 'no-store',
        },
        body: await exportUsage(database, { company, user: caller.user, project, key, range }),
      };
    },
  }),
  defineEndpoint({
    operation: 'usage.unusual',
    method: 'GET',
    path: '/v1/companies/:company/usage/unusual',
    access: { member: 'usage.read' },
    tag: TAG,
    summary: 'What is unusual',
    description: `Days with far more requests than the 28 days before, domains that called for the first time while others did before, and operations of which far more than usual was refused or failed. Looked for every half hour, once each, shown for ${UNUSUAL_DAYS} days, newest first, at most ${MOST_SHOWN}.`,
    params,
    query: unusualQuery,
    reply: { status: 200, description: 'What was found', schema: unusualSchema },
    problems: { 404: 'project_not_found' },
    handle: async ({ query: { project } }, { caller, membership: { company }, now }) => ({
      body: {
        items: await showUnusual(database, { company, user: caller.user, project, now }),
        next: null,
      },
    }),
  }),
];
