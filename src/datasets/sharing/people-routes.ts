import { z } from 'zod';
import { auditQuery } from '../../audit/schemas.ts';
import { defineEndpoint } from '../../http/endpoint.ts';
import type { AnyRoute } from '../../http/route.ts';
import { exportAcl } from './acl.ts';
import { TAG } from './grant-routes.ts';
import type { SharingParts } from './parts.ts';
import { showPeople } from './people.ts';
import {
  aclSchema,
  activitySchema,
  datasetParam,
  pageOf,
  personSchema,
  settingsChangeSchema,
  settingsSchema,
  switchChangeSchema,
  switchSchema,
} from './schemas.ts';
import { changeSettings, changeSwitch, showActivity, showSettings, showSwitch } from './settings.ts';

const DATASET = '/v1/companies/:company/datasets/:dataset';
const SETTINGS = '/v1/companies/:company/dataset-settings';
const params = { company: z.string(), dataset: datasetParam };
const HIDDEN = { 403: 'forbidden', 404: 'dataset_not_found' };
const PAGE = 50;

/** Who can see a dataset and what was done with it; and what a company lets out and notes. */
export const peopleRoutes = (parts: SharingParts): readonly AnyRoute[] => [
  defineEndpoint({
    operation: 'datasets.people',
    method: 'GET',
    path: `${DATASET}/people`,
    access: { member: 'datasets.read' },
    tag: TAG,
    summary: 'Who can see a dataset, and why',
    description:
      'Everybody who may use the dataset, with their right and the reason as a sentence, for those who manage it. With `form=acl` the same in the words of OSDU’s entitlements: groups of viewers and owners.',
    params,
    query: {
      after: z.string().max(80).optional().describe('`next` of the page before'),
      form: z.enum(['list', 'acl']).optional().describe('`acl` for groups of viewers and owners'),
    },
    reply: {
      status: 200,
      description: 'One page of people, a hundred at most; or the groups',
      schema: z.union([pageOf(personSchema), aclSchema]),
    },
    problems: HIDDEN,
    handle: async ({ params: { dataset }, query }, { caller, membership: { company }, now }) => {
      const managing = { company, user: caller.user, now };
      return {
        body:
          query.form === 'acl'
            ? await exportAcl(parts.database, managing, dataset, new URL(parts.publicUrl).hostname)
            : await showPeople(parts.database, managing, dataset, query.after),
      };
    },
  }),
  defineEndpoint({
    operation: 'datasets.activity',
    method: 'GET',
    path: `${DATASET}/activity`,
    access: { member: 'datasets.read' },
    tag: TAG,
    summary: 'What was done with a dataset',
    description:
      'Who shared, changed, exported and, where the company wants it, read the dataset, newest first, for those who manage it. What stands in the dataset is in no event.',
    params,
    query: auditQuery,
    reply: { status: 200, description: 'One page of events', schema: pageOf(activitySchema) },
    problems: HIDDEN,
    handle: async ({ params: { dataset }, query }, { caller, membership: { company }, now }) => ({
      body: await showActivity(parts.database, { company, user: caller.user, now }, dataset, {
        before: query.before,
        limit: query.limit ?? PAGE,
      }),
    }),
  }),
  defineEndpoint({
    operation: 'datasets.sharing',
    method: 'GET',
    path: `${DATASET}/sharing`,
    access: { member: 'datasets.read' },
    tag: TAG,
    summary: 'Whether a dataset is let out',
    description: 'Whether it can be shared with people of other companies, for those who manage it.',
    params,
    reply: { status: 200, description: 'How it is set', schema: switchSchema },
    problems: HIDDEN,
    handle: async ({ params: { dataset } }, { caller, membership: { company }, now }) => ({
      body: await showSwitch(parts.database, { company, user: caller.user, now }, dataset),
    }),
  }),
  defineEndpoint({
    operation: 'datasets.change-sharing',
    method: 'PATCH',
    path: `${DATASET}/sharing`,
    access: { member: 'datasets.make' },
    tag: TAG,
    summary: 'Let a dataset out, or close it',
    description:
      'Closed, people of other companies do not see it from the next statement on; their grants stay, and count again where it is let out again.',
    params,
    body: switchChangeSchema,
    reply: { status: 200, description: 'How it is set', schema: switchSchema },
    problems: { ...HIDDEN, 409: 'outside_not_allowed' },
    handle: async ({ params: { dataset }, body }, { caller, membership: { company }, now }) => ({
      body: await changeSwitch(parts.database, { company, caller, now }, dataset, body.shared_outside),
    }),
  }),
  defineEndpoint({
    operation: 'datasets.settings',
    method: 'GET',
    path: SETTINGS,
    access: { member: 'datasets.read' },
    tag: TAG,
    summary: 'What a company lets out and notes',
    description: 'Whether datasets can be shared outside, and whether reading them is noted.',
    params: { company: z.string() },
    reply: { status: 200, description: 'The settings', schema: settingsSchema },
    handle: async (_input, { caller, membership: { company } }) => ({
      body: await showSettings(parts.database, { company, user: caller.user }),
    }),
  }),
  defineEndpoint({
    operation: 'datasets.change-settings',
    method: 'PATCH',
    path: SETTINGS,
    access: { member: 'datasets.settings' },
    fresh: true,
    tag: TAG,
    summary: 'Change what a company lets out and notes',
    description:
      'Closed, nobody outside sees any dataset of the company from the next statement on, wherever it is asked. Grants stay, and count again where the company lets datasets out again.',
    params: { company: z.string() },
    body: settingsChangeSchema,
    reply: { status: 200, description: 'The settings', schema: settingsSchema },
    handle: async ({ body }, { caller, membership: { company }, now }) => ({
      body: await changeSettings(parts.database, { company, caller, now }, body),
    }),
  }),
];
