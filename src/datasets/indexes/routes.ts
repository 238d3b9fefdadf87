/** Endpoints of the indexes of a dataset. */
import { z } from 'zod';
import { defineEndpoint } from '../../http/endpoint.ts';
import type { AnyRoute } from '../../http/route.ts';
import type { Database } from '../../store/database.ts';
import { datasetField } from '../schemas.ts';
import { MOST_INDEXES } from './limits.ts';
import { indexesSchema, indexField, indexSchema, newIndexSchema } from './schemas.ts';
import { addIndex, dropIndex, showIndexes } from './service.ts';

export interface IndexParts {
  readonly database: Pick<Database, 'as'>;
}

const PATH = '/v1/companies/:company/datasets/:dataset/indexes';
const common = {
  access: { member: 'datasets.make' },
  tag: 'Datasets',
  params: { company: z.string(), dataset: datasetField },
} as const;

/** For those who manage the dataset. */
export const createIndexRoutes = ({ database }: IndexParts): readonly AnyRoute[] => [
  defineEndpoint({
    ...common,
    operation: 'datasets.indexes',
    method: 'GET',
    path: PATH,
    summary: 'Indexes of a dataset, and which would help',
    description:
      'Suggestions come from how often rows were asked for by each column in the last thirty days, which is counted by column and day alone.',
    reply: { status: 200, description: 'Indexes and suggestions', schema: indexesSchema },
    problems: { 403: 'dataset_forbids', 404: 'dataset_not_found' },
    handle: async ({ params: { dataset } }, { caller, membership: { company }, now }) => ({
      body: await showIndexes(database, { company, user: caller.user }, dataset, now),
    }),
  }),
  defineEndpoint({
    ...common,
    operation: 'datasets.addIndex',
    method: 'POST',
    path: PATH,
    summary: 'Make an index',
    description: `It is built while everybody goes on reading and writing, and again for each upload and restoration. A dataset can have ${MOST_INDEXES}.`,
    body: newIndexSchema,
    reply: { status: 202, description: 'The index, which is not ready yet', schema: indexSchema },
    problems: {
      400: 'index_columns_invalid',
      403: 'dataset_forbids',
      404: 'dataset_not_found',
      409: 'index_exists, too_many_indexes',
    },
    handle: async ({ params: { dataset }, body }, { caller, membership: { company }, now }) => ({
      body: await addIndex(
        database,
        { company, caller, now },
        dataset,
        'columns' in body ? body.columns : [],
      ),
    }),
  }),
  defineEndpoint({
    ...common,
    operation: 'datasets.dropIndex',
    method: 'DELETE',
    path: `${PATH}/:index`,
    summary: 'Take an index away',
    description: 'Reads go on as before, only slower.',
    params: { ...common.params, index: indexField },
    reply: { status: 204, description: 'It goes' },
    problems: { 403: 'dataset_forbids', 404: 'dataset_not_found, index_not_found' },
    handle: async ({ params: { dataset, index } }, { caller, membership: { company }, now }) => {
      await dropIndex(database, { company, caller, now }, dataset, index);
      return { body: undefined };
    },
  }),
];
