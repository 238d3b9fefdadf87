/** The log of a company: who changed what, and when. */
import type { AnyRoute } from '../http/route.ts';
import { z } from 'zod';
import { defineEndpoint } from '../http/endpoint.ts';
import type { Database } from '../store/database.ts';
import { changeAsMember } from './change.ts';
import { exportEvents, listEvents, MOST_EXPORTED } from './log.ts';
import { auditEventSchema, auditQuery } from './schemas.ts';

export interface AuditParts {
  readonly database: Pick<Database, 'as'>;
}

const TAG = 'Audit log';
const PAGE = 50;

/** Endpoints of the log. */
export const createAuditRoutes = ({ database }: AuditParts): readonly AnyRoute[] => [
  defineEndpoint({
    operation: 'audit.list',
    method: 'GET',
    path: '/v1/companies/:company/audit',
    access: { member: 'audit.read' },
    tag: TAG,
    summary: 'Changes in a company',
    description: 'Who changed what and when, newest first. No address is kept.',
    params: { company: z.string() },
    query: auditQuery,
    reply: {
      status: 200,
      description: 'One page of the log',
      schema: z.object({ items: z.array(auditEventSchema), next: z.string().nullable() }),
    },
    handle: async ({ query }, { caller, membership }) => ({
      body: await listEvents(
        database,
        { company: membership.company, user: caller.user },
        query.before,
        query.limit ?? PAGE,
      ),
    }),
  }),
  defineEndpoint({
    operation: 'audit.export',
    method: 'POST',
    path: '/v1/companies/:company/audit/export',
    access: { member: 'audit.read' },
    fresh: true,
    tag: TAG,
    summary: 'The log as CSV',
    description: `The newest ${MOST_EXPORTED.toLocaleString('en')} events as comma-separated values (RFC 4180), with a line of names. Fields that a spreadsheet would take for a formula begin with an apostrophe. Exporting is a change of its own in the log.`,
    params: { company: z.string() },
    body: z.strictObject({}),
    reply: { status: 200, description: 'The log', type: 'text/csv' },
    handle: async (_input, { caller, membership, now }) => {
      const { company } = membership;
      // Noted before it leaves: an export that fails half-way was tried.
      await changeAsMember(database, { company, caller, now }, { permission: 'audit.read' }, async () => ({
        value: undefined,
        event: { action: 'audit.export', target: company },
      }));
      return {
        status: 200,
        headers: {
          'content-type': 'text/csv; charset=utf-8; header=present',
          'content-disposition': 'attachment; filename="audit.csv"',
          'cache-control': 'no-store',
        },
        body: await exportEvents(database, { company, user: caller.user }),
      };
    },
  }),
];
