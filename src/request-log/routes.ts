/** The request log of a project: its state, what is in it, and the switch. */
import { z } from 'zod';
import { changeAsMember } from '../audit/change.ts';
import type { SessionCaller } from '../foundation/caller.ts';
import type { Problem } from '../foundation/problem.ts';
import { notAllowed } from '../http/access-problems.ts';
import { defineEndpoint } from '../http/endpoint.ts';
import { idField } from '../http/fields.ts';
import type { AnyRoute } from '../http/route.ts';
import { isFresh } from '../policy/authorise.ts';
import type { Database } from '../store/database.ts';
import { MOST_EXPORTED } from './limits.ts';
import { exportLog, listLog } from './reading.ts';
import {
  emptiedSchema,
  loggingChangeSchema,
  loggingSchema,
  requestPageSchema,
  requestsExportSchema,
  requestsQuery,
} from './schemas.ts';
import { changeLogging, emptyLog } from './service.ts';

export interface RequestLogParts {
  readonly database: Pick<Database, 'as'>;
}

const TAG = 'Request log';
const PATH = '/v1/companies/:company/projects/:project/log';
const PAGE = 50;
const params = { company: z.string(), project: idField('prj') };

/** As the pipeline refuses a route that is `fresh`. */
const proofNotFresh = ({ proofMethods, hasSecondFactor }: SessionCaller): Problem =>
  notAllowed({
    because: 'proof-not-fresh',
    methods: proofMethods ?? (hasSecondFactor ? ['totp', 'passkey'] : ['password']),
  });

/** Endpoints of the request log. */
export const createRequestLogRoutes = ({ database }: RequestLogParts): readonly AnyRoute[] => [
  defineEndpoint({
    operation: 'logs.list',
    method: 'GET',
    path: PATH,
    access: { member: 'logs.read' },
    tag: TAG,
    summary: 'Logged requests of a project',
    description:
      'What the log holds, newest first, and whether it is on. It is off unless an owner or admin turns it on. No address, origin, program, header, body or answer is ever in it; requests with `no_record=1` or the header `X-No-Record: 1` leave no row.',
    params,
    query: requestsQuery,
    reply: { status: 200, description: 'One page of the log', schema: requestPageSchema },
    problems: { 404: 'project_not_found' },
    handle: async ({ params: { project }, query }, { caller, membership: { company } }) => ({
      body: await listLog(
        database,
        { company, user: caller.user },
        project,
        query,
        query.before,
        query.limit ?? PAGE,
      ),
    }),
  }),
  defineEndpoint({
    operation: 'logs.change',
    method: 'PATCH',
    path: PATH,
    access: { member: 'logs.change' },
    tag: TAG,
    summary: 'Turn the request log on or off',
    description:
      'Logs requests from now on, for so many days, or no longer; on every worker within a second. Rows older than the days are deleted within the hour. What was logged before it is turned off stays for its days, or until it is deleted.',
    params,
    body: loggingChangeSchema,
    reply: { status: 200, description: 'What is logged', schema: loggingSchema },
    problems: {
      403: 'fresh_proof_required, to have queries logged',
      404: 'project_not_found',
      409: 'log_is_off',
    },
    handle: async ({ params: { project }, body }, { caller, membership: { company }, now }) => {
      if (body.queries === true && !isFresh(caller, now)) throw proofNotFresh(caller);
      return { body: await changeLogging(database, { company, caller, now }, project, body) };
    },
  }),
  defineEndpoint({
    operation: 'logs.delete',
    method: 'DELETE',
    path: PATH,
    access: { member: 'logs.change' },
    tag: TAG,
    summary: 'Delete what was logged',
    description: 'Deletes every request of the project from the log, at once. Whether it is on stays.',
    params,
    reply: { status: 200, description: 'How many there were', schema: emptiedSchema },
    problems: { 404: 'project_not_found' },
    handle: async ({ params: { project } }, { caller, membership: { company }, now }) => ({
      body: { deleted: await emptyLog(database, { company, caller, now }, project) },
    }),
  }),
  defineEndpoint({
    operation: 'logs.export',
    method: 'POST',
    path: `${PATH}/export`,
    access: { member: 'logs.read' },
    fresh: true,
    tag: TAG,
    summary: 'The request log as CSV',
    description: `The newest ${MOST_EXPORTED.toLocaleString('en')} requests as comma-separated values (RFC 4180), with a line of names. Fields that a spreadsheet would take for a formula begin with an apostrophe. It is noted in the audit log.`,
    params,
    body: requestsExportSchema,
    reply: { status: 200, description: 'The log', type: 'text/csv' },
    problems: { 404: 'project_not_found' },
    handle: async ({ params: { project }, body }, { caller, membership: { company }, now }) => {
      const reader = { company, user: caller.user };
      await listLog(database, reader, project, {}, undefined, 1);
      // Noted before it leaves: an export that fails half-way was tried.
      await changeAsMember(database, { company, caller, now }, { permission: 'logs.read' }, async () => ({
        value: undefined,
        event: { action: 'logs.export', target: project },
      }));
      return {
        status: 200,
        headers: {
          'content-type': 'text/csv; charset=utf-8; header=present',
          'content-disposition': 'attachment; filename="requests.csv"',
          'cache-control': 'no-store',
        },
        body: await exportLog(database, reader, project, body),
      };
    },
  }),
];
