/** Rows of datasets from the socket to PostgreSQL and back: who gets them, in which version, and what is left of a change. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { newId, type Id } from '../src/foundation/ids.ts';
import { makeDataset, publishRows } from './support/make-dataset.ts';
import { openHouse, type Answer, type House } from './support/house.ts';
import { signIn, type Visitor } from './support/people.ts';
import { HOSTILE } from './support/postgrest/any-query.ts';

let house: House;
let owner: Visitor;
let wells: Id<'dst'>;

const COLUMNS = [
  { name: 'id', type: 'int8' },
  { name: 'name', type: 'text' },
  { name: 'depth', type: 'numeric' },
] as const;
const ROWS = [
  { id: 1, name: 'Ekofisk', depth: 3000 },
  { id: 2, name: 'Troll', depth: 1500.5 },
  { id: 3, name: 'Gullfaks', depth: null },
];

interface Ask {
  readonly method?: string;
  readonly key?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

const ask = (
  path: string,
  { method = 'GET', key = house.key.secret.expose(), headers, body }: Ask = {},
): Promise<Answer> =>
  house.get(`/datasets/v1/${path}`, {
    method,
    headers: {
      authorization: `Bearer ${key}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });

const asMember = (
  person: Visitor,
  path: string,
  { method = 'GET', headers = {}, body }: Ask = {},
): Promise<Answer> =>
  house.call(method, `/v1/companies/${house.company}/datasets/${path}`, {
    cookie: person.cookie,
    headers,
    ...(body === undefined ? {} : { body }),
  });

const rowsOf = ({ body }: Answer): unknown => JSON.parse(body);

before(async () => {
  house = await openHouse();
  await house.store.superuser(
    "update vouchsafe.key set scopes = '{datasets:read,datasets:write}' where company_id = $1",
    [house.company],
  );
  owner = await signIn(house, { memberships: { [house.company]: 'owner' } });
  wells = await makeDataset(house.store, {
    company: house.company,
    name: 'wells',
    columns: COLUMNS,
    key: ['id'],
    rows: ROWS,
  });
});

describe('a read', () => {
  it('gives the rows with their number, and says which version it read', async () => {
    const all = await ask('wells');
    assert.deepEqual([all.status, rowsOf(all)], [200, ROWS]);
    assert.equal(all.headers['content-range'], '0-2/*');
    assert.equal(all.headers['dataset-version'], '1');
    assert.equal(all.headers['cache-control'], 'no-store');
  });

  it('filters, chooses, orders and counts as PostgREST does', async () => {
    const some = await ask('wells?select=name&depth=gt.1000&order=depth.desc', {
      headers: { prefer: 'count=exact' },
    });
    assert.deepEqual(rowsOf(some), [{ name: 'Ekofisk' }, { name: 'Troll' }]);
    assert.equal(some.headers['content-range'], '0-1/2');
    const one = await ask('wells?id=eq.2', { headers: { accept: 'application/vnd.pgrst.object+json' } });
    assert.deepEqual(rowsOf(one), ROWS[1]);
    const csv = await ask('wells?select=id,name&id=lt.3', { headers: { accept: 'text/csv' } });
    assert.equal(csv.body, 'id,name\n1,Ekofisk\n2,Troll');
    const planned = await ask('wells?id=lt.3', { headers: { prefer: 'count=planned' } });
    assert.match(String(planned.headers['content-range']), /^0-1\/\d+$/);
    const sum = await ask('wells?select=depth.sum()');
    assert.deepEqual(rowsOf(sum), [{ sum: 4500.5 }]);
  });

  it('answers HEAD with the fields alone', async () => {
    const head = await ask('wells', { method: 'HEAD', headers: { prefer: 'count=exact' } });
    assert.deepEqual([head.status, head.body, head.headers['content-range']], [200, '', '0-2/3']);
  });

  it('leads from page to page by the number of the last row, also by name of the hidden column', async () => {
    const seen: unknown[] = [];
    let next: string | undefined = '?select=id&limit=2';
    for (let pages = 0; next !== undefined && pages < 5; pages += 1) {
      const page: Answer = await ask(`wells${next}`);
      seen.push(...(rowsOf(page) as unknown[]));
      next = /^<([^>]+)>; rel="next"$/.exec(String(page.headers['link']))?.[1];
    }
    assert.deepEqual(seen, [{ id: 1 }, { id: 2 }, { id: 3 }]);
    const last = await ask('wells?select=id,%22vouchsafe:row%22&%22vouchsafe:row%22=gt.2');
    assert.deepEqual(rowsOf(last), [{ id: 3, 'vouchsafe:row': 3 }]);
    const text = await ask('wells?select=%22depth%22::text&id=eq.2');
    assert.deepEqual(rowsOf(text), [{ depth: '1500.5' }]);
  });

  it('takes a column called key for what it is, and a key in the header of Supabase’s clients', async () => {
    await makeDataset(house.store, {
      company: house.company,
      name: 'locks',
      columns: [{ name: 'key', type: 'text' }],
      rows: [{ key: 'a' }, { key: 'b' }],
    });
    const found = await ask('locks?key=eq.b');
    assert.deepEqual(rowsOf(found), [{ key: 'b' }]);
    const secret = house.key.secret.expose();
    const both = await ask('locks?key=eq.b', { headers: { apikey: secret } });
    assert.equal(both.status, 200);
    const alone = await house.get('/datasets/v1/locks', { headers: { apikey: secret } });
    assert.equal(alone.status, 200);
  });
});

describe('an error', () => {
  it('is in PostgREST’s form, whoever makes it', async () => {
    const cases: readonly (readonly [string, Ask, number, string])[] = [
      ['nothing', {}, 404, 'PGRST205'],
      ['wells@9', {}, 404, 'PGRST205'],
      ['No+Name', {}, 404, 'PGRST205'],
      ['wells?depth=gt.x', {}, 400, '22P02'],
      ['wells?nope=eq.1', {}, 400, '42703'],
      ['wells?offset=9', { headers: { prefer: 'count=exact' } }, 416, 'PGRST103'],
      ['wells?id=lt.3', { headers: { accept: 'application/vnd.pgrst.object+json' } }, 406, 'PGRST116'],
      ['wells', { key: 'vs_sk_live_x' }, 401, 'PGRST301'],
      ['wells', { method: 'DELETE' }, 400, '21000'],
      ['wells@1?id=eq.1', { method: 'DELETE' }, 405, '25006'],
      ['wells', { method: 'POST', body: { id: 1 } }, 409, '23505'],
      ['wells', { method: 'POST', body: { id: 9, 'vouchsafe:row': 9 } }, 400, '428C9'],
      ['wells', { method: 'OPTIONS' }, 405, 'PGRST117'],
    ];
    for (const [path, how, status, code] of cases) {
      const answer = await ask(path, how);
      const body = rowsOf(answer) as Record<string, unknown>;
      assert.deepEqual([answer.status, body['code']], [status, code], `${path} ${answer.body}`);
      assert.deepEqual(Object.keys(body).sort(), ['code', 'details', 'hint', 'message'], path);
    }
    const without = await house.get('/datasets/v1/wells');
    assert.deepEqual([without.status, without.json()['code']], [401, 'PGRST302']);
  });

  it('of a key without the scope is a 403, before anything is looked for', async () => {
    const { secret, id } = await house.keys.create({
      company: house.company,
      project: house.project,
      name: 'R',
    });
    await house.store.superuser("update vouchsafe.key set scopes = '{datasets:read}' where id = $1", [id]);
    const key = secret.expose();
    assert.equal((await ask('wells', { key })).status, 200);
    for (const method of ['POST', 'PATCH', 'PUT', 'DELETE']) {
      const answer = await ask('wells?id=eq.1', { key, method, body: {} });
      assert.deepEqual([answer.status, answer.json()['code']], [403, '42501']);
    }
  });
});

describe('a change', () => {
  it('makes a version, whole or not at all, and tells the log of the company without content', async () => {
    const id = await makeDataset(house.store, {
      company: house.company,
      name: 'rigs',
      columns: COLUMNS,
      key: ['id'],
      rows: ROWS,
    });
    const added = await ask('rigs', {
      method: 'POST',
      body: [{ id: 4, name: 'Snorre', depth: 2500 }],
      headers: { prefer: 'return=representation' },
    });
    assert.deepEqual([added.status, rowsOf(added)], [201, [{ id: 4, name: 'Snorre', depth: 2500 }]]);
    assert.equal(added.headers['dataset-version'], '2');
    const located = await ask('rigs', {
      method: 'POST',
      body: { id: 5 },
      headers: { prefer: 'return=headers-only' },
    });
    assert.equal(located.headers['location'], '/datasets/v1/rigs?id=eq.5');
    const half = await ask('rigs', { method: 'POST', body: [{ id: 6 }, { id: 1 }] });
    assert.equal(half.status, 409);
    const changed = await ask('rigs?id=gte.4', { method: 'PATCH', body: { depth: 1 } });
    assert.deepEqual([changed.status, changed.headers['dataset-version']], [204, '4']);
    const put = await ask('rigs?id=eq.7', { method: 'PUT', body: { id: 7, name: 'New', depth: 7 } });
    assert.deepEqual([put.status, put.headers['dataset-version']], [201, '5']);
    const merged = await ask('rigs', {
      method: 'POST',
      body: [{ id: 7, name: 'Newer', depth: 7 }],
      headers: { prefer: 'resolution=merge-duplicates' },
    });
    assert.deepEqual([merged.status, merged.headers['dataset-version']], [200, '6']);
    const removed = await ask('rigs?id=gt.3', { method: 'DELETE', headers: { prefer: 'count=exact' } });
    assert.deepEqual([removed.status, removed.headers['content-range']], [204, '*/3']);
    assert.deepEqual(rowsOf(await ask('rigs')), ROWS);
    const events = await house.store.superuser(
      'select actor, action, details from vouchsafe.audit_event where target = $1 order by at, id',
      [id],
    );
    assert.equal(events.length, 6);
    assert.deepEqual(events[0], {
      actor: house.key.id,
      action: 'datasets.edit',
      details: { version: 2, added: 1, changed: 0, removed: 0 },
    });
    assert.ok(!JSON.stringify(events).includes('Snorre'));
  });

  it('is read beside the version before it, which stays what it was', async () => {
    await makeDataset(house.store, {
      company: house.company,
      name: 'both',
      columns: COLUMNS,
      key: ['id'],
      rows: ROWS,
    });
    await ask('both?id=eq.1', { method: 'PATCH', body: { name: 'Changed' } });
    await ask('both?id=eq.2', { method: 'DELETE' });
    const versions = await Promise.all(
      Array.from({ length: 24 }, (_, index) => ask(`both@${(index % 3) + 1}?select=id,name`)),
    );
    const expected = [
      [
        { id: 1, name: 'Ekofisk' },
        { id: 2, name: 'Troll' },
        { id: 3, name: 'Gullfaks' },
      ],
      [
        { id: 1, name: 'Changed' },
        { id: 2, name: 'Troll' },
        { id: 3, name: 'Gullfaks' },
      ],
      [
        { id: 1, name: 'Changed' },
        { id: 3, name: 'Gullfaks' },
      ],
    ];
    for (const [index, answer] of versions.entries()) {
      assert.deepEqual(rowsOf(answer), expected[index % 3]);
      assert.equal(answer.headers['dataset-version'], String((index % 3) + 1));
    }
  });

  it('that rolls back answers and leaves nothing, as does one that touches more than it may', async () => {
    await makeDataset(house.store, {
      company: house.company,
      name: 'tries',
      columns: COLUMNS,
      key: ['id'],
      rows: ROWS,
    });
    const tried = await ask('tries?id=eq.1', {
      method: 'PATCH',
      body: { name: 'X' },
      headers: { prefer: 'tx=rollback, return=representation' },
    });
    assert.deepEqual(
      [tried.status, tried.headers['preference-applied']],
      [200, 'return=representation, tx=rollback'],
    );
    assert.deepEqual(rowsOf(tried), [{ id: 1, name: 'X', depth: 3000 }]);
    const tooMany = await ask('tries?id=gt.0', {
      method: 'DELETE',
      headers: { prefer: 'handling=strict, max-affected=2' },
    });
    assert.deepEqual([tooMany.status, tooMany.json()['code']], [400, 'PGRST124']);
    const after = await ask('tries');
    assert.deepEqual([rowsOf(after), after.headers['dataset-version']], [ROWS, '1']);
  });

  it('of two at once waits for the other, and one that expects another version is refused', async () => {
    await makeDataset(house.store, {
      company: house.company,
      name: 'races',
      columns: COLUMNS,
      key: ['id'],
      rows: ROWS,
    });
    const both = await Promise.all(
      [1, 2, 3, 4, 5, 6].map((depth) =>
        ask('races?id=eq.1', { method: 'PATCH', body: { depth }, headers: { 'if-match': '"1"' } }),
      ),
    );
    assert.deepEqual(
      both.map(({ status }) => status).sort((a, b) => a - b),
      [204, 412, 412, 412, 412, 412],
    );
    const refused = both.find(({ status }) => status === 412);
    assert.equal(refused?.json()['code'], 'version_moved_on');
    const all = await Promise.all(
      [11, 12, 13].map((id) => ask('races', { method: 'POST', body: { id, name: 'n', depth: 1 } })),
    );
    assert.deepEqual(
      all.map(({ headers }) => Number(headers['dataset-version'])).sort((a, b) => a - b),
      [3, 4, 5],
    );
  });

  it('of a body that is longer than strangers may send is taken from who may', async () => {
    await makeDataset(house.store, { company: house.company, name: 'long', columns: COLUMNS, key: ['id'] });
    const rows = Array.from({ length: 5000 }, (_, id) => ({ id, name: 'x'.repeat(40), depth: id }));
    assert.equal((await ask('long', { method: 'POST', body: rows })).status, 201);
    const counted = await ask('long?limit=1', { headers: { prefer: 'count=exact' } });
    assert.equal(counted.headers['content-range'], '0-0/5000');
    const capped = await ask('long');
    assert.equal((rowsOf(capped) as unknown[]).length, 1000, 'the row cap');
    assert.match(String(capped.headers['link']), /limit=1000&.*gt\.1000>; rel="next"$/);
  });
});

