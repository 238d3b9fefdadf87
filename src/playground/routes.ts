/** The playground's endpoint: a signed-in member tries the routes of the services, at the project's expense. */
import { z } from 'zod';
import { projectNotFound } from '../accounts/problems.ts';
import type { BrowserCaller } from '../foundation/caller.ts';
import type { Clock } from '../foundation/clock.ts';
import { findBrowserProject } from '../gate/store.ts';
import { defineEndpoint } from '../http/endpoint.ts';
import { idField } from '../http/fields.ts';
import type { AnyRoute, Reply, Request } from '../http/route.ts';
import type { Database } from '../store/database.ts';
import { projectCaller, requestFor, textOf } from './as-project.ts';
import { questionSchema, triedSchema } from './schemas.ts';

export interface PlaygroundParts {
  readonly database: Pick<Database, 'run'>;
  readonly clock: Clock;
  /** Walks a request of this caller through limits, parsing, answering and counting, as one with a key would be. */
  readonly askAs: (caller: BrowserCaller, request: Request) => Reply | Promise<Reply>;
}

const TAG = 'Projects';

/** Whole microseconds; more digits would be noise. */
const rounded = (milliseconds: number): number => Math.round(milliseconds * 1000) / 1000;

/** The endpoint. What is asked stands in the body, so that it is in no address, history or log of a proxy. */
export const createPlaygroundRoutes = ({ database, clock, askAs }: PlaygroundParts): readonly AnyRoute[] => [
  defineEndpoint({
    operation: 'playground.ask',
    method: 'POST',
    path: '/v1/companies/:company/projects/:project/playground',
    access: { member: 'projects.try' },
    changesNothing: true,
    tag: TAG,
    summary: 'Try a data API without a key',
    description:
      "Asks a route of the data services for the project and gives back what it answered, errors included. It spends the project's rate and quotas and is counted like any request of it, and never logged, even where the request log of the project is on.",
    params: { company: z.string(), project: idField('prj') },
    body: questionSchema,
    reply: { status: 200, description: 'What the route answered', schema: triedSchema },
    problems: { 404: 'project_not_found' },
    handle: async ({ params: { project }, body: { path, parameters } }, { membership, request }) => {
      const [row] = await database.run(findBrowserProject, [project]);
      if (row?.company_id !== membership.company) throw projectNotFound();
      const caller = projectCaller(membership.company, project, row);
      const startedAt = clock.monotonic();
      const reply = await askAs(caller, requestFor(request, path, parameters));
      return {
        body: {
          status: reply.status,
          type: reply.headers['content-type'] ?? '',
          body: textOf(reply),
          duration_ms: rounded(clock.monotonic() - startedAt),
        },
      };
    },
  }),
];
