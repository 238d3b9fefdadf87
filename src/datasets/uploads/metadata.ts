/** The fields of tus 1.0.0, from texts of strangers to numbers, names and checksums. */
import { nameField } from '../../http/fields.ts';
import type { Request } from '../../http/route.ts';
import { LONGEST_FILENAME, LONGEST_FILETYPE, LONGEST_METADATA, MOST_BYTES } from './limits.ts';
import {
  checksumInvalid,
  lengthInvalid,
  metadataInvalid,
  offsetInvalid,
  partTypeInvalid,
  tusVersionUnknown,
  uploadTooLarge,
} from './problems.ts';

/** What a client says of a file before it sends it. */
export interface UploadOrder {
  /** Bytes. */
  readonly length: number;
  readonly filename: string;
  /** A media type, or empty. */
  readonly filetype: string;
}

/** One part as it is announced. */
export interface PartOrder {
  readonly offset: number;
  readonly checksum: { readonly algorithm: 'sha1' | 'sha256'; readonly digest: Buffer } | undefined;
}

const WHOLE = /^(?:0|[1-9]\d{0,15})$/;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const KEY = /^[!-+\--~]{1,64}$/;
const MEDIA_TYPE = /^[\w.+-]+\/[\w.+-]+$/;

const decoder = new TextDecoder('utf-8', { fatal: true });
const filenameField = nameField(LONGEST_FILENAME);

/** Every request of tus names its version, but for OPTIONS. @throws tus_version_unknown (412). */
export const checkTusVersion = (request: Request): void => {
  if (request.exposeHeader('tus-resumable') !== '1.0.0') throw tusVersionUnknown();
};

const wholeNumber = (text: string | undefined): number | undefined =>
  text !== undefined && WHOLE.test(text) ? Number(text) : undefined;

const textOf = (value: string): string => {
  if (!BASE64.test(value)) throw metadataInvalid();
  try {
    return decoder.decode(Buffer.from(value, 'base64'));
  } catch {
    throw metadataInvalid();
  }
};

/** Pairs of `Upload-Metadata`; a key alone has an empty value. @throws upload_metadata_invalid (400). */
export const parseMetadata = (field: string): ReadonlyMap<string, string> => {
  const found = new Map<string, string>();
  if (field.trim() === '') return found;
  if (field.length > LONGEST_METADATA) throw metadataInvalid();
  for (const pair of field.split(',')) {
    const [key = '', value = '', ...more] = pair.trim().split(' ');
    if (!KEY.test(key) || more.length > 0 || found.has(key)) throw metadataInvalid();
    found.set(key, value);
  }
  return found;
};

/** @throws upload_length_invalid, upload_metadata_invalid (400), upload_too_large (413). */
export const parseUploadOrder = (request: Request): UploadOrder => {
  const length = wholeNumber(request.exposeHeader('upload-length'));
  if (length === undefined || request.exposeHeader('upload-defer-length') !== undefined)
    throw lengthInvalid();
  if (length > MOST_BYTES) throw uploadTooLarge();
  const metadata = parseMetadata(request.exposeHeader('upload-metadata') ?? '');
  const named = filenameField.safeParse(textOf(metadata.get('filename') ?? metadata.get('name') ?? ''));
  const filetype = textOf(metadata.get('filetype') ?? metadata.get('type') ?? '').toLowerCase();
  return {
    length,
    // A name that could not be shown is none; the format is found by what is inside as well.
    filename: named.success ? named.data : 'upload',
    filetype: MEDIA_TYPE.test(filetype) && filetype.length <= LONGEST_FILETYPE ? filetype : '',
  };
};

const parseChecksum = (field: string | undefined): PartOrder['checksum'] => {
  if (field === undefined) return undefined;
  const [algorithm, value = '', ...more] = field.split(' ');
  if ((algorithm !== 'sha1' && algorithm !== 'sha256') || more.length > 0 || !BASE64.test(value))
    throw checksumInvalid();
  return { algorithm, digest: Buffer.from(value, 'base64') };
};

/** @throws upload_part_type_invalid (415), upload_offset_invalid, upload_checksum_invalid (400). */
export const parsePartOrder = (request: Request): PartOrder => {
  if (request.exposeHeader('content-type')?.toLowerCase() !== 'application/offset+octet-stream')
    throw partTypeInvalid();
  const offset = wholeNumber(request.exposeHeader('upload-offset'));
  if (offset === undefined) throw offsetInvalid();
  return { offset, checksum: parseChecksum(request.exposeHeader('upload-checksum')) };
};
