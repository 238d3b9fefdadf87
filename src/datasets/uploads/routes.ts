/** Endpoints of uploads: tus for the bytes, and what is done with them afterwards. */
import type { Clock } from '../../foundation/clock.ts';
import { defineEndpoint } from '../../http/endpoint.ts';
import { idField } from '../../http/fields.ts';
import type { AnyRoute } from '../../http/route.ts';
import type { Database } from '../../store/database.ts';
import { z } from 'zod';
import { beginLoad, correctPlan } from './plan-service.ts';
import { createReceiver } from './receive.ts';
import { writeRejections } from './rejections.ts';
import { correctionsSchema, loadSchema, planSchema, stateSchema, uploadsSchema } from './schemas.ts';
import { listOwnUploads, showUpload, takeUploadBack, type Upload } from './service.ts';
import { stateOf } from './state.ts';
import { actorOf, createTusRoutes, PATH, TAG } from './tus-routes.ts';

export interface UploadParts {
  readonly database: Database;
  readonly clock: Clock;
}

const params = { company: z.string(), upload: idField('upl') };
const access = { member: 'datasets.make' } as const;

const planOf = ({ phase, failure, failure_detail: detail, plan }: Upload): z.input<typeof planSchema> => ({
  phase: phase as z.input<typeof planSchema>['phase'],
  failure,
  detail,
  plan: plan as z.input<typeof planSchema>['plan'],
});

/** The endpoints under `/v1/companies/:company/dataset-uploads`. */
export const createUploadRoutes = ({ database, clock }: UploadParts): readonly AnyRoute[] => [
  ...createTusRoutes({ database, receiver: createReceiver({ database, clock }) }),
  defineEndpoint({
    operation: 'dataset-uploads.list',
    method: 'GET',
    path: PATH,
    access,
    tag: TAG,
    summary: 'Uploads on their way',
    description:
      'Your own, the newest first. Nobody else sees them; they go a day after something last happened to them.',
    params: { company: params.company },
    reply: { status: 200, description: 'The uploads', schema: uploadsSchema },
    handle: async (_input, context) => ({
      body: { items: (await listOwnUploads(database, actorOf(context))).map(stateOf), next: null },
    }),
  }),
  defineEndpoint({
    operation: 'dataset-uploads.remove',
    method: 'DELETE',
    path: `${PATH}/:upload`,
    access,
    changesNothing: true,
    tag: TAG,
    summary: 'Take an upload back',
    description:
      'Its bytes and its rejected rows are deleted. A load that is under way ends and leaves nothing; what is loaded stays.',
    params,
    reply: { status: 204, description: 'It is gone' },
    problems: { 404: 'upload_not_found' },
    handle: async ({ params: { upload } }, context) => {
      await takeUploadBack(database, actorOf(context), upload);
      return { body: undefined };
    },
  }),
  defineEndpoint({
    operation: 'dataset-uploads.state',
    method: 'GET',
    path: `${PATH}/:upload/state`,
    access,
    tag: TAG,
    summary: 'How far an upload is',
    description: 'Its phase, and how many bytes and rows of how many are looked at or loaded; to the second.',
    params,
    reply: { status: 200, description: 'The state', schema: stateSchema },
    problems: { 404: 'upload_not_found' },
    handle: async ({ params: { upload } }, context) => ({
      body: stateOf(await showUpload(database, actorOf(context), upload)),
    }),
  }),
  defineEndpoint({
    operation: 'dataset-uploads.plan',
    method: 'GET',
    path: `${PATH}/:upload/plan`,
    access,
    tag: TAG,
    summary: 'What was found in a file',
    description:
      'Format, dialect, and columns with the types that all their cells have, once all bytes are there and somebody has looked.',
    params,
    reply: { status: 200, description: 'The plan', schema: planSchema },
    problems: { 404: 'upload_not_found' },
    handle: async ({ params: { upload } }, context) => ({
      body: planOf(await showUpload(database, actorOf(context), upload)),
    }),
  }),
  defineEndpoint({
    operation: 'dataset-uploads.correct',
    method: 'PATCH',
    path: `${PATH}/:upload/plan`,
    access,
    changesNothing: true,
    tag: TAG,
    summary: 'Have a file read otherwise',
    description:
      'Only what is to be changed; what was changed before stays. The file is looked at again, so that the plan comes anew.',
    params,
    body: correctionsSchema,
    reply: { status: 202, description: 'It is looked at again', schema: planSchema },
    problems: {
      400: 'column_name_invalid, column_twice, column_type_invalid, dataset_key_invalid',
      404: 'upload_not_found',
      409: 'upload_not_ready, upload_loaded',
    },
    handle: async ({ params: { upload }, body }, context) => ({
      body: planOf(await correctPlan(database, actorOf(context), upload, body, context.now)),
    }),
  }),
  defineEndpoint({
    operation: 'dataset-uploads.load',
    method: 'POST',
    path: `${PATH}/:upload/load`,
    access,
    tag: TAG,
    summary: 'Load a file into a dataset',
    description:
      'As one new version: whole, or not at all. Goes on in the background; its state says how far, and as which version it ended.',
    params,
    body: loadSchema,
    reply: { status: 202, description: 'It is being loaded', schema: stateSchema },
    problems: {
      400: 'upload_plan_invalid',
      403: 'dataset_read_only',
      404: 'upload_not_found, dataset_not_found',
      409: 'upload_not_ready, upload_loaded, version_conflict, dataset_name_taken',
    },
    handle: async ({ params: { upload }, body }, context) => {
      const { caller, membership, now } = context;
      const { company } = membership;
      await beginLoad(database, { company, caller, now }, upload, body);
      return { body: stateOf(await showUpload(database, actorOf(context), upload)) };
    },
  }),
  defineEndpoint({
    operation: 'dataset-uploads.rejected',
    method: 'GET',
    path: `${PATH}/:upload/rejected`,
    access,
    tag: TAG,
    summary: 'Rows that could not be loaded',
    description: 'CSV with line, column and reason: the first 10,000, and how many more there are.',
    params,
    reply: { status: 200, description: 'The rows', type: 'text/csv' },
    problems: { 404: 'upload_not_found' },
    handle: async ({ params: { upload } }, context) => ({
      status: 200,
      headers: {
        'content-type': 'text/csv; charset=utf-8; header=present',
        'content-disposition': 'attachment; filename="rejected.csv"',
        'cache-control': 'no-store',
      },
      body: await writeRejections(database, actorOf(context), upload),
    }),
  }),
];
