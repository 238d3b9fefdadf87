/** Uploads at the doors of a whole house: tus as its own client speaks it, and what comes of the files. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { request, type RequestOptions } from 'node:https';
import { after, before, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { DefaultHttpStack, Upload } from 'tus-js-client';
import { PIECE_BYTES } from '../src/datasets/uploads/limits.ts';
import { createReceiver } from '../src/datasets/uploads/receive.ts';
import { contentTable } from '../src/services/datasets/access/content.ts';
import { removeLeft } from '../src/datasets/uploads/remove-left.ts';
import { createLoads, type Loads } from '../src/datasets/uploads/loads.ts';
import { systemClock } from '../src/foundation/clock.ts';
import { isId, newId } from '../src/foundation/ids.ts';
import { openHouse, type Answer, type House } from './support/house.ts';
import { recordingLog } from './support/log.ts';
import { signIn, type Visitor } from './support/people.ts';

let house: House;
let owner: Visitor;
let colleague: Visitor;
let loads: Loads;
const log = recordingLog();

before(async () => {
  house = await openHouse();
  owner = await signIn(house, { memberships: { [house.company]: 'owner' } });
  colleague = await signIn(house, { memberships: { [house.company]: 'admin' } });
  loads = createLoads({
    database: house.store.database,
    connection: house.store.connections.app,
    isAlone: false,
    clock: systemClock,
    log,
  });
});
after(() => loads.close());

const base = (): string => `/v1/companies/${house.company}/dataset-uploads`;
const call = async (method: string, path: string, body?: unknown, as = owner): Promise<Answer> => {
  for (;;) {
    const answer = await house.call(method, path, {
      cookie: as.cookie,
      ...(body === undefined ? {} : { body }),
    });
    if (answer.status !== 429) return answer;
    await pause(200);
  }
};

const TUS = { 'tus-resumable': '1.0.0' };
const askOnce = (
  method: string,
  path: string,
  headers: Record<string, string>,
  body?: Buffer,
): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const options: RequestOptions = {
      host: '127.0.0.1',
      port: house.port,
      ca: house.ca,
      servername: 'localhost',
      method,
      path,
      headers: { cookie: owner.cookie, 'sec-fetch-site': 'same-origin', ...headers },
    };
    const sent = request(options, (message) => {
      const chunks: Buffer[] = [];
      message.on('data', (chunk: Buffer) => chunks.push(chunk));
      message.on('error', reject);
      message.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        const { statusCode: status = 0, statusMessage: reason = '', headers: got } = message;
        resolve({ status, reason, headers: got, body: text, json: () => JSON.parse(text) });
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });

/** People have a rate of their own; a client that is told to wait does. */
const ask = async (...words: Parameters<typeof askOnce>): Promise<Answer> => {
  for (;;) {
    const answer = await askOnce(...words);
    if (answer.status !== 429) return answer;
    await pause(200);
  }
};

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const begin = async (length: number, filename = 'wells.csv'): Promise<string> => {
  const answer = await ask('POST', base(), {
    ...TUS,
    'upload-length': String(length),
    'upload-metadata': `filename ${base64(filename)},filetype ${base64('text/csv')}`,
  });
  assert.equal(answer.status, 201, answer.body);
  return String(answer.headers.location);
};
const append = (
  path: string,
  offset: number,
  body: Buffer,
  headers: Record<string, string> = {},
): Promise<Answer> =>
  ask(
    'PATCH',
    path,
    {
      ...TUS,
      'upload-offset': String(offset),
      'content-type': 'application/offset+octet-stream',
      ...headers,
    },
    body,
  );
const send = async (text: string | Buffer, filename?: string): Promise<string> => {
  const bytes = Buffer.from(text);
  const path = await begin(bytes.length, filename);
  if (bytes.length > 0) assert.equal((await append(path, 0, bytes)).status, 204);
  return path;
};
const stateOf = async (path: string): Promise<Record<string, unknown>> =>
  (await call('GET', `${path}/state`)).json();
