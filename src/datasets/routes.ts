import { z } from 'zod';
import { defineEndpoint } from '../http/endpoint.ts';
import { idField } from '../http/fields.ts';
import type { AnyRoute } from '../http/route.ts';
import type { Database } from '../store/database.ts';
import { MOST_DATASETS } from './limits.ts';
import {
  datasetChangeSchema,
  datasetField,
  datasetSchema,
  datasetSummarySchema,
  newDatasetSchema,
  pageQuery,
  restorationSchema,
  restoreSchema,
  versionField,
  versionSchema,
  versionsSchema,
} from './schemas.ts';
import { comparisonRoutes } from './comparing/routes.ts';
import { restoreVersion, showRestoration } from './restoring/service.ts';
import { changeDataset, createDataset, removeDataset } from './service.ts';
import { listDatasets, listVersionsOf, showDataset, showVersion } from './show.ts';

export interface DatasetParts {
  readonly database: Pick<Database, 'as'>;
}

const TAG = 'Datasets';
const PATH = '/v1/companies/:company/datasets';
const params = { company: z.string(), dataset: datasetField };
const READ = { member: 'datasets.read' } as const;
const MAKE = { member: 'datasets.make' } as const;
const COLUMN_PROBLEMS =
  'too_many_columns, column_name_invalid, column_twice, column_type_invalid, dataset_key_invalid';

const datasetRoutes = ({ database }: DatasetParts): readonly AnyRoute[] => [
  defineEndpoint({
    operation: 'datasets.list',
    method: 'GET',
    path: PATH,
    access: READ,
    tag: TAG,
    summary: 'Datasets that you may see',
    description:
      'Those of the company by your role, your own, and those that were shared with you in this company, also by other companies; oldest first, each with what you may do and why.',
    params: { company: z.string() },
    query: pageQuery,
    reply: {
      status: 200,
      description: 'One page of datasets',
      schema: z.object({ items: z.array(datasetSummarySchema), next: z.string().nullable() }),
    },
    handle: async ({ query }, { caller, membership: { company }, now }) => ({
      body: await listDatasets(database, { company, user: caller.user }, now, query.after, query.limit),
    }),
  }),
  defineEndpoint({
    operation: 'datasets.create',
    method: 'POST',
    path: PATH,
    access: MAKE,
    tag: TAG,
    summary: 'Make a dataset',
    description: `It is yours. With columns its first version is an empty table; without, the first upload says what they are. A company can have ${MOST_DATASETS}.`,
    params: { company: z.string() },
    body: newDatasetSchema,
    reply: { status: 201, description: 'The dataset', schema: datasetSchema },
    problems: { 400: COLUMN_PROBLEMS, 409: 'dataset_name_taken, too_many_datasets' },
    handle: async ({ body }, { caller, membership: { company }, now }) => ({
      body: await createDataset(database, { company, caller, now }, body),
    }),
  }),
  defineEndpoint({
    operation: 'datasets.show',
    method: 'GET',
    path: `${PATH}/:dataset`,
    access: READ,
    tag: TAG,
    summary: 'One dataset',
    description: 'What it is, its columns, and what you may do with it. By id also one of another company.',
    params,
    reply: { status: 200, description: 'The dataset', schema: datasetSchema },
    problems: { 404: 'dataset_not_found' },
    handle: async ({ params: { dataset } }, { caller, membership: { company }, now }) => ({
      body: await showDataset(database, { company, user: caller.user }, dataset, now),
    }),
  }),
  defineEndpoint({
    operation: 'datasets.change',
    method: 'PATCH',
    path: `${PATH}/:dataset`,
    access: MAKE,
    tag: TAG,
    summary: 'Change what a dataset is called, who sees it, or whose it is',
    description: 'For those who manage it. What is left out stays; null takes a title or a description away.',
    params,
    body: datasetChangeSchema,
    reply: { status: 200, description: 'The dataset', schema: datasetSchema },
    problems: {
      400: 'owner_not_member',
      403: 'dataset_forbids',
      404: 'dataset_not_found',
      409: 'dataset_name_taken, would_lose_sight, dataset_busy',
    },
    handle: async ({ params: { dataset }, body }, { caller, membership: { company }, now }) => ({
      body: await changeDataset(database, { company, caller, now }, dataset, body),
    }),
  }),
  defineEndpoint({
    operation: 'datasets.delete',
    method: 'DELETE',
    path: `${PATH}/:dataset`,
    access: MAKE,
    fresh: true,
    tag: TAG,
    summary: 'Delete a dataset',
    description: 'With its rows, all its versions and everybody’s rights on it, at once and for good.',
    params,
    reply: { status: 204, description: 'It is gone' },
    problems: { 403: 'dataset_forbids', 404: 'dataset_not_found', 409: 'dataset_busy' },
    handle: async ({ params: { dataset } }, { caller, membership: { company }, now }) => {
      await removeDataset(database, { company, caller, now }, dataset);
      return { body: undefined };
    },
  }),
];

