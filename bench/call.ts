/** One request, timed from its sending to the end of its answer. */
import { request as requestPlainly, type Agent as PlainAgent, type RequestOptions } from 'node:http';
import { request as requestSecurely, type Agent as SecureAgent } from 'node:https';

export interface Call extends RequestOptions {
  readonly agent: PlainAgent | SecureAgent;
  readonly port: number;
  /** PEM of the authority to trust; plain HTTP where it is undefined. */
  readonly ca: string | undefined;
}

export interface Answered {
  readonly status: number;
  readonly milliseconds: number;
}

const PATIENCE_MS = 60_000;

/** Sends it to this machine; rejects when no answer comes within a minute. */
export const call = ({ ca, ...options }: Call, body?: string): Promise<Answered> =>
  new Promise((resolve, reject) => {
    const place = { host: '127.0.0.1', timeout: PATIENCE_MS, ...options };
    const sentAt = performance.now();
    const sent =
      ca === undefined ? requestPlainly(place) : requestSecurely({ ...place, ca, servername: 'localhost' });
    sent.once('response', (response) => {
      response.resume();
      response.once('end', () =>
        resolve({ status: response.statusCode ?? 0, milliseconds: performance.now() - sentAt }),
      );
    });
    sent.once('timeout', () => sent.destroy(new Error('an answer did not come')));
    sent.once('error', reject);
    sent.end(body);
  });