/** Looks for work until the upload rests. */
const settle = async (path: string): Promise<Record<string, unknown>> => {
  for (let round = 0; ; round += 1) {
    assert.ok(round < 200, 'it never rests');
    await loads.resume();
    const state = await stateOf(path);
    if (state['phase'] !== 'looking' && state['phase'] !== 'loading') return state;
    await pause(100);
  }
};
const load = async (path: string, order: Record<string, unknown>): Promise<Record<string, unknown>> => {
  const { phase } = await settle(path);
  assert.ok(phase === 'ready' || phase === 'failed', String(phase));
  const begun = await call('POST', `${path}/load`, order);
  assert.equal(begun.status, 202, begun.body);
  return settle(path);
};
let count = 0;
const newName = (): string => `wells_${(count += 1)}`;
const contentOf = async (dataset: unknown): Promise<readonly Record<string, unknown>[]> => {
  const [row] = await house.store.superuser(
    'select current_generation as generation from vouchsafe.dataset where id = $1',
    [dataset],
  );
  return house.store.superuser(
    `select * from vouchsafe_data."${String(dataset)}_g${String(row?.['generation'])}" order by "vouchsafe:row"`,
  );
};
const datasetOf = async (name: string): Promise<Record<string, unknown> | undefined> =>
  (await house.store.superuser('select * from vouchsafe.dataset where name = $1', [name]))[0];
const tablesOf = async (): Promise<number> =>
  (
    await house.store.superuser(
      "select 1 from pg_class where relnamespace = 'vouchsafe_data'::regnamespace and relkind = 'r'",
    )
  ).length;

