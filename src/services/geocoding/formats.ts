/** The contract's four formats, and the wrappers around JSON: one result model, written in different ways. */
import { toGeojson } from './geojson.ts';
import { toGoogle } from './google.ts';
import type { Envelope } from './envelope.ts';
import { wrapInCallback } from './jsonp.ts';
import { writeXml } from './xml.ts';

/** What stands at the end of the path (reference: OpenCage's API, "formats"). */
export const FORMATS = ['json', 'geojson', 'xml', 'google-v3-json'] as const;
export type Format = (typeof FORMATS)[number];

/** How an answer is to be written. */
export interface Form {
  readonly format: Format;
  readonly pretty: boolean;
  /** The name of the function that the answer is handed to; checked by `isCallback`. Never with XML. */
  readonly callback: string | undefined;
}

/** The media type of an answer in this form. */
export const mediaTypeOf = ({ format, callback }: Pick<Form, 'format' | 'callback'>): string => {
  if (format === 'xml') return 'text/xml; charset=utf-8';
  return callback === undefined ? 'application/json; charset=utf-8' : 'application/javascript; charset=utf-8';
};

/** Whether bare JSON is wanted, which needs no rewriting. */
export const isPlain = ({ format, pretty, callback }: Form): boolean =>
  format === 'json' && !pretty && callback === undefined;

const shapeOf = (envelope: Envelope, format: Format): unknown => {
  if (format === 'geojson') return toGeojson(envelope);
  return format === 'google-v3-json' ? toGoogle(envelope) : envelope;
};

/** Writes an envelope in the wanted form. */
export const writeForm = (envelope: Envelope, { format, pretty, callback }: Form): string => {
  if (format === 'xml') return writeXml('response', envelope, pretty);
  const shape = shapeOf(envelope, format);
  const text = pretty ? `${JSON.stringify(shape, null, 2)}\n` : JSON.stringify(shape);
  return callback === undefined ? text : wrapInCallback(callback, text);
};
