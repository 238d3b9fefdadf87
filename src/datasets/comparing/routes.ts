/** Endpoints that say what is different between two versions. */
import { z } from 'zod';
import { defineEndpoint } from '../../http/endpoint.ts';
import { idField } from '../../http/fields.ts';
import type { AnyRoute } from '../../http/route.ts';
import type { Database } from '../../store/database.ts';
import {
  comparisonSchema,
  datasetField,
  differencesQuery,
  differencesSchema,
  versionField,
} from '../schemas.ts';
import { beginComparison, compareVersions, listComparedRows, showComparison } from './compare.ts';
import { MOST_UNDER_WAY } from './limits.ts';

const TAG = 'Datasets';
const PATH = '/v1/companies/:company/datasets/:dataset';
const READ = { member: 'datasets.read' } as const;
const params = { company: z.string(), dataset: datasetField };
const pair = { ...params, a: versionField, b: versionField };
const chosen = { ...params, comparison: idField('op') };
const MEANING =
  'From `a` to `b`: how many rows were added, changed and removed, and a page of them. Between edits a row is known by itself, between uploads by its key; where there is none, by all that it holds.';

/** Four: at once, begun, how far it is, and what came of it. */
export const comparisonRoutes = ({
  database,
}: {
  readonly database: Pick<Database, 'as'>;
}): readonly AnyRoute[] => [
  defineEndpoint({
    operation: 'datasets.compare',
    method: 'GET',
    path: `${PATH}/versions/:a/compare/:b`,
    access: READ,
    tag: TAG,
    summary: 'What is different between two versions',
    description: `${MEANING} What is too large for one request is begun with \`POST\`.`,
    params: pair,
    query: differencesQuery,
    reply: { status: 200, description: 'The differences', schema: differencesSchema },
    problems: { 404: 'dataset_not_found, version_not_found', 422: 'too_large_to_compare' },
    handle: async ({ params: { dataset, a, b }, query }, { caller, membership: { company }, now }) => ({
      body: await compareVersions(database, { company, user: caller.user }, dataset, [a, b], now, query),
    }),
  }),
  defineEndpoint({
    operation: 'datasets.beginComparison',
    method: 'POST',
    path: `${PATH}/versions/:a/compare/:b`,
    access: READ,
    tag: TAG,
    summary: 'Begin to compare two versions',
    description: `Of any size, while others go on reading and editing; look at it until its phase is compared or failed. Who asks for the same two again is given the comparison that is there already. A user has ${MOST_UNDER_WAY} under way at once.`,
    params: pair,
    reply: { status: 202, description: 'It has begun, or is there already', schema: comparisonSchema },
    problems: { 404: 'dataset_not_found, version_not_found', 429: 'too_many_comparisons' },
    handle: async ({ params: { dataset, a, b } }, { caller, membership: { company }, now }) => {
      const body = await beginComparison(database, { company, caller, now }, dataset, [a, b]);
      return {
        status: 202,
        headers: {
          'content-type': 'application/json',
          'cache-control': 'no-store',
          location: `/v1/companies/${company}/datasets/${body.dataset}/comparisons/${body.id}`,
        },
        body: JSON.stringify(comparisonSchema.parse(body)),
      };
    },
  }),
  defineEndpoint({
    operation: 'datasets.comparison',
    method: 'GET',
    path: `${PATH}/comparisons/:comparison`,
    access: READ,
    tag: TAG,
    summary: 'How far two versions are compared',
    description: 'For whoever asked for it, until a day after it ended.',
    params: chosen,
    reply: { status: 200, description: 'The comparison', schema: comparisonSchema },
    problems: { 404: 'dataset_not_found, comparison_not_found' },
    handle: async ({ params: { dataset, comparison } }, { caller, membership: { company } }) => ({
      body: await showComparison(database, { company, user: caller.user }, dataset, comparison),
    }),
  }),
  defineEndpoint({
    operation: 'datasets.comparedRows',
    method: 'GET',
    path: `${PATH}/comparisons/:comparison/rows`,
    access: READ,
    tag: TAG,
    summary: 'What is different, once it is compared',
    description: MEANING,
    params: chosen,
    query: differencesQuery,
    reply: { status: 200, description: 'The differences', schema: differencesSchema },
    problems: { 404: 'dataset_not_found, comparison_not_found', 409: 'comparison_not_ready' },
    handle: async ({ params: { dataset, comparison }, query }, { caller, membership: { company }, now }) => {
      const reader = { company, user: caller.user };
      return { body: await listComparedRows(database, reader, { dataset, comparison }, now, query) };
    },
  }),
];