describe('an upload', () => {
  it('arrives through tus-js-client as it is, in parts, after a broken connection, byte for byte', async () => {
    const bytes = Buffer.concat(
      Array.from({ length: 40_000 }, (_, index) =>
        Buffer.from(`${index},well ${index * 7919},${'é'.repeat(30)}\n`),
      ),
    );
    const stack = new DefaultHttpStack({ ca: house.ca, servername: 'localhost' });
    let url: string | undefined;
    const options = (): ConstructorParameters<typeof Upload>[1] => ({
      endpoint: `${house.url}${base()}`,
      httpStack: stack,
      headers: { cookie: owner.cookie, 'sec-fetch-site': 'same-origin' },
      chunkSize: 700_001,
      uploadSize: bytes.length,
      retryDelays: null,
      metadata: { filename: 'wells.csv', filetype: 'text/csv' },
      ...(url === undefined ? {} : { uploadUrl: url }),
    });
    // The first client stops in the middle of a part.
    await new Promise<void>((resolve, reject) => {
      const first = new Upload(Buffer.from(bytes) as never, {
        ...options(),
        onError: reject,
        onChunkComplete: (_size, accepted) => {
          if (accepted < 1_000_000) return;
          url = first.url ?? undefined;
          void first.abort().then(resolve, reject);
        },
      });
      first.start();
    });
    assert.ok(url !== undefined);
    const path = new URL(url).pathname;
    const at = Number((await ask('HEAD', path, TUS)).headers['upload-offset']);
    assert.ok(at >= 700_001 && at < bytes.length, String(at));
    await new Promise<void>((resolve, reject) => {
      const second = new Upload(Buffer.from(bytes) as never, {
        ...options(),
        onError: reject,
        onSuccess: () => resolve(),
      });
      second.start();
    });
    assert.equal((await stateOf(path))['offset'], bytes.length);
    const stored = await house.store.superuser(
      'select bytes from vouchsafe.upload_part where upload_id = $1 order by start',
      [path.split('/').at(-1)],
    );
    assert.ok(Buffer.concat(stored.map((row) => row['bytes'] as Buffer)).equals(bytes));
  });

  it('is shown to its uploader and to nobody else', async () => {
    const path = await send('a,b\n1,2\n');
    const foreign = await call('GET', `${path}/state`, undefined, colleague);
    assert.deepEqual([foreign.status, foreign.json()['code']], [404, 'upload_not_found']);
    const others = (await call('GET', base(), undefined, colleague)).json();
    assert.deepEqual(others['items'], []);
    for (const [method, more] of [
      ['PATCH', '/plan'],
      ['POST', '/load'],
      ['DELETE', ''],
    ] as const) {
      const body = method === 'POST' ? { new: { name: newName(), visibility: 'company' } } : undefined;
      const answer = await call(method, `${path}${more}`, method === 'PATCH' ? {} : body, colleague);
      assert.equal(answer.status, 404, method);
    }
    const own = (await call('GET', base())).json()['items'] as { id: string }[];
    assert.ok(own.some(({ id }) => path.endsWith(id)));
  });

  it('goes on where it is, and takes no part for another place', async () => {
    const path = await begin(10);
    assert.equal((await append(path, 0, Buffer.from('0123'))).headers['upload-offset'], '4');
    for (const offset of [0, 3, 5, 10, 9_007_199_254_740_991]) {
      const answer = await append(path, offset, Buffer.from('x'));
      assert.deepEqual([answer.status, answer.headers['upload-offset']], [409, '4'], String(offset));
    }
    assert.equal((await append(path, 4, Buffer.from('4567890'))).status, 413);
    assert.equal((await ask('HEAD', path, TUS)).headers['upload-offset'], '10');
    assert.equal((await append(path, 10, Buffer.from(''))).status, 204);
  });

  it('lets one of several through who send the same part at once', async () => {
    const parts = Array.from({ length: 6 }, (_, index) => Buffer.alloc(2_500_000, 97 + index));
    const path = await begin(2_500_000);
    const answers = await Promise.all(parts.map((part) => append(path, 0, part)));
    assert.equal(answers.filter(({ status }) => status === 204).length, 1);
    assert.ok(answers.every(({ status }) => status === 204 || status === 409));
    const stored = await house.store.superuser(
      'select bytes from vouchsafe.upload_part where upload_id = $1 order by start',
      [path.split('/').at(-1)],
    );
    const bytes = Buffer.concat(stored.map((row) => row['bytes'] as Buffer));
    assert.ok(
      parts.some((part) => part.equals(bytes)),
      'all of one, and nothing of another',
    );
  });

  it('keeps what came of a part that broke off, and nothing of one with a checksum that is wrong', async () => {
    const path = await begin(3_000_000);
    const sent = request({
      host: '127.0.0.1',
      port: house.port,
      ca: house.ca,
      servername: 'localhost',
      method: 'PATCH',
      path,
      headers: {
        cookie: owner.cookie,
        'sec-fetch-site': 'same-origin',
        ...TUS,
        'upload-offset': '0',
        'content-type': 'application/offset+octet-stream',
        'content-length': '3000000',
      },
    });
    sent.on('error', () => undefined);
    const closed = new Promise<void>((resolve) => {
      sent.on('close', () => resolve());
    });
    // A whole piece, which is stored while its part is still coming: how much of another had been read cannot be seen from here.
    sent.write(Buffer.alloc(PIECE_BYTES, 1));
    const arrived = async (): Promise<number> =>
      Number((await ask('HEAD', path, TUS)).headers['upload-offset']);
    while ((await arrived()) === 0) await pause(20);
    sent.destroy(new Error('gone'));
    await closed;
    const at = await arrived();
    assert.equal(at, PIECE_BYTES);
    const rest = Buffer.alloc(3_000_000 - PIECE_BYTES, 2);
    const wrong = await append(path, at, rest, { 'upload-checksum': `sha1 ${base64('no')}` });
    assert.equal(wrong.status, 460);
    assert.equal(Number((await ask('HEAD', path, TUS)).headers['upload-offset']), at);
    assert.equal((await stateOf(path))['phase'], 'arriving');
    const digest = createHash('sha256').update(rest).digest('base64');
    assert.equal((await append(path, at, rest, { 'upload-checksum': `sha256 ${digest}` })).status, 204);
    assert.equal((await stateOf(path))['phase'], 'looking');
  });

  it('keeps what is less than a piece of a part that broke off', async () => {
    const path = await begin(3_000_000);
    const upload = path.split('/').at(-1) ?? '';
    assert.ok(isId('upl', upload));
    const gone = new Error('gone');
    const broken = function* (): Generator<Buffer> {
      yield Buffer.alloc(1_499_999, 1);
      yield Buffer.alloc(1, 2);
      throw gone;
    };
    const { receive } = createReceiver({ database: house.store.database, clock: systemClock });
    const actor = { company: house.company, user: owner.user };
    await assert.rejects(receive(actor, upload, { offset: 0, checksum: undefined }, broken()), gone);
    assert.equal((await ask('HEAD', path, TUS)).headers['upload-offset'], '1500000');
    assert.equal((await append(path, 1_500_000, Buffer.alloc(1_500_000, 3))).status, 204);
    assert.equal((await stateOf(path))['phase'], 'looking');
  });

  it('is refused where its fields are not those of tus', async () => {
    const create = async (headers: Record<string, string>): Promise<unknown[]> => {
      const answer = await ask('POST', base(), headers);
      return [answer.status, answer.json()['code']];
    };
    assert.deepEqual(await create({ 'upload-length': '1' }), [412, 'tus_version_unknown']);
    for (const length of ['', '-1', '1.5', '1e3', '0x10', '99999999999999999999', 'NaN', '01'])
      assert.deepEqual(
        await create({ ...TUS, 'upload-length': length }),
        [400, 'upload_length_invalid'],
        length,
      );
    assert.deepEqual(await create(TUS), [400, 'upload_length_invalid']);
    assert.deepEqual(await create({ ...TUS, 'upload-length': String(11 * 1024 ** 3) }), [
      413,
      'upload_too_large',
    ]);
    for (const metadata of [
      'filename !',
      'filename YQ== x',
      'filename YQ==,filename YQ==',
      ',',
      'filename /w==',
      'a'.repeat(5000),
    ])
      assert.deepEqual(
        await create({ ...TUS, 'upload-length': '1', 'upload-metadata': metadata }),
        [400, 'upload_metadata_invalid'],
        metadata,
      );
    const path = await begin(1, '../../etc/\u0000\u202epasswd');
    assert.equal((await stateOf(path))['filename'], 'upload');
    assert.equal((await append(path, 0, Buffer.from('x'), { 'content-type': 'text/csv' })).status, 415);
    for (const offset of ['', 'x', '-1'])
      assert.equal(
        (await append(path, 0, Buffer.from('x'), { 'upload-offset': offset })).status,
        400,
        offset,
      );
    const checksum = await append(path, 0, Buffer.from('x'), { 'upload-checksum': 'md5 YQ==' });
    assert.equal(checksum.json()['code'], 'upload_checksum_invalid');
  });

  it('finds no room once its company has fifty on their way, and some again when one is taken back', async () => {
    const other = await openHouse({ beside: house });
    const somebody = await signIn(other, { memberships: { [other.company]: 'owner' } });
    const path = `/v1/companies/${other.company}/dataset-uploads`;
    const create = (length: number): Promise<Answer> =>
      other.call('POST', path, {
        cookie: somebody.cookie,
        headers: { ...TUS, 'upload-length': String(length) },
      });
    const made: Answer[] = [];
    for (let index = 0; index < 3; index += 1) made.push(await create(5));
    assert.deepEqual(new Set(made.map(({ status }) => status)), new Set([201]));
    // Of somebody else: they count all the same.
    const more = await signIn(other, { memberships: { [other.company]: 'member' } });
    for (let index = 0; index < 47; index += 1)
      await house.store.superuser(
        `insert into vouchsafe.upload (id, company_id, uploaded_by, filename, filetype, length, phase, created_at, touched_at)
         values ($1, $2, $3, 'x', '', 1, 'arriving', now(), now())`,
        [newId('upl', index), other.company, more.user],
      );
    const refused = await create(5);
    assert.deepEqual([refused.status, refused.json()['code']], [409, 'too_many_uploads']);
    const gone = await other.call('DELETE', String(made[0]?.headers.location), { cookie: somebody.cookie });
    assert.equal(gone.status, 204);
    assert.equal((await create(10 * 1024 ** 3)).status, 201);
    for (const { headers } of made.slice(1, 3))
      await other.call('DELETE', String(headers.location), { cookie: somebody.cookie });
    assert.equal((await create(10 * 1024 ** 3)).status, 409);
    await other.close();
  });
});

