/** Somebody who uploads files to a house, and the threads that look at them and load them. */
import assert from 'node:assert/strict';
import { request } from 'node:https';
import { setTimeout as pause } from 'node:timers/promises';
import { KEYS_DOOR, MEMBERS_DOOR } from '../../src/datasets/uploads/doors.ts';
import { createLoads, type Loads } from '../../src/datasets/uploads/loads.ts';
import { systemClock } from '../../src/foundation/clock.ts';
import type { Answer, House } from './house.ts';
import { recordingLog } from './log.ts';
import type { Visitor } from './people.ts';

export interface UploadState extends Record<string, unknown> {
  readonly id: string;
  readonly phase: string;
  readonly failure: string | null;
  readonly rejected: number;
  readonly dataset: string | null;
}

export interface Uploader {
  /** One call of the API; waits and asks again where people have a rate of their own. */
  call(method: string, path: string, body?: unknown, as?: Visitor | KeyHolder): Promise<Answer>;
  /** The same with an answer of any bytes. */
  download(path: string): Promise<Buffer>;
  /** Sends a whole file; gives the path of the upload. */
  send(content: string | Uint8Array, filename: string): Promise<string>;
  state(path: string): Promise<UploadState>;
  /** Looks for work until the upload rests. */
  settle(path: string): Promise<UploadState>;
  /** Corrects the plan and waits until it is there again. */
  correct(path: string, corrections: unknown): Promise<UploadState>;
  /** Loads what is ready and waits for its end. */
  load(path: string, order: Record<string, unknown>): Promise<UploadState>;
  /** Begins to load and waits until a thread is at it. */
  beginLoad(path: string, order: Record<string, unknown>): Promise<void>;
  /** Looks for work until `end` is there, for programs that wait by themselves; rejects as it does. */
  during<Value>(end: Promise<Value>): Promise<Value>;
  /** Has a thread take an upload up, as its job does. */
  takeUp(upload: string): Promise<void>;
  /** Ends the threads as the end of the server does, and begins anew. */
  restart(): Promise<void>;
  /** Bugs that threads have told of. */
  bugs(): readonly unknown[];
}

const MOST_ROUNDS = 600;

/** A program with a key, instead of somebody who has signed in. */
export interface KeyHolder {
  readonly secret: string;
}

const credentialsOf = (who: Visitor | KeyHolder): Record<string, string> =>
  'secret' in who
    ? { authorization: `Bearer ${who.secret}` }
    : { cookie: who.cookie, 'sec-fetch-site': 'same-origin' };

/** Opens the threads; `close` ends them. */
export const openUploader = (
  house: House,
  owner: Visitor | KeyHolder,
): Uploader & { close(): Promise<void> } => {
  const log = recordingLog();
  const open = (): Loads =>
    createLoads({
      database: house.store.database,
      connection: house.store.connections.app,
      isAlone: false,
      clock: systemClock,
      log,
    });
  let loads = open();
  const ask = async (
    method: string,
    path: string,
    headers: Record<string, string>,
    body?: Uint8Array,
    as = owner,
  ): Promise<Answer & { readonly bytes: Buffer }> => {
    const options = {
      host: '127.0.0.1',
      port: house.port,
      ca: house.ca,
      servername: 'localhost',
      method,
      path,
      headers: { ...credentialsOf(as), ...headers },
    };
    for (;;) {
      const answer = await new Promise<Answer & { readonly bytes: Buffer }>((resolve, reject) => {
        const sent = request(options, (message) => {
          const chunks: Buffer[] = [];
          message.on('data', (chunk: Buffer) => chunks.push(chunk));
          message.on('error', reject);
          message.on('end', () => {
            const bytes = Buffer.concat(chunks);
            const { statusCode: status = 0, statusMessage: reason = '', headers: got } = message;
            const text = bytes.toString();
            resolve({ status, reason, headers: got, body: text, bytes, json: () => JSON.parse(text) });
          });
        });
        sent.on('error', reject);
        sent.end(body);
      });
      if (answer.status !== 429) return answer;
      await pause(200);
    }
  };
  const call: Uploader['call'] = (method, path, body, as = owner) =>
    ask(
      method,
      path,
      body === undefined ? {} : { 'content-type': 'application/json' },
      body === undefined ? undefined : Buffer.from(JSON.stringify(body)),
      as,
    );
  const state: Uploader['state'] = async (path) =>
    (await call('GET', `${path}/state`)).json() as unknown as UploadState;
  const settle: Uploader['settle'] = async (path) => {
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      await loads.resume();
      const found = await state(path);
      if (found.phase !== 'looking' && found.phase !== 'loading') return found;
      await pause(50);
    }
    throw new Error('it never rests');
  };
  const order = async (path: string, body: Record<string, unknown>): Promise<void> => {
    const { phase, failure } = await settle(path);
    assert.ok(phase === 'ready' || phase === 'failed', `${phase} ${String(failure)}`);
    const begun = await call('POST', `${path}/load`, body);
    assert.equal(begun.status, 202, begun.body);
  };
  return {
    call,
    download: async (path) => {
      const answer = await ask('GET', path, {});
      assert.equal(answer.status, 200, answer.body);
      return answer.bytes;
    },
    send: async (content, filename) => {
      const bytes = typeof content === 'string' ? Buffer.from(content) : content;
      const tus = { 'tus-resumable': '1.0.0' };
      const collection = 'secret' in owner ? KEYS_DOOR.path : MEMBERS_DOOR.path;
      const begun = await ask('POST', collection.replace(':company', house.company), {
        ...tus,
        'upload-length': String(bytes.length),
        'upload-metadata': `filename ${Buffer.from(filename).toString('base64')}`,
      });
      assert.equal(begun.status, 201, begun.body);
      const path = String(begun.headers.location);
      const headers = { ...tus, 'upload-offset': '0', 'content-type': 'application/offset+octet-stream' };
      const sent = await ask('PATCH', path, headers, bytes);
      assert.equal(sent.status, 204, sent.body);
      return path;
    },
    state,
    settle,
    correct: async (path, corrections) => {
      await settle(path);
      const answer = await call('PATCH', `${path}/plan`, corrections);
      assert.equal(answer.status, 202, answer.body);
      return settle(path);
    },
    load: async (path, body) => {
      await order(path, body);
      return settle(path);
    },
    beginLoad: async (path, body) => {
      await order(path, body);
      await loads.resume();
      for (let round = 0; round < MOST_ROUNDS; round += 1) {
        const id = path.split('/').at(-1);
        const [row] = await house.store.superuser('select claim from vouchsafe.upload where id = $1', [id]);
        if (row?.['claim'] != null) return;
        await pause(5);
      }
      throw new Error('nobody takes it up');
    },
    during: async (end) => {
      // What it rejects with comes with the last line.
      const over = end.then(
        () => true,
        () => true,
      );
      while (!(await Promise.race([over, pause(50, false)]))) await loads.resume();
      return end;
    },
    takeUp: (upload) => loads.tasks['uploads.work']({ upload }),
    restart: async () => {
      await loads.close();
      loads = open();
    },
    bugs: () => log.messages,
    close: () => loads.close(),
  };
};
