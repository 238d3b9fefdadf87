/** Uploads by programs: the same as for members, with an API key, and nobody's but that key's. */
import assert from 'node:assert/strict';
import { request } from 'node:https';
import { after, before, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { DefaultHttpStack, Upload } from 'tus-js-client';
import type { Scope } from '../src/foundation/caller.ts';
import type { CreatedKey } from '../src/keys/service.ts';
import { openHouse, type House } from './support/house.ts';
import { signIn, type Visitor } from './support/people.ts';
import { openUploader, type KeyHolder, type Uploader } from './support/uploader.ts';

type Opened = Uploader & { close(): Promise<void> };

const BASE = '/v1/dataset-uploads';
const MEBIBYTE = 1024 * 1024;
const WRITES: readonly Scope[] = ['datasets:read', 'datasets:write'];

let house: House;
let key: CreatedKey;
let program: Opened;
let owner: Visitor;
let count = 0;
const newName = (): string => `by_key_${(count += 1)}`;
const holder = (one: CreatedKey): KeyHolder => ({ secret: one.secret.expose() });
const makeKey = (scopes = WRITES): Promise<CreatedKey> =>
  house.keys.create({ company: house.company, project: house.project, name: 'Loader', scopes });
const codeOf = (answer: { json(): Record<string, unknown> }): unknown => answer.json()['code'];

before(async () => {
  house = await openHouse();
  key = await makeKey();
  owner = await signIn(house, { memberships: { [house.company]: 'owner' } });
  program = openUploader(house, holder(key));
});
after(() => program.close());

const eventsOf = (dataset: unknown): Promise<readonly Record<string, unknown>[]> =>
  house.store.superuser(
    'select action, actor, details from vouchsafe.audit_event where target = $1 order by id',
    [dataset],
  );
const datasetOf = async (name: string): Promise<Record<string, unknown> | undefined> =>
  (await house.store.superuser('select * from vouchsafe.dataset where name = $1', [name]))[0];
const uploadsIn = (path: string): Promise<readonly Record<string, unknown>[]> =>
  house.store.superuser('select phase from vouchsafe.upload where id = $1', [path.split('/').at(-1)]);

/** Waits until a revocation or a change of scopes is known to the gate. */
const untilRefused = async (path: string, as: KeyHolder): Promise<{ status: number; code: unknown }> => {
  for (let round = 0; round < 400; round += 1) {
    const answer = await program.call('GET', `${path}/state`, undefined, as);
    if (answer.status === 401 || answer.status === 403)
      return { status: answer.status, code: codeOf(answer) };
    await pause(25);
  }
  throw new Error('it is never refused');
};

describe('an upload with a key', () => {
  it('comes through tus-js-client as it is, goes on after a broken connection, and becomes a version', async () => {
    const name = newName();
    const lines = Array.from(
      { length: 40_000 },
      (_, index) => `${index},well ${index * 7919},${'é'.repeat(30)}`,
    );
    const bytes = Buffer.from(`id,name,note\n${lines.join('\n')}\n`);
    let url: string | undefined;
    const options = (): ConstructorParameters<typeof Upload>[1] => ({
      endpoint: `${house.url}${BASE}`,
      httpStack: new DefaultHttpStack({ ca: house.ca, servername: 'localhost' }),
      headers: { authorization: `Bearer ${key.secret.expose()}` },
      chunkSize: 700_001,
      uploadSize: bytes.length,
      retryDelays: null,
      metadata: { filename: 'wells.csv', filetype: 'text/csv' },
      ...(url === undefined ? {} : { uploadUrl: url }),
    });
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
    assert.ok(url.includes(`${BASE}/upl_`), url);
    const path = new URL(url).pathname;
    const offset = Number((await program.state(path))['offset']);
    assert.ok(offset >= 700_001 && offset < bytes.length, String(offset));
    await new Promise<void>((resolve, reject) => {
      new Upload(Buffer.from(bytes) as never, {
        ...options(),
        onError: reject,
        onSuccess: () => resolve(),
      }).start();
    });
    const state = await program.load(path, { new: { name } });
    assert.deepEqual([state.phase, state['rows'], state['version']], ['loaded', 40_000, 1]);
    const rows = await program.call('GET', `/datasets/v1/${name}?select=name&id=eq.39999`);
    assert.deepEqual(JSON.parse(rows.body), [{ name: `well ${39_999 * 7919}` }]);
    const dataset = await datasetOf(name);
    assert.deepEqual([dataset?.['visibility'], dataset?.['owner_id']], ['company', null]);
    assert.deepEqual(await eventsOf(state.dataset), [
      { action: 'datasets.create', actor: key.id, details: { name, visibility: 'company' } },
      {
        action: 'datasets.load',
        actor: key.id,
        details: { version: 1, rows: 40_000, rejected: 0, mode: 'replace' },
      },
    ]);
    const versions = await program.call(
      'GET',
      `/v1/companies/${house.company}/datasets/${name}/versions`,
      undefined,
      owner,
    );
    const [version] = versions.json()['items'] as { made_by: unknown }[];
    assert.deepEqual(version?.made_by, { user: null, key: key.id, name: 'Loader' });
    assert.deepEqual(program.bugs(), []);
  });

  it('is looked at, corrected, appended and taken back as a member’s is', async () => {
    const name = newName();
    const first = await program.send('id,depth\n1,10\n2,x\n', 'a.csv');
    await program.correct(first, { columns: [{ type: 'int8' }, { type: 'int4' }] });
    const failed = await program.load(first, { new: { name } });
    assert.deepEqual([failed.phase, failed.failure, failed.rejected], ['failed', 'rows_rejected', 1]);
    assert.equal(await datasetOf(name), undefined, 'what was made for it is gone');
    const rejected = (await program.download(`${first}/rejected`)).toString();
    assert.match(rejected, /^"line","column","reason"\r\n"3","depth",/);
    const loaded = await program.load(first, { new: { name }, rejected: 'skip' });
    assert.deepEqual([loaded.phase, loaded['version'], loaded['rows']], ['loaded', 1, 2]);
    const second = await program.send('id,depth\n3,30\n', 'b.csv');
    const appended = await program.load(second, { dataset: name, mode: 'append', expected_version: 1 });
    assert.deepEqual([appended.phase, appended['version']], ['loaded', 2]);
    const rows = await program.call('GET', `/datasets/v1/${name}?order=id`);
    assert.deepEqual(JSON.parse(rows.body), [
      { id: 1, depth: 10 },
      { id: 3, depth: 30 },
    ]);
    const third = await program.send('id\n1\n', 'c.csv');
    const late = await program.call('POST', `${third}/load`, { dataset: name, expected_version: 1 });
    assert.equal(late.status, 409, late.body);
    assert.equal((await program.call('DELETE', third)).status, 204);
    assert.deepEqual(await uploadsIn(third), []);
  });

  it('is refused for private datasets, which it neither sees nor makes', async () => {
    const name = newName();
    const member = openUploader(house, owner);
    try {
      const own = await member.send('id\n1\n', 'private.csv');
      const made = await member.load(own, { new: { name, visibility: 'private' } });
      assert.equal(made.phase, 'loaded');
      const path = await program.send('id\n2\n', 'a.csv');
      await program.settle(path);
      for (const dataset of [name, made.dataset, 'nobody']) {
        const answer = await program.call('POST', `${path}/load`, { dataset });
        assert.deepEqual([answer.status, codeOf(answer)], [404, 'dataset_not_found'], String(dataset));
      }
      const order = { new: { name: newName(), visibility: 'private' } };
      const refused = await program.call('POST', `${path}/load`, order);
      assert.deepEqual([refused.status, refused.json()['field']], [400, '/new/visibility'], refused.body);
    } finally {
      await member.close();
    }
  });

  it('is shown to this key alone: to no other key, no member, and no other company', async () => {
    const path = await program.send('id\n1\n', 'a.csv');
    await program.settle(path);
    const other = await openHouse({ beside: house });
    const foreignKey = await other.keys.create({
      company: other.company,
      project: other.project,
      name: 'Foreign',
      scopes: WRITES,
    });
    assert.notEqual(other.company, house.company);
    const strangers = [holder(await makeKey()), holder(foreignKey)];
    const calls = [
      ['GET', ''],
      ['GET', '/state'],
      ['GET', '/plan'],
      ['PATCH', '/plan'],
      ['POST', '/load'],
      ['GET', '/rejected'],
      ['DELETE', ''],
    ] as const;
    for (const stranger of strangers) {
      for (const [method, more] of calls) {
        const body = method === 'POST' ? { new: { name: newName() } } : method === 'PATCH' ? {} : undefined;
        const answer = await program.call(method, `${path}${more}`, body, stranger);
        assert.deepEqual([answer.status, codeOf(answer)], [404, 'upload_not_found'], `${method} ${more}`);
      }
      const part = await house.get(path, {
        method: 'PATCH',
        headers: {
          authorization: `Bearer ${stranger.secret}`,
          'tus-resumable': '1.0.0',
          'upload-offset': '0',
          'content-type': 'application/offset+octet-stream',
        },
        body: 'x',
      });
      assert.equal(part.status, 404, part.body);
      assert.deepEqual((await program.call('GET', BASE, undefined, stranger)).json()['items'], []);
    }
    const ofMembers = `/v1/companies/${house.company}/dataset-uploads`;
    const asOwner = await program.call('GET', path.replace(BASE, ofMembers), undefined, owner);
    assert.deepEqual([asOwner.status, codeOf(asOwner)], [404, 'upload_not_found']);
    const ofOwner = (await program.call('GET', ofMembers, undefined, owner)).json();
    assert.ok(!JSON.stringify(ofOwner['items']).includes(path.split('/').at(-1) ?? '-'));
    const own = (await program.call('GET', BASE)).json()['items'] as { id: string }[];
    assert.ok(own.some(({ id }) => path.endsWith(id)));
    const { phase } = await program.state(path);
    assert.equal(phase, 'ready', 'nothing of all that has touched it');
  });

  it('does not let a key see what a member uploads', async () => {
    const member = openUploader(house, owner);
    try {
      const path = await member.send('id\n1\n', 'mine.csv');
      const id = path.split('/').at(-1) ?? '';
      const answer = await program.call('GET', `${BASE}/${id}`);
      assert.deepEqual([answer.status, codeOf(answer)], [404, 'upload_not_found']);
      const listed = (await program.call('GET', BASE)).json()['items'] as { id: string }[];
      assert.ok(listed.every((one) => one.id !== id));
    } finally {
      await member.close();
    }
  });

  it('is refused to a key that may only read', async () => {
    const reader = holder(await makeKey(['datasets:read']));
    for (const [method, path] of [
      ['POST', BASE],
      ['GET', BASE],
      ['GET', `${BASE}/upl_01kaw5r6c07z4t6q8r2ymhcdn0`],
    ] as const) {
      const answer = await program.call(method, path, undefined, reader);
      assert.deepEqual([answer.status, codeOf(answer)], [403, 'forbidden'], answer.body);
    }
  });

  it('goes on with the new secret of its key', async () => {
    const rotated = await makeKey();
    const older = openUploader(house, holder(rotated));
    try {
      const path = await older.send('id\n1\n', 'a.csv');
      const secret = (await house.keys.rotate(house.company, rotated.id, 24)).secret.expose();
      const answer = await program.call('GET', `${path}/state`, undefined, { secret });
      assert.equal(answer.status, 200, answer.body);
    } finally {
      await older.close();
    }
  });
});

describe('an upload whose key', () => {
  it('is revoked while a part comes in takes nothing more of it', async () => {
    const ended = await makeKey();
    const authorization = `Bearer ${ended.secret.expose()}`;
    const piece = Buffer.alloc(MEBIBYTE, 'x');
    const begun = await house.get(BASE, {
      method: 'POST',
      headers: { authorization, 'tus-resumable': '1.0.0', 'upload-length': String(4 * MEBIBYTE) },
    });
    assert.equal(begun.status, 201, begun.body);
    const path = String(begun.headers.location);
    const sent = request({
      host: '127.0.0.1',
      port: house.port,
      ca: house.ca,
      servername: 'localhost',
      method: 'PATCH',
      path,
      headers: {
        authorization,
        'tus-resumable': '1.0.0',
        'upload-offset': '0',
        'content-type': 'application/offset+octet-stream',
        'content-length': String(4 * MEBIBYTE),
      },
    });
    const status = new Promise<number | undefined>((resolve, reject) => {
      sent.on('response', (message) => resolve(message.resume().statusCode));
      sent.on('error', reject);
    });
    sent.write(piece);
    const storedBytes = async (): Promise<number> => {
      const [row] = await house.store.superuser(
        'select coalesce(max(finish), 0)::int as bytes from vouchsafe.upload_part where upload_id = $1',
        [path.split('/').at(-1)],
      );
      return Number(row?.['bytes']);
    };
    while ((await storedBytes()) < MEBIBYTE) await pause(10);
    await house.keys.revoke(house.company, ended.id, 'test');
    sent.end(Buffer.concat([piece, piece, piece]));
    assert.equal(await status, 404);
    assert.ok((await storedBytes()) <= MEBIBYTE);
  });

  it('is deleted goes with it', async () => {
    const deleted = await makeKey();
    const loader = openUploader(house, holder(deleted));
    try {
      const path = await loader.send('id\n1\n', 'a.csv');
      await house.store.superuser('delete from vouchsafe.key where id = $1', [deleted.id]);
      assert.deepEqual(await uploadsIn(path), []);
    } finally {
      await loader.close();
    }
  });

  const ends: readonly [string, number, (one: CreatedKey) => Promise<unknown>][] = [
    ['is revoked', 401, (one) => house.keys.revoke(house.company, one.id, 'test')],
    [
      'may write no more',
      403,
      (one) =>
        house.store.superuser("update vouchsafe.key set scopes = '{datasets:read}' where id = $1", [one.id]),
    ],
  ];
  for (const [what, status, end] of ends)
    it(`${what} ends with the next request, and what it loads is not loaded`, async () => {
      const lines = Array.from({ length: 400_000 }, (_, index) => `${index},${'x'.repeat(20)}`).join('\n');
      const ended = await makeKey();
      const loader = openUploader(house, holder(ended));
      try {
        const name = newName();
        const path = await loader.send(`id,name\n${lines}\n`, 'large.csv');
        await loader.beginLoad(path, { new: { name } });
        await end(ended);
        assert.equal((await untilRefused(path, holder(ended))).status, status);
        // A look finds that it is over: it goes with its bytes, and so does the dataset that was made for it.
        const gone = async (): Promise<boolean> => {
          // Another key looks for work; it sees nothing of this one.
          assert.equal((await program.settle(path))['code'], 'upload_not_found');
          return (await uploadsIn(path)).length === 0 && (await datasetOf(name)) === undefined;
        };
        for (let round = 0; !(await gone()); round += 1) {
          assert.ok(round < 200, 'it is never over');
          await pause(50);
        }
        assert.deepEqual(loader.bugs(), []);
      } finally {
        await loader.close();
      }
    });
});
