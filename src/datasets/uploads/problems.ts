import { Problem } from '../../foundation/problem.ts';
import { notFoundProblem } from '../../http/endpoint.ts';
import { MOST_BYTES, MOST_BYTES_OF_COMPANY, MOST_UPLOADS } from './limits.ts';

const GIBIBYTE = 1024 ** 3;

/** What tus says in every answer (tus 1.0.0, “Tus-Resumable”). */
export const TUS = { 'tus-resumable': '1.0.0' } as const;

/** 404: never was, is over, or is somebody else's. */
export const uploadNotFound = (): Problem => notFoundProblem('upload_not_found', 'No such upload', 'upload');

/** 412: another version of the protocol (tus 1.0.0, “Tus-Resumable”). */
export const tusVersionUnknown = (): Problem =>
  new Problem(412, 'tus_version_unknown', 'This server speaks tus 1.0.0', {
    detail: 'Send Tus-Resumable: 1.0.0.',
    field: 'Tus-Resumable',
    headers: { 'tus-version': '1.0.0' },
  });

/** 400: not a whole number of bytes. */
export const lengthInvalid = (): Problem =>
  new Problem(400, 'upload_length_invalid', 'The length of the upload is missing or not a number', {
    detail: 'Send Upload-Length with the number of bytes; a length that is told later is not supported.',
    field: 'Upload-Length',
  });

/** 413 before the first byte. */
export const uploadTooLarge = (): Problem =>
  new Problem(413, 'upload_too_large', 'The file is too large', {
    detail: `One file may have ${MOST_BYTES / GIBIBYTE} GiB. Split it, and append the parts to one dataset.`,
    field: 'Upload-Length',
    headers: { ...TUS, 'tus-max-size': String(MOST_BYTES) },
  });

/** 400: not pairs of a key and base64 (tus 1.0.0, “Upload-Metadata”). */
export const metadataInvalid = (): Problem =>
  new Problem(400, 'upload_metadata_invalid', 'Upload-Metadata cannot be read', {
    detail: 'It has pairs of a key and a value in base64, with a comma between pairs; filename is UTF-8.',
    field: 'Upload-Metadata',
  });

/** 409: the company has all that it may have on its way. */
export const tooManyUploads = (): Problem =>
  new Problem(409, 'too_many_uploads', 'Too much is being uploaded', {
    detail: `A company may have ${MOST_UPLOADS} uploads with ${MOST_BYTES_OF_COMPANY / GIBIBYTE} GiB together that are not loaded yet. Load or delete some; those that nobody touches go after a day.`,
  });

/** 415: a PATCH of tus is bytes. */
export const partTypeInvalid = (): Problem =>
  new Problem(415, 'upload_part_type_invalid', 'A part is sent as application/offset+octet-stream', {
    field: 'Content-Type',
  });

/** 400: not a number. */
export const offsetInvalid = (): Problem =>
  new Problem(400, 'upload_offset_invalid', 'The offset is missing or not a number', {
    field: 'Upload-Offset',
  });

/** 409 with the offset at which to go on; also for the second of two who send at once. */
export const offsetConflict = (offset: number): Problem =>
  new Problem(409, 'upload_offset_conflict', 'The upload is at another offset', {
    detail: 'Ask with HEAD where to go on; somebody else may be sending it too.',
    field: 'Upload-Offset',
    headers: { ...TUS, 'upload-offset': String(offset) },
  });

/** 413: more bytes than were announced. What fits is stored. */
export const uploadTooLong = (): Problem =>
  new Problem(413, 'upload_too_long', 'More bytes than Upload-Length said', { headers: TUS });

/** 400: an algorithm that we do not have, or no base64. */
export const checksumInvalid = (): Problem =>
  new Problem(400, 'upload_checksum_invalid', 'The checksum cannot be read', {
    detail: 'Send sha1 or sha256, a space, and the checksum in base64.',
    field: 'Upload-Checksum',
    headers: { ...TUS, 'tus-checksum-algorithm': 'sha1,sha256' },
  });

/** 460, as tus has it: nothing of the part is kept. */
export const checksumMismatch = (): Problem =>
  new Problem(460, 'upload_checksum_mismatch', 'The part does not have its checksum', {
    detail: 'Nothing of the part is kept; send it again.',
    field: 'Upload-Checksum',
    headers: TUS,
  });

/** 503: as many parts are arriving as there is memory for. */
export const tooManyArriving = (): Problem =>
  new Problem(503, 'uploads_busy', 'Too many uploads at once', {
    detail: 'Try again in a few seconds; what has arrived is kept.',
    headers: { ...TUS, 'retry-after': '5' },
  });

/** 507: what came before is kept, and goes on from there once there is room. */
export const diskFull = (): Problem =>
  new Problem(507, 'disk_full', 'There is no room for more at the moment', {
    detail: 'What has arrived is kept: ask with HEAD where to go on, and send the rest later.',
    headers: { ...TUS, 'retry-after': '60' },
  });

/** 409: for what cannot be done in this phase. */
export const uploadNotReady = (): Problem =>
  new Problem(409, 'upload_not_ready', 'The upload is not ready for this', {
    detail:
      'Bytes are still missing, or it is being looked at or loaded. GET its state, and try again when its phase is ready.',
  });

/** 409: done once. */
export const uploadLoaded = (): Problem =>
  new Problem(409, 'upload_loaded', 'The upload is loaded already', {
    detail: 'Its bytes are gone; upload the file again to load it into something else.',
  });

/** 409: a new dataset has a name that nobody has. */
export const datasetNameTaken = (): Problem =>
  new Problem(409, 'dataset_name_taken', 'There is a dataset of this name', { field: '/new/name' });

/** 404 for a dataset that is not there, and for one of which the caller may not know. */
export const datasetNotFound = (): Problem =>
  notFoundProblem('dataset_not_found', 'No such dataset', 'dataset');

/** 403: they may see it and not change it. */
export const datasetReadOnly = (): Problem =>
  new Problem(403, 'dataset_read_only', 'You may read this dataset and not change it', {
    field: '/dataset',
  });

/** 409: somebody has made another version meanwhile. */
export const versionConflict = (): Problem =>
  new Problem(409, 'version_conflict', 'The dataset has another version by now', {
    detail: 'Look at what has changed, and load again with the version that is current.',
    field: '/expected_version',
  });

/** 400: what is to be changed in a plan does not go together, or names what is not there. */
export const planInvalid = (field: string, detail: string): Problem =>
  new Problem(400, 'upload_plan_invalid', 'The plan cannot be changed like this', { detail, field });
