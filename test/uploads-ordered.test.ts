/** Loads that are ordered before their file is there: they follow what comes, and nothing but time depends on it. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { request } from 'node:https';
import { after, before, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { LEAST_FOLLOWED } from '../src/datasets/uploads/limits.ts';
import { openHouse, type House } from './support/house.ts';
import { signIn, type Visitor } from './support/people.ts';
import { openUploader, type UploadState } from './support/uploader.ts';

let house: House;
let owner: Visitor;
let uploader: ReturnType<typeof openUploader>;

before(async () => {
  house = await openHouse();
  owner = await signIn(house, { memberships: { [house.company]: 'owner' } });
  uploader = openUploader(house, owner);
});
after(async () => {
  await uploader.close();
  assert.deepEqual(uploader.bugs(), []);
});

const ROWS = 120_000;
const PARTS = 5;

/** Some six megabytes; `change` says what stands in a row instead of what is there else. */
const csvOf = (change: (row: number) => string | undefined = () => undefined): Buffer => {
  const lines = ['id,name,price,made'];
  for (let row = 0; row < ROWS; row += 1)
    lines.push(
      change(row) ?? `${row},Probe ${row} of the old field,${row % 1000}.25,2026-01-${10 + (row % 20)}`,
    );
  return Buffer.from(`${lines.join('\n')}\n`);
};

const begin = async (length: number, filename = 'wells.csv'): Promise<string> => {
  const answer = await tus('POST', `/v1/companies/${house.company}/dataset-uploads`, {
    'upload-length': String(length),
    'upload-metadata': `filename ${Buffer.from(filename).toString('base64')}`,
  });
  assert.equal(answer.status, 201);
  return String(answer.location);
};

const tus = (
  method: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  body?: Uint8Array,
  /** Milliseconds between most of the body and its end. */
  rest = 0,
): Promise<{ readonly status: number; readonly location: string | undefined }> =>
  new Promise((resolve, reject) => {
    const sent = request(
      {
        host: '127.0.0.1',
        port: house.port,
        ca: house.ca,
        servername: 'localhost',
        method,
        path,
        headers: {
          cookie: owner.cookie,
          'sec-fetch-site': 'same-origin',
          'tus-resumable': '1.0.0',
          ...headers,
        },
      },
      (message) => {
        message.resume();
        message.on('end', () =>
          resolve({ status: message.statusCode ?? 0, location: message.headers.location }),
        );
      },
    );
    sent.on('error', reject);
    if (body === undefined || rest === 0) {
      sent.end(body);
      return;
    }
    sent.setHeader('content-length', String(body.length));
    sent.write(body.subarray(0, -10));
    setTimeout(() => sent.end(body.subarray(-10)), rest);
  });

const sendPart = async (
  path: string,
  offset: number,
  part: Uint8Array,
  more: Readonly<Record<string, string>> = {},
  rest = 0,
): Promise<number> => {
  const headers = { 'upload-offset': String(offset), 'content-type': 'application/offset+octet-stream' };
  return (await tus('PATCH', path, { ...headers, ...more }, part, rest)).status;
};

/** Sends all in some parts, with time between them in which somebody may follow. */
const sendAll = async (path: string, content: Uint8Array, from = 0): Promise<void> => {
  const step = Math.ceil(content.length / PARTS);
  for (let at = from; at < content.length; at += step) {
    await uploader.state(path);
    assert.equal(await sendPart(path, at, content.subarray(at, at + step)), 204);
  }
};

const order = async (path: string, body: Record<string, unknown>): Promise<void> => {
  const answer = await uploader.call('POST', `${path}/load`, body);
  assert.equal(answer.status, 202, answer.body);
  const state = answer.json() as unknown as UploadState;
  assert.equal(state['ordered'], true);
};

const fresh = (name: string): Record<string, unknown> => ({ new: { name, visibility: 'company' } });

const rowOf = async (path: string): Promise<Record<string, unknown>> => {
  const [row] = await house.store.superuser(
    'select claim, phase, plan, tries, ordered from vouchsafe.upload where id = $1',
    [path.split('/').at(-1)],
  );
  assert.ok(row !== undefined);
  return row;
};

/** Has a thread follow, and waits until it has read something. */
const follow = async (path: string): Promise<void> => {
  const id = String(path.split('/').at(-1));
  for (let round = 0; round < 600; round += 1) {
    if ((await rowOf(path))['claim'] !== null) return;
    // One thread alone follows, and the one of the test before may not have ended.
    await uploader.takeUp(id);
    await pause(20);
  }
  throw new Error('nobody follows');
};