describe('a member', () => {
  it('reads and changes at the company’s own address, by role', async () => {
    const viewer = await signIn(house, { memberships: { [house.company]: 'viewer' } });
    const read = await asMember(viewer, 'wells/rows?id=eq.1');
    assert.deepEqual([read.status, rowsOf(read)], [200, [ROWS[0]]]);
    const byId = await asMember(viewer, `${wells}/rows?id=eq.1`);
    assert.deepEqual(rowsOf(byId), [ROWS[0]]);
    const refused = await asMember(viewer, 'wells/rows?id=eq.1', { method: 'PATCH', body: { depth: 3000 } });
    assert.deepEqual([refused.status, refused.json()['code']], [403, '42501']);
    const done = await asMember(owner, 'wells/rows?id=eq.1', { method: 'PATCH', body: { depth: 3000 } });
    assert.deepEqual(
      [done.status, done.headers['dataset-version']],
      [204, '1'],
      'nothing changed, no version',
    );
  });

  it('sees nothing of a private dataset, from the first request after a grant is taken away', async () => {
    const friend = await signIn(house, { memberships: { [house.company]: 'member' } });
    const secret = await makeDataset(house.store, {
      company: house.company,
      owner: owner.user,
      name: 'secret',
      visibility: 'private',
      columns: COLUMNS,
      key: ['id'],
      rows: ROWS,
    });
    const statuses = async (): Promise<readonly unknown[]> => {
      const answers = await Promise.all([
        asMember(friend, 'secret/rows'),
        asMember(friend, `${secret}/rows?nope=eq.1`),
        asMember(friend, 'secret/rows?id=eq.1', { method: 'PATCH', body: { depth: 1 } }),
      ]);
      return answers.map(({ status }) => status);
    };
    const hidden = await asMember(friend, 'secret/rows');
    const absent = await asMember(friend, 'absent/rows');
    assert.deepEqual([hidden.status, hidden.body], [404, absent.body]);
    assert.deepEqual(await statuses(), [404, 404, 404]);
    await house.store.superuser(
      `insert into vouchsafe.dataset_grant (id, dataset_id, company_id, user_id, acting_company_id, "right", granted_at)
       values ($1, $2, $3, $4, $3, 'read', now())`,
      [newId('grt', Date.now()), secret, house.company, friend.user],
    );
    assert.deepEqual(await statuses(), [200, 400, 403]);
    await house.store.superuser('delete from vouchsafe.dataset_grant where dataset_id = $1', [secret]);
    assert.deepEqual(await statuses(), [404, 404, 404]);
    assert.equal((await ask('secret')).status, 404, 'a key sees what members share');
  });

  it('of another company reads what is shared with them by id, and what was replaced under their hands', async () => {
    const { company } = await house.accounts.createCompany({
      companyName: 'Away',
      projectName: 'P',
      limits: { perSecond: 1000, burst: 1000, perDay: null, perMonth: null, isSoft: false },
    });
    const guest = await signIn(house, { memberships: { [company]: 'member' } });
    const at = `/v1/companies/${company}/datasets/${wells}/rows?select=id&order=id`;
    assert.equal((await house.call('GET', at, { cookie: guest.cookie })).status, 404);
    await house.store.superuser('update vouchsafe.company set datasets_outside = true where id = $1', [
      house.company,
    ]);
    await house.store.superuser('update vouchsafe.dataset set shared_outside = true where id = $1', [wells]);
    await house.store.superuser(
      `insert into vouchsafe.dataset_grant (id, dataset_id, company_id, user_id, acting_company_id, "right", granted_at)
       values ($1, $2, $3, $4, $5, 'read', now())`,
      [newId('grt', Date.now()), wells, house.company, guest.user, company],
    );
    const shared = await house.call('GET', at, { cookie: guest.cookie });
    assert.deepEqual([shared.status, rowsOf(shared)], [200, [{ id: 1 }, { id: 2 }, { id: 3 }]]);
    await publishRows(house.store, wells, {
      company: house.company,
      name: 'wells',
      columns: [{ name: 'id', type: 'text' }],
      rows: [{ id: 'new' }],
    });
    const replaced = await house.call('GET', at, { cookie: guest.cookie });
    assert.deepEqual([replaced.status, rowsOf(replaced)], [200, [{ id: 'new' }]]);
  });
});

