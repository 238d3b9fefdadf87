import type { QuotaState } from '../../foundation/caller.ts';
import type { Reply } from '../../http/route.ts';
import type { JsonWriter } from './json-writer.ts';

/** What every answer of the contract has around its results (reference: OpenCage's recorded answers). */

/** One result as it is read back from its bytes, for formats other than JSON. */
export interface ResultModel {
  readonly bounds?: { readonly northeast: LatLng; readonly southwest: LatLng };
  readonly components: Readonly<Record<string, unknown>>;
  readonly formatted: string;
  readonly geometry: LatLng;
  readonly [other: string]: unknown;
}

/** Degrees. */
export interface LatLng {
  readonly lat: number;
  readonly lng: number;
}

/** An answer as it is read back from its bytes. */
export interface Envelope {
  readonly results: readonly ResultModel[];
  readonly status: { readonly code: number; readonly message: string };
  readonly [other: string]: unknown;
}

/** Fixed text of answers, from the installation's own address. */
export interface EnvelopeTexts {
  /** Before `rate`. */
  readonly head: string;
  /** Between `status` and `timestamp`. */
  readonly tail: string;
}

export const envelopeTexts = (publicUrl: string): EnvelopeTexts => {
  const url = (path: string): string => JSON.stringify(new URL(path, publicUrl).href);
  return {
    head: `{"documentation":${url('/docs')},"licenses":[{"name":"see attribution guide","url":${url('/credits')}}]`,
    tail: `,"stay_informed":{"blog":${url('/')},"mastodon":${url('/')}},"thanks":"For using open data",`,
  };
};

/** A number as text, made anew only when it changes: limits and the ends of days hardly do. */
const createNumberText = (): ((value: number) => string) => {
  let last = Number.NaN;
  let text = '';
  return (value) => {
    if (value !== last) {
      last = value;
      text = String(value);
    }
    return text;
  };
};

const limitText = createNumberText();
const remainingText = createNumberText();
const resetText = createNumberText();

/** The `rate` member with its comma; empty where a project has no quota. */
export const rateText = (quota: QuotaState | undefined): string =>
  quota === undefined
    ? ''
    : `,"rate":{"limit":${limitText(quota.limit)},"remaining":${remainingText(quota.remaining)},"reset":${resetText(quota.resetSeconds)}}`;

const RATE_LIMIT = Buffer.from(',"rate":{"limit":');
const RATE_REMAINING = Buffer.from(',"remaining":');
const RATE_RESET = Buffer.from(',"reset":');

/** Writes the same; needs room for a hundred bytes. */
export const writeRate = (writer: JsonWriter, quota: QuotaState): void => {
  writer.put(RATE_LIMIT);
  writer.ascii(limitText(quota.limit));
  writer.put(RATE_REMAINING);
  writer.ascii(remainingText(quota.remaining));
  writer.put(RATE_RESET);
  writer.ascii(resetText(quota.resetSeconds));
  writer.ascii('}');
};

/** The `timestamp` member of an instant in milliseconds since the epoch; built once a second. */
export const createTimestamps = (): ((now: number) => string) => {
  let second = -1;
  let text = '';
  return (now) => {
    const current = Math.floor(now / 1000);
    if (current !== second) {
      second = current;
      const http = new Date(current * 1000).toUTCString();
      text = `"timestamp":{"created_http":"${http}","created_unix":${current}}`;
    }
    return text;
  };
};

/** Headers by media type; frozen, so that the edge prepares each once. */
const HEADERS = new Map<string, Readonly<Record<string, string>>>();

const headersFor = (type: string): Readonly<Record<string, string>> => {
  let headers = HEADERS.get(type);
  if (headers === undefined) {
    headers = Object.freeze({ 'cache-control': 'no-store', 'content-type': type });
    HEADERS.set(type, headers);
  }
  return headers;
};

const JSON_HEADERS = headersFor('application/json; charset=utf-8');

/**
 * Headers of every answer, with the contract's rate limit headers where there is a quota.
 * @param type one of the few media types of `mediaTypeOf`; JSON where it is left out.
 */
export const replyHeaders = (
  quota: QuotaState | undefined,
  type?: string,
): Pick<Reply, 'headers' | 'extra'> => {
  const headers = type === undefined ? JSON_HEADERS : headersFor(type);
  if (quota === undefined) return { headers };
  return {
    headers,
    extra: [
      'x-ratelimit-limit',
      limitText(quota.limit),
      'x-ratelimit-remaining',
      remainingText(quota.remaining),
      'x-ratelimit-reset',
      resetText(quota.resetSeconds),
    ],
  };
};