const versionRoutes = ({ database }: DatasetParts): readonly AnyRoute[] => [
  defineEndpoint({
    operation: 'datasets.versions',
    method: 'GET',
    path: `${PATH}/:dataset/versions`,
    access: READ,
    tag: TAG,
    summary: 'Versions of a dataset',
    description: 'Newest first. Each upload, edit and restoration is one; none ever changes.',
    params,
    query: { ...pageQuery, after: versionField.optional().describe('`next` of the page before') },
    reply: { status: 200, description: 'One page of versions', schema: versionsSchema },
    problems: { 404: 'dataset_not_found' },
    handle: async ({ params: { dataset }, query }, { caller, membership: { company } }) => ({
      body: await listVersionsOf(database, { company, user: caller.user }, dataset, query.after, query.limit),
    }),
  }),
  defineEndpoint({
    operation: 'datasets.version',
    method: 'GET',
    path: `${PATH}/:dataset/versions/:number`,
    access: READ,
    tag: TAG,
    summary: 'One version of a dataset',
    description: 'With the columns and the key that it had. Its rows are read as `name@3`.',
    params: { ...params, number: versionField },
    reply: { status: 200, description: 'The version', schema: versionSchema },
    problems: { 404: 'dataset_not_found, version_not_found' },
    handle: async ({ params: { dataset, number } }, { caller, membership: { company } }) => ({
      body: await showVersion(database, { company, user: caller.user }, dataset, number),
    }),
  }),
  defineEndpoint({
    operation: 'datasets.restore',
    method: 'POST',
    path: `${PATH}/:dataset/versions/:number/restore`,
    access: READ,
    tag: TAG,
    summary: 'Bring an old version back',
    description:
      'Makes a new version that is equal to the old one, with its columns. Nothing is lost: the versions between stay. Where there is much to copy it is only begun, and is done, whole or not at all, while others go on reading and editing; look at it until its phase is restored or failed.',
    params: { ...params, number: versionField },
    body: restoreSchema,
    reply: { status: 201, description: 'The new version', schema: versionSchema },
    otherReplies: { 202: { description: 'It has begun', schema: restorationSchema } },
    problems: {
      403: 'dataset_forbids',
      404: 'dataset_not_found, version_not_found',
      409: 'version_conflict, restore_under_way',
    },
    handle: async ({ params: { dataset, number }, body }, { caller, membership: { company }, now }) => {
      const acting = { company, caller, now };
      const restored = await restoreVersion(database, acting, dataset, number, body.expected_version);
      if (restored.isDone) return { body: restored.version };
      return {
        status: 202,
        headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
        body: JSON.stringify(restorationSchema.parse(restored.begun)),
      };
    },
  }),
  defineEndpoint({
    operation: 'datasets.restoration',
    method: 'GET',
    path: `${PATH}/:dataset/restorations/:restoration`,
    access: READ,
    tag: TAG,
    summary: 'How far an old version is brought back',
    description: 'For whoever asked for it, until a week after it ended.',
    params: { ...params, restoration: idField('op') },
    reply: { status: 200, description: 'The restoration', schema: restorationSchema },
    problems: { 404: 'dataset_not_found, restoration_not_found' },
    handle: async ({ params: { dataset, restoration } }, { caller, membership: { company } }) => ({
      body: await showRestoration(database, { company, user: caller.user }, dataset, restoration),
    }),
  }),
];

/** Endpoints of datasets as such, and of their versions. */
export const createDatasetRoutes = (parts: DatasetParts): readonly AnyRoute[] => [
  ...datasetRoutes(parts),
  ...versionRoutes(parts),
  ...comparisonRoutes(parts),
];
