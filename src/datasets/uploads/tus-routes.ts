/** Resumable uploads (tus 1.0.0): creation, HEAD, PATCH, termination, checksums and expiration. */
import { z } from 'zod';
import type { CompanyId, UploadId } from '../../foundation/ids.ts';
import { isId } from '../../foundation/ids.ts';
import { idField } from '../../http/fields.ts';
import { defineRoute, type AnyRoute, type CallContext, type Request } from '../../http/route.ts';
import { streamOf } from '../../http/request-stream.ts';
import type { DatasetActor } from '../../services/datasets/access/actor.ts';
import type { Database } from '../../store/database.ts';
import { KEPT_MS, MOST_BYTES } from './limits.ts';
import {
  checkTusVersion,
  parsePartOrder,
  parseUploadOrder,
  type PartOrder,
  type UploadOrder,
} from './metadata.ts';
import { TUS, uploadNotFound } from './problems.ts';
import type { Receiver } from './receive.ts';
import { stateSchema } from './schemas.ts';
import { beginUpload, showUpload } from './service.ts';
import { stateOf } from './state.ts';

export interface TusParts {
  readonly database: Database;
  readonly receiver: Receiver;
}

export const TAG = 'Dataset uploads';
export const PATH = '/v1/companies/:company/dataset-uploads';

const path = { company: z.string(), upload: idField('upl') };

/** Who calls, as a member of the path's company. */
export const actorOf = ({ caller, membership }: Pick<CallContext, 'caller' | 'membership'>): DatasetActor => {
  // The route's access has let nobody else in.
  if (caller?.credential !== 'session' || membership === undefined) throw uploadNotFound();
  return { company: membership.company, user: caller.user };
};

const uploadOf = (request: Request): UploadId => {
  const id = request.params['upload'] ?? '';
  if (!isId('upl', id)) throw uploadNotFound();
  return id;
};

const expiresAt = (now: number): string => new Date(now + KEPT_MS).toUTCString();

const locationOf = (company: CompanyId, upload: UploadId): string =>
  `${PATH.replace(':company', company)}/${upload}`;

/** The routes that tus clients call. */
export const createTusRoutes = ({ database, receiver }: TusParts): readonly AnyRoute[] => [
  defineRoute<UploadOrder>({
    operation: 'dataset-uploads.create',
    method: 'POST',
    path: PATH,
    access: { member: 'datasets.make' },
    changesNothing: true,
    cost: 0,
    overPlainHttp: 'refuse',
    docs: {
      summary: 'Begin an upload',
      description:
        'Creation as in tus 1.0.0: Upload-Length in bytes, and Upload-Metadata with filename and filetype in base64. CSV, TSV, JSON, NDJSON, Parquet and XLSX. Any tus client can send the rest, and go on after a broken connection.',
      tag: TAG,
      query: {},
      path: { company: path.company },
      replies: {
        201: { description: 'It is begun; Location says where to send it', type: 'application/json' },
        400: {
          description: 'upload_length_invalid, upload_metadata_invalid',
          type: 'application/problem+json',
        },
        409: { description: 'too_many_uploads', type: 'application/problem+json' },
        412: { description: 'tus_version_unknown', type: 'application/problem+json' },
        413: { description: 'upload_too_large', type: 'application/problem+json' },
      },
    },
    parse: (request) => {
      checkTusVersion(request);
      return parseUploadOrder(request);
    },
    handle: async (order, context) => {
      const actor = actorOf(context);
      const upload = await beginUpload(database, actor, order, context.now);
      return {
        status: 201,
        headers: {
          ...TUS,
          'tus-max-size': String(MOST_BYTES),
          'tus-extension': 'creation,termination,checksum,expiration',
          location: locationOf(actor.company, upload),
          'upload-expires': expiresAt(context.now),
          'cache-control': 'no-store',
        },
        body: '',
      };
    },
  }),
  defineRoute<UploadId>({
    operation: 'dataset-uploads.show',
    method: 'GET',
    path: `${PATH}/:upload`,
    access: { member: 'datasets.make' },
    answersHead: true,
    cost: 0,
    overPlainHttp: 'refuse',
    docs: {
      summary: 'Where an upload stands',
      description:
        'HEAD gives Upload-Offset, as tus clients ask before they go on; GET gives the state beside it.',
      tag: TAG,
      query: {},
      path,
      replies: {
        200: { description: 'The upload', type: 'application/json', schema: stateSchema },
        404: { description: 'upload_not_found', type: 'application/problem+json' },
      },
    },
    parse: uploadOf,
    handle: async (id, context) => {
      const upload = await showUpload(database, actorOf(context), id);
      return {
        status: 200,
        headers: {
          ...TUS,
          'upload-offset': String(upload.at),
          'upload-length': String(upload.length),
          'upload-expires': expiresAt(upload.touched_at.getTime()),
          'content-type': 'application/json',
          'cache-control': 'no-store',
        },
        body: JSON.stringify(stateSchema.parse(stateOf(upload))),
      };
    },
  }),
  defineRoute<{ readonly upload: UploadId; readonly order: PartOrder }>({
    operation: 'dataset-uploads.append',
    method: 'PATCH',
    path: `${PATH}/:upload`,
    access: { member: 'datasets.make' },
    changesNothing: true,
    streamsBody: true,
    body: { maxBytes: MOST_BYTES },
    cost: 0,
    overPlainHttp: 'refuse',
    docs: {
      summary: 'Send a part of an upload',
      description:
        'PATCH of tus 1.0.0: bytes of any number at Upload-Offset. What has come of a part that breaks off is kept. With Upload-Checksum (sha1 or sha256) a part is kept whole or not at all.',
      tag: TAG,
      query: {},
      path,
      replies: {
        204: { description: 'It is stored; Upload-Offset says how far', type: 'application/json' },
        400: {
          description: 'upload_offset_invalid, upload_checksum_invalid',
          type: 'application/problem+json',
        },
        404: { description: 'upload_not_found', type: 'application/problem+json' },
        409: {
          description: 'upload_offset_conflict, upload_not_ready, upload_loaded',
          type: 'application/problem+json',
        },
        412: { description: 'tus_version_unknown', type: 'application/problem+json' },
        413: { description: 'upload_too_long', type: 'application/problem+json' },
        415: { description: 'upload_part_type_invalid', type: 'application/problem+json' },
        460: { description: 'upload_checksum_mismatch', type: 'application/problem+json' },
        503: { description: 'uploads_busy', type: 'application/problem+json' },
      },
    },
    parse: (request) => {
      checkTusVersion(request);
      return { upload: uploadOf(request), order: parsePartOrder(request) };
    },
    handle: async ({ upload, order }, context) => {
      const offset = await receiver.receive(actorOf(context), upload, order, streamOf(context.request));
      return {
        status: 204,
        headers: {
          ...TUS,
          'upload-offset': String(offset),
          'upload-expires': expiresAt(context.now),
          'cache-control': 'no-store',
        },
        body: '',
      };
    },
  }),
];
