/** Somebody who is signed up at a real server and sends files to it by tus (tus 1.0.0), part by part. */
import assert from 'node:assert/strict';
import { request } from 'node:https';
import {
  askToSignUp,
  confirmSignUp,
  mailedToken,
  openAccountClient,
  type AccountClient,
} from './account-client.ts';
import { PACE_OF_PEOPLE_MS, until, type RunningServer } from './server.ts';

export interface Sent {
  readonly status: number;
  readonly code: string | undefined;
  /** Where the upload is, as the server says it; undefined where it does not. */
  readonly offset: number | undefined;
  readonly location: string | undefined;
}

export interface TusClient {
  readonly client: AccountClient;
  readonly company: string;
  /** The path of a new upload. */
  begin(filename: string, length: number): Promise<string>;
  /** PATCH. Rejects where there is no answer. */
  send(path: string, offset: number, bytes: Uint8Array): Promise<Sent>;
  offsetOf(path: string): Promise<number>;
  /** Waits until it is neither looked at nor loaded any more. */
  rest(path: string): Promise<Readonly<Record<string, unknown>>>;
  /** The same person at another server, or the same one after a start. */
  at(server: RunningServer): TusClient;
}

interface Person {
  readonly jar: Map<string, string>;
  readonly company: string;
}

const open = (server: RunningServer, { jar, company }: Person): TusClient => {
  const client = openAccountClient(server, jar);
  const ask = (
    method: string,
    path: string,
    headers: Readonly<Record<string, string>>,
    bytes?: Uint8Array,
  ): Promise<Sent> =>
    new Promise((resolve, reject) => {
      const sent = request(
        {
          host: '127.0.0.1',
          port: server.port,
          ca: server.ca,
          servername: 'localhost',
          method,
          path,
          timeout: 60_000,
          headers: {
            cookie: [...jar.values()].join('; '),
            'sec-fetch-site': 'same-origin',
            'tus-resumable': '1.0.0',
            ...headers,
          },
        },
        (message) => {
          let text = '';
          message.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
          message.on('error', reject);
          message.on('end', () => {
            const said = message.headers['upload-offset'];
            const code = /"code":"(\w+)"/.exec(text)?.[1];
            resolve({
              status: message.statusCode ?? 0,
              code,
              offset: said === undefined ? undefined : Number(said),
              location: message.headers.location,
            });
          });
        },
      );
      sent.on('timeout', () => sent.destroy(new Error('no answer within the time')));
      sent.on('error', reject);
      sent.end(bytes);
    });
  return {
    client,
    company,
    begin: async (filename, length) => {
      const metadata = `filename ${Buffer.from(filename).toString('base64')}`;
      const made = await ask('POST', `/v1/companies/${company}/dataset-uploads`, {
        'upload-length': String(length),
        'upload-metadata': metadata,
      });
      assert.equal(made.status, 201, made.code);
      return made.location ?? '';
    },
    send: (path, offset, bytes) =>
      ask(
        'PATCH',
        path,
        { 'upload-offset': String(offset), 'content-type': 'application/offset+octet-stream' },
        bytes,
      ),
    offsetOf: async (path) => (await ask('HEAD', path, {})).offset ?? -1,
    rest: async (path) => {
      let state: Readonly<Record<string, unknown>> = {};
      await until(
        'the upload rests',
        async () => {
          const answer = await client.call('GET', `${path}/state`).catch(() => undefined);
          state = answer?.status === 200 ? answer.body : {};
          return answer?.status === 200 && !['looking', 'loading'].includes(String(state['phase']));
        },
        240_000,
        PACE_OF_PEOPLE_MS,
      );
      return state;
    },
    at: (other) => open(other, { jar, company }),
  };
};

/** Signs somebody up. */
export const openTusClient = async (server: RunningServer, email: string): Promise<TusClient> => {
  const jar = new Map<string, string>();
  const client = openAccountClient(server, jar);
  await askToSignUp(client, email);
  const { company } = await confirmSignUp(client, email, await mailedToken(server, email));
  return open(server, { jar, company });
};