describe('a load', () => {
  it('makes a dataset of a file, and says how many rows and which version', async () => {
    const name = newName();
    const state = await load(await send('id,name\n1,Ada\n2,"B, C"\n'), {
      new: { name, visibility: 'private' },
    });
    assert.deepEqual(
      [state['phase'], state['version'], state['rows'], state['rejected'], state['failure']],
      ['loaded', 1, 2, 0, null],
    );
    const rows = await contentOf(state['dataset']);
    assert.deepEqual(
      rows.map((row) => row['name']),
      ['Ada', 'B, C'],
    );
    await removeLeft(house.store.database);
    const parts = await house.store.superuser('select 1 from vouchsafe.upload_part where upload_id = $1', [
      state['id'],
    ]);
    assert.equal(parts.length, 0, 'its bytes are gone');
    const [pages] = await house.store.superuser(
      `select relpages > 0 and relallvisible = relpages as are_settled from pg_class
        where oid = format('vouchsafe_data.%I', $1::text)::regclass`,
      [contentTable(String(state['dataset']), 1)],
    );
    assert.equal(pages?.['are_settled'], true, 'nobody has to write its pages once more');
    const events = await house.store.superuser(
      'select action, actor from vouchsafe.audit_event where target = $1 order by id',
      [state['dataset']],
    );
    assert.deepEqual(
      events.map((event) => event['action']),
      ['datasets.create', 'datasets.load'],
    );
  });

  it('replaces, appends, and leaves the versions before as they were', async () => {
    const name = newName();
    const first = await load(await send('id,name\n1,a\n'), { new: { name, visibility: 'company' } });
    const second = await load(await send('id,name\n2,b\n3,c\n'), { dataset: name, mode: 'append' });
    assert.deepEqual([second['phase'], second['version']], ['loaded', 2]);
    assert.equal((await contentOf(first['dataset'])).length, 3);
    const third = await load(await send('id,other\n9,z\n'), { dataset: first['dataset'] });
    assert.deepEqual([third['phase'], third['version']], ['loaded', 3]);
    assert.equal((await contentOf(first['dataset'])).length, 1);
    const differ = await load(await send('id,nobody\n9,z\n'), { dataset: name, mode: 'append' });
    assert.deepEqual([differ['phase'], differ['failure']], ['failed', 'columns_differ']);
    assert.equal((await datasetOf(name))?.['current_version'], 3);
  });

  it('stops at rows that do not fit and loads nothing, and gives them back as a file', async () => {
    const name = newName();
    const tables = await tablesOf();
    const path = await send('id,name\n1,a\n2,b,c\n3\n4,d\n');
    const state = await load(path, { new: { name, visibility: 'company' } });
    assert.deepEqual([state['phase'], state['failure'], state['rejected']], ['failed', 'rows_rejected', 2]);
    assert.equal(await datasetOf(name), undefined, 'what was made for it is gone');
    assert.equal(await tablesOf(), tables);
    const file = await call('GET', `${path}/rejected`);
    const lines = file.body.trim().split('\r\n');
    assert.equal(lines[0], '"line","column","reason"');
    assert.deepEqual(
      lines.slice(1).map((line) => line.split(',')[0]),
      ['"3"', '"4"'],
    );
    const skipped = await load(path, { new: { name, visibility: 'company' }, rejected: 'skip' });
    assert.deepEqual([skipped['phase'], skipped['rejected']], ['loaded', 2]);
    assert.equal((await contentOf(skipped['dataset'])).length, 2);
  });

  it('is refused where somebody else was quicker', async () => {
    const name = newName();
    await load(await send('id\n1\n'), { new: { name, visibility: 'company' } });
    const one = await send('id\n2\n');
    const two = await send('id\n3\n');
    for (const path of [one, two]) await settle(path);
    for (const path of [one, two])
      assert.equal((await call('POST', `${path}/load`, { dataset: name, expected_version: 1 })).status, 202);
    const states = [await settle(one), await settle(two)];
    assert.deepEqual(new Set(states.map((state) => state['failure'])), new Set(['version_conflict', null]));
    const late = await call('POST', `${await send('id\n')}/load`, { dataset: name, expected_version: 1 });
    assert.equal(late.status, 409);
  });

  it('is refused for a dataset of which its uploader may not know, and for a name that is taken', async () => {
    const name = newName();
    await load(await send('id\n1\n'), { new: { name, visibility: 'private' } });
    const path = await send('id\n1\n');
    await settle(path);
    const taken = await call('POST', `${path}/load`, { new: { name, visibility: 'company' } });
    assert.deepEqual([taken.status, taken.json()['code']], [409, 'dataset_name_taken']);
    for (const dataset of [
      'nobody',
      'dst_01kaw5r6c07z4t6q8r2ymhcdn0',
      "'; drop table vouchsafe.dataset --",
    ]) {
      const answer = await call('POST', `${path}/load`, { dataset });
      assert.deepEqual([answer.status, answer.json()['code']], [404, 'dataset_not_found'], dataset);
    }
    for (const order of [{}, { dataset: name, new: { name: 'x', visibility: 'company' } }])
      assert.equal((await call('POST', `${path}/load`, order)).status, 400);
  });

  it('leaves nothing where its uploader takes it back or is no member any more', async () => {
    const lines = Array.from({ length: 400_000 }, (_, index) => `${index},${'x'.repeat(20)}`).join('\n');
    for (const end of ['taken back', 'no member'] as const) {
      const person =
        end === 'no member' ? await signIn(house, { memberships: { [house.company]: 'member' } }) : owner;
      const earlier = owner;
      owner = person;
      const [path, name] = [await send(`id,name\n${lines}\n`), newName()];
      await settle(path);
      const tables = await tablesOf();
      assert.equal(
        (await call('POST', `${path}/load`, { new: { name, visibility: 'company' } })).status,
        202,
      );
      await loads.resume();
      for (;;) {
        const [row] = await house.store.superuser('select claim from vouchsafe.upload where id = $1', [
          path.split('/').at(-1),
        ]);
        if (row?.['claim'] != null) break;
        await pause(5);
      }
      if (end === 'taken back') assert.equal((await call('DELETE', path)).status, 204);
      else
        await house.store.superuser('delete from vouchsafe.member where company_id = $1 and user_id = $2', [
          house.company,
          person.user,
        ]);
      owner = earlier;
      await loads.close();
      loads = createLoads({
        database: house.store.database,
        connection: house.store.connections.app,
        isAlone: false,
        clock: systemClock,
        log,
      });
      assert.equal(await tablesOf(), tables, end);
      const dataset = await datasetOf(name);
      assert.equal(dataset?.['current_version'] ?? 0, 0, end);
    }
    assert.deepEqual(log.messages, [], 'no bugs');
  });
});
