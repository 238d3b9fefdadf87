/** Endpoints of uploads: tus for the bytes, and what is done with them afterwards. */
import type { Clock } from '../../foundation/clock.ts';
import { defineEndpoint } from '../../http/endpoint.ts';
import { idField } from '../../http/fields.ts';
import type { AnyRoute } from '../../http/route.ts';
import type { Database } from '../../store/database.ts';
import type { z } from 'zod';
import { KEYS_DOOR, MEMBERS_DOOR, through, type Door } from './doors.ts';
import { beginLoad, correctPlan } from './plan-service.ts';
import { createReceiver, type Receiver } from './receive.ts';
import { writeRejections } from './rejections.ts';
import { correctionsSchema, planSchema, stateSchema, uploadsSchema } from './schemas.ts';
import { listOwnUploads, showUpload, takeUploadBack, type Upload } from './service.ts';
import { stateOf } from './state.ts';
import { createTusRoutes, TAG } from './tus-routes.ts';
import { actorOf, uploadingOf } from './uploader.ts';

export interface UploadParts {
  readonly database: Database;
  readonly clock: Clock;
}

const planOf = ({ phase, failure, failure_detail: detail, plan }: Upload): z.input<typeof planSchema> => ({
  phase: phase as z.input<typeof planSchema>['phase'],
  failure,
  detail,
  plan: plan as z.input<typeof planSchema>['plan'],
});

const routesAt = (door: Door, database: Database, receiver: Receiver): readonly AnyRoute[] => {
  const { access, loadSchema, nameOf, path, whose } = door;
  const params = { ...door.params, upload: idField('upl') };
  return through(door, [
    ...createTusRoutes(door, { database, receiver }),
    defineEndpoint({
      operation: nameOf('dataset-uploads.list'),
      method: 'GET',
      path,
      access,
      tag: TAG,
      summary: 'Uploads on their way',
      description: `${whose} The newest first; they go a day after something last happened to them.`,
      params: door.params,
      reply: { status: 200, description: 'The uploads', schema: uploadsSchema },
      handle: async (_input, context) => ({
        body: { items: (await listOwnUploads(database, actorOf(context))).map(stateOf), next: null },
      }),
    }),
    defineEndpoint({
      operation: nameOf('dataset-uploads.remove'),
      method: 'DELETE',
      path: `${path}/:upload`,
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
      operation: nameOf('dataset-uploads.state'),
      method: 'GET',
      path: `${path}/:upload/state`,
      access,
      tag: TAG,
      summary: 'How far an upload is',
      description:
        'Its phase, and how many bytes and rows of how many are looked at or loaded; to the second.',
      params,
      reply: { status: 200, description: 'The state', schema: stateSchema },
      problems: { 404: 'upload_not_found' },
      handle: async ({ params: { upload } }, context) => ({
        body: stateOf(await showUpload(database, actorOf(context), upload)),
      }),
    }),
    defineEndpoint({
      operation: nameOf('dataset-uploads.plan'),
      method: 'GET',
      path: `${path}/:upload/plan`,
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
      operation: nameOf('dataset-uploads.correct'),
      method: 'PATCH',
      path: `${path}/:upload/plan`,
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
      operation: nameOf('dataset-uploads.load'),
      method: 'POST',
      path: `${path}/:upload/load`,
      access,
      tag: TAG,
      summary: 'Load a file into a dataset',
      description:
        'As one new version: whole, or not at all. Goes on in the background; its state says how far, and as which version it ended. Ordered while bytes are missing, the file is looked at and loaded while it comes.',
      params,
      body: loadSchema,
      reply: {
        status: 202,
        description: 'It is being loaded, or will be once it is there',
        schema: stateSchema,
      },
      problems: {
        400: 'upload_plan_invalid',
        403: 'dataset_read_only',
        404: 'upload_not_found, dataset_not_found',
        409: 'upload_not_ready, upload_loaded, version_conflict, dataset_name_taken',
      },
      handle: async ({ params: { upload }, body }, context) => {
        await beginLoad(database, uploadingOf(context), upload, body);
        return { body: stateOf(await showUpload(database, actorOf(context), upload)) };
      },
    }),
    defineEndpoint({
      operation: nameOf('dataset-uploads.rejected'),
      method: 'GET',
      path: `${path}/:upload/rejected`,
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
  ]);
};

/** The endpoints under `/v1/companies/:company/dataset-uploads` for members, and under `/v1/dataset-uploads` for keys. */
export const createUploadRoutes = ({ database, clock }: UploadParts): readonly AnyRoute[] => {
  // One for both: what arrives at once is bounded by memory, whoever sends it.
  const receiver = createReceiver({ database, clock });
  return [MEMBERS_DOOR, KEYS_DOOR].flatMap((door) => routesAt(door, database, receiver));
};