describe('hostile names and values', () => {
  it('are stored, filtered, sorted and given back as they came', async () => {
    const names = [
      '"; drop table vouchsafe.dataset; --',
      "o'clock",
      '$1',
      'with space',
      'select',
      'naïve',
      'a"b\\c',
      '*',
    ];
    await makeDataset(house.store, {
      company: house.company,
      name: 'hostile',
      columns: [{ name: 'id', type: 'int8' }, ...names.map((name) => ({ name, type: 'text' as const }))],
      key: ['id'],
    });
    const quoted = (name: string): string =>
      encodeURIComponent(`"${name.replaceAll(/["\\]/g, String.raw`\$&`)}"`);
    const values = HOSTILE.filter((value) => value.isWellFormed());
    const rows = values.map((value, id) => ({
      id,
      ...Object.fromEntries(names.map((name) => [name, value])),
    }));
    const made = await ask('hostile', { method: 'POST', body: rows });
    assert.equal(made.status, 201, made.body);
    assert.deepEqual(rowsOf(await ask('hostile')), rows);
    for (const [id, value] of values.entries()) {
      const name = names[id % names.length] ?? '';
      const filter = `${quoted(name)}=eq.${encodeURIComponent(value)}`;
      const found = await ask(`hostile?select=id&${filter}&order=${quoted(name)}`);
      assert.deepEqual([found.status, rowsOf(found)], [200, [{ id }]], `${name} ${value}`);
      const renamed = await ask(`hostile?select=${quoted(value.slice(0, 60))}:id&id=eq.${id}`);
      assert.deepEqual(rowsOf(renamed), [{ [value.slice(0, 60)]: id }]);
    }
    assert.equal(
      ((await house.store.superuser('select count(*)::int as n from vouchsafe.dataset'))[0]?.[
        'n'
      ] as number) > 0,
      true,
    );
  });

  it('in every place of a request are refused or harmless, and nothing of them is repeated or logged', async () => {
    const secret = 'x9d1f3-sentinel';
    for (const value of [...HOSTILE, `'${secret}`, `"${secret}"),(`]) {
      const text = encodeURIComponent(value.toWellFormed());
      for (const search of [
        `select=${text}`,
        `order=${text}`,
        `${text}=eq.1`,
        `id=${text}`,
        `id=in.(${text})`,
        `or=(${text})`,
        `limit=${text}`,
        `columns=${text}`,
        `on_conflict=${text}`,
        `select=id::${text}`,
        `name=fts(${text}).x`,
      ]) {
        const answer = await ask(`wells?${search}`);
        assert.ok(answer.status < 500, `${search} ${answer.body}`);
        if (answer.status >= 400) assert.ok(!answer.body.includes(secret), search);
      }
      for (const name of ['prefer', 'range', 'accept']) {
        const answer = await ask('wells', { headers: { [name]: value.replaceAll(/[^\x20-\x7e]/g, '?') } });
        assert.ok(answer.status < 500, `${name} ${value}`);
      }
    }
    assert.ok(!house.lines.join('').includes(secret));
  });
});
