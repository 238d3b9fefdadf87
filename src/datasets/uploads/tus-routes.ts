/** Resumable uploads (tus 1.0.0): creation, HEAD, PATCH, termination, checksums and expiration. */
import { isId, type UploadId } from '../../foundation/ids.ts';
import { idField } from '../../http/fields.ts';
import { defineRoute, type AnyRoute, type Request } from '../../http/route.ts';
import { streamOf } from '../../http/request-stream.ts';
import type { Database } from '../../store/database.ts';
import type { Door } from './doors.ts';
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
import { actorOf } from './uploader.ts';

export interface TusParts {
  readonly database: Database;
  readonly receiver: Receiver;
}

export const TAG = 'Dataset uploads';

const uploadOf = (request: Request): UploadId => {
  const id = request.params['upload'] ?? '';
  if (!isId('upl', id)) throw uploadNotFound();
  return id;
};

const expiresAt = (now: number): string => new Date(now + KEPT_MS).toUTCString();

/** The routes that tus clients call, at one door. */
export const createTusRoutes = (
  { access, cost, locationOf, nameOf, params, path: collection }: Door,
  { database, receiver }: TusParts,
): readonly AnyRoute[] => [
  defineRoute<UploadOrder>({
    operation: nameOf('dataset-uploads.create'),
    method: 'POST',
    path: collection,
    access,
    changesNothing: true,
    cost,
    overPlainHttp: 'refuse',
    docs: {
      summary: 'Begin an upload',
      description:
        'Creation as in tus 1.0.0: Upload-Length in bytes, and Upload-Metadata with filename and filetype in base64. CSV, TSV, JSON, NDJSON, Parquet and XLSX. Any tus client can send the rest, and go on after a broken connection.',
      tag: TAG,
      query: {},
      path: params,
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
    operation: nameOf('dataset-uploads.show'),
    method: 'GET',
    path: `${collection}/:upload`,
    access,
    answersHead: true,
    cost,
    overPlainHttp: 'refuse',
    docs: {
      summary: 'Where an upload stands',
      description:
        'HEAD gives Upload-Offset, as tus clients ask before they go on; GET gives the state beside it.',
      tag: TAG,
      query: {},
      path: { ...params, upload: idField('upl') },
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
    operation: nameOf('dataset-uploads.append'),
    method: 'PATCH',
    path: `${collection}/:upload`,
    access,
    changesNothing: true,
    streamsBody: true,
    body: { maxBytes: MOST_BYTES },
    cost,
    overPlainHttp: 'refuse',
    docs: {
      summary: 'Send a part of an upload',
      description:
        'PATCH of tus 1.0.0: bytes of any number at Upload-Offset. What has come of a part that breaks off is kept. With Upload-Checksum (sha1 or sha256) a part is kept whole or not at all.',
      tag: TAG,
      query: {},
      path: { ...params, upload: idField('upl') },
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
        507: { description: 'disk_full; what has come is kept', type: 'application/problem+json' },
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