/** Waits without looking for work: whoever follows ends it alone. */
const untilLoaded = async (path: string): Promise<UploadState> => {
  for (let round = 0; round < 1200; round += 1) {
    const state = await uploader.state(path);
    if (state.phase !== 'arriving' && state.phase !== 'looking' && state.phase !== 'loading') return state;
    await pause(25);
  }
  throw new Error('it never rests');
};

const download = async (name: string): Promise<Buffer> =>
  uploader.download(`/v1/companies/${house.company}/datasets/${await idOf(name)}/download?format=csv`);

const idOf = async (name: string): Promise<string> => {
  const [row] = await house.store.superuser(
    'select id from vouchsafe.dataset where company_id = $1 and name = $2',
    [house.company, name],
  );
  return String(row?.['id']);
};

describe('a load that is ordered before its file is there', () => {
  it('follows what comes, and is there with the last byte, as if it had been looked at before', async () => {
    const content = csvOf();
    assert.ok(content.length > LEAST_FOLLOWED);
    const path = await begin(content.length);
    await order(path, fresh('followed'));
    assert.equal(await sendPart(path, 0, content.subarray(0, 2 << 20)), 204);
    await follow(path);
    await sendAll(path, content, 2 << 20);
    const state = await untilLoaded(path);
    assert.equal(state.phase, 'loaded', String(state.failure));
    assert.equal(state['version'], 1);
    assert.equal(state['rows'], ROWS);
    assert.equal(state['ordered'], false);
    const plan = (await rowOf(path))['plan'] as { readonly columns: unknown; readonly rows: number };
    assert.deepEqual(plan.columns, [
      { name: 'id', type: 'int4' },
      { name: 'name', type: 'text' },
      { name: 'price', type: 'numeric' },
      { name: 'made', type: 'date' },
    ]);
    assert.equal(plan.rows, ROWS);
    assert.ok((await download('followed')).equals(content));
  });

  for (const [what, change, type] of [
    ['a number with a zero before it', (row: number) => `00${row},n,1.5,2026-01-01`, 'text'],
    ['a number that is longer', (row: number) => `${row}00000000000,n,1.5,2026-01-01`, 'int8'],
    ['a word where there were numbers', () => `none,n,1.5,2026-01-01`, 'text'],
  ] as const) {
    it(`is loaded by what all of it holds, where its end has ${what}`, async () => {
      const content = csvOf((row) => (row === ROWS - 1 ? change(row) : undefined));
      const name = `later-${type}-${what.length}`;
      const path = await begin(content.length);
      await order(path, fresh(name));
      assert.equal(await sendPart(path, 0, content.subarray(0, 2 << 20)), 204);
      await follow(path);
      await sendAll(path, content, 2 << 20);
      const state = await uploader.settle(path);
      assert.equal(state.phase, 'loaded', String(state.failure));
      const plan = (await rowOf(path))['plan'] as { readonly columns: readonly { readonly type: string }[] };
      assert.equal(plan.columns[0]?.type, type);
      assert.ok((await download(name)).equals(content));
    });
  }

  it('tells of rows that do not fit, and makes no dataset of the others', async () => {
    const content = csvOf((row) => (row === ROWS - 5 ? `${row},one cell too few` : undefined));
    const path = await begin(content.length);
    await order(path, fresh('ragged'));
    await sendAll(path, content);
    const state = await uploader.settle(path);
    assert.deepEqual([state.phase, state.failure, state.rejected], ['failed', 'rows_rejected', 1]);
    assert.match(String(await uploader.download(`${path}/rejected`)), /^"119997","","The row has 2 cells/m);
    assert.equal(await idOf('ragged'), 'undefined');
    // It can be ordered again as any other.
    const again = await uploader.load(path, { ...fresh('ragged'), rejected: 'skip' });
    assert.deepEqual([again.phase, again['rows']], ['loaded', ROWS]);
  });

  it('is loaded as well where nobody can follow: short, of another format, or slow', async () => {
    for (const [name, filename, content] of [
      ['short', 'short.csv', Buffer.from('a,b\n1,2\n')],
      [
        'lines',
        'lines.ndjson',
        Buffer.from(
          Array.from({ length: 90_000 }, (_, n) => `{"n":${n},"text":"some words of it"}\n`).join(''),
        ),
      ],
      [
        'quoted',
        'quoted.csv',
        Buffer.from(`a,b\n${`1,"two\nlines and more ${'x'.repeat(40)}"\n`.repeat(90_000)}`),
      ],
    ] as const) {
      const path = await begin(content.length, filename);
      await order(path, fresh(name));
      await sendAll(path, content);
      const state = await uploader.settle(path);
      assert.equal(state.phase, 'loaded', `${name}: ${String(state.failure)}`);
      assert.equal(state['version'], 1);
    }
    assert.equal(String(await download('short')), 'a,b\n1,2\n');
  });

  it('makes nothing of what cannot be read, and of a file that is not the one that was promised', async () => {
    const path = await begin(8);
    await order(path, fresh('packed'));
    await sendAll(path, Buffer.from('%PDF-1.7'));
    const state = await uploader.settle(path);
    assert.deepEqual(
      [state.phase, state.failure, state.dataset, state['ordered']],
      ['unreadable', 'unknown_format', null, false],
    );
    assert.equal(await idOf('packed'), 'undefined');
  });

  it('knows nothing of bytes that were taken back, for their checksum was another', async () => {
    const content = csvOf();
    // As long, so that whoever has read some of it finds nothing odd in the rest.
    const wrong = Buffer.from(content.toString().replaceAll('Probe', 'Other'));
    const path = await begin(content.length);
    await order(path, fresh('summed'));
    const half = 3 << 20;
    assert.equal(await sendPart(path, 0, content.subarray(0, half)), 204);
    await follow(path);
    const digest = createHash('sha1').update('something else').digest('base64');
    // Most of it is there for a while, and read.
    const rest = wrong.subarray(half, content.length);
    assert.equal(await sendPart(path, half, rest, { 'upload-checksum': `sha1 ${digest}` }, 1_000), 460);
    const right = content.subarray(half);
    const sum = createHash('sha1').update(right).digest('base64');
    assert.equal(await sendPart(path, half, right, { 'upload-checksum': `sha1 ${sum}` }), 204);
    const state = await uploader.settle(path);
    assert.equal(state.phase, 'loaded', String(state.failure));
    assert.ok((await download('summed')).equals(content));
  });

  it('appends by the columns that there are, and fails where they are others', async () => {
    const content = csvOf();
    const first = await begin(content.length);
    await order(first, fresh('grown'));
    await sendAll(first, content);
    assert.equal((await uploader.settle(first)).phase, 'loaded');
    const dataset = await idOf('grown');
    const second = await begin(content.length);
    await order(second, { dataset, mode: 'append', expected_version: 1 });
    assert.equal(await sendPart(second, 0, content.subarray(0, 2 << 20)), 204);
    await follow(second);
    await sendAll(second, content, 2 << 20);
    const state = await untilLoaded(second);
    assert.deepEqual([state.phase, state['version']], ['loaded', 2]);
    const twice = Buffer.concat([content, content.subarray(content.indexOf(10) + 1)]);
    assert.ok((await download('grown')).equals(twice));
    const other = csvOf().toString().replace('price', 'cost');
    const third = await begin(other.length);
    await order(third, { dataset, mode: 'append' });
    await sendAll(third, Buffer.from(other));
    const failed = await uploader.settle(third);
    assert.deepEqual([failed.phase, failed.failure], ['failed', 'columns_differ']);
    const late = await begin(content.length);
    const answer = await uploader.call('POST', `${late}/load`, { dataset, expected_version: 1 });
    assert.equal(answer.status, 409);
  });

  it('is ordered once, and goes with its upload, its dataset as well', async () => {
    const content = csvOf();
    const path = await begin(content.length);
    await order(path, fresh('dropped'));
    const again = await uploader.call('POST', `${path}/load`, fresh('dropped-too'));
    assert.equal(again.status, 409);
    assert.equal(again.json()['code'], 'upload_not_ready');
    assert.equal(await idOf('dropped-too'), 'undefined');
    assert.equal(await sendPart(path, 0, content.subarray(0, 2 << 20)), 204);
    await follow(path);
    assert.equal((await uploader.call('DELETE', path)).status, 204);
    for (let round = 0; (await idOf('dropped')) !== 'undefined'; round += 1) {
      assert.ok(round < 400, 'the dataset stays');
      await pause(25);
    }
    const [left] = await house.store.superuser(
      `select count(*)::int as n from pg_class c join pg_namespace s on s.oid = c.relnamespace
        where s.nspname = 'vouchsafe_data' and c.relname like 'dropped%'`,
    );
    assert.equal(left?.['n'], 0);
  });

  it('goes on with what comes after a break that is longer than anybody waits', async () => {
    const content = csvOf();
    const path = await begin(content.length);
    await order(path, fresh('slow'));
    assert.equal(await sendPart(path, 0, content.subarray(0, 2 << 20)), 204);
    await follow(path);
    // As if it had waited too long: the thread ends with its process, and lets go of it.
    await uploader.restart();
    assert.deepEqual([(await rowOf(path))['claim'], (await rowOf(path))['tries']], [null, 0]);
    await sendAll(path, content, 2 << 20);
    const state = await uploader.settle(path);
    assert.equal(state.phase, 'loaded', String(state.failure));
    assert.ok((await download('slow')).equals(content));
  });
});
