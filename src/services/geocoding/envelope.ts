import type { QuotaState } from '../../foundation/caller.ts';
import type { Reply } from '../../http/route.ts';

/** What every answer of the contract has around its results (reference: OpenCage's recorded answers). */

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

/** The `rate` member with its comma; empty where a project has no quota. */
export const rateText = (quota: QuotaState | undefined): string =>
  quota === undefined
    ? ''
    : `,"rate":{"limit":${quota.limit},"remaining":${quota.remaining},"reset":${quota.resetSeconds}}`;

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

/** Frozen, so that the edge prepares them once. */
const HEADERS = Object.freeze({
  'cache-control': 'no-store',
  'content-type': 'application/json; charset=utf-8',
});

/** Headers of every answer, with the contract's rate limit headers where there is a quota. */
export const replyHeaders = (quota: QuotaState | undefined): Pick<Reply, 'headers' | 'extra'> =>
  quota === undefined
    ? { headers: HEADERS }
    : {
        headers: HEADERS,
        extra: [
          'x-ratelimit-limit',
          String(quota.limit),
          'x-ratelimit-remaining',
          String(quota.remaining),
          'x-ratelimit-reset',
          String(quota.resetSeconds),
        ],
      };
