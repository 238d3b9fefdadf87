/** What an upload leaves is out of reach at once and is removed in pieces, whatever ended it. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { removeLeft, sweepUploads } from '../src/datasets/uploads/remove-left.ts';
import { eraseProject } from '../src/accounts/store.ts';
import { takeUploadBack } from '../src/datasets/uploads/service.ts';
import { endUploadsOfKeys } from '../src/datasets/uploads/store.ts';
import { newId, type CompanyId, type UploadId, type UserId } from '../src/foundation/ids.ts';
import { deleteAccount } from '../src/leaving/service.ts';
import { removeUploadedOf } from '../src/leaving/erase-company.ts';
import { eraseCompanyRows } from '../src/leaving/store.ts';
import { fillTables, markedOnes } from './support/fill-tables.ts';
import { testDatabase, type TestDatabase } from './support/database.ts';

const NOW = Date.UTC(2026, 10, 22, 12);
const PARTS = 23;
const REJECTIONS = 31;
/** No statement of this database may delete more. */
const BOUNDS = { parts: 5, rejections: 7 };

let store: TestDatabase;

before(async () => {
  store = await testDatabase();
  for (const [table, bound] of [
    ['upload_part', BOUNDS.parts],
    ['upload_rejection', BOUNDS.rejections],
  ] as const) {
    await store.superuser(`
      create function public.bound_${table}() returns trigger language plpgsql as $$
      begin
        if (select count(*) from gone) > ${bound} then raise exception 'too many of ${table} in one statement'; end if;
        return null;
      end $$`);
    await store.superuser(`
      create trigger bounded after delete on vouchsafe.${table} referencing old table as gone
        for each statement execute function public.bound_${table}()`);
  }
});

interface Sent {
  readonly company: CompanyId;
  readonly user: UserId;
  readonly email: string;
  readonly key: string;
  readonly project: string;
  readonly upload: UploadId;
}

/** A company of its own with an upload of many parts, by its member or by its key. */
const send = async (by: 'member' | 'key', phase = 'ready'): Promise<Sent> => {
  const { superuser } = store;
  const marked = markedOnes();
  await fillTables(superuser, marked);
  const { company, user, email } = marked;
  await superuser('delete from vouchsafe.upload where company_id = $1', [company]);
  await removeLeft(store.database, undefined, BOUNDS);
  const [row] = await superuser('select id, project_id from vouchsafe.key where company_id = $1 limit 1', [
    company,
  ]);
  const key = String(row?.['id']);
  await superuser(
    "update vouchsafe.key set scopes = '{datasets:write}', revoked_at = null, expires_at = null where id = $1",
    [key],
  );
  const upload = newId('upl', NOW);
  await superuser(
    `insert into vouchsafe.upload (id, company_id, uploaded_by, uploaded_by_key, filename, filetype, length, phase, created_at, touched_at)
     values ($1, $2, $3, $4, 'wells.csv', 'text/csv', $5, $6, $7, $7)`,
    [upload, company, by === 'member' ? user : null, by === 'key' ? key : null, PARTS, phase, new Date(NOW)],
  );
  await superuser(
    "insert into vouchsafe.upload_part select $1, $2, n, n + 1, 'x' from generate_series(0, $3::int - 1) as n",
    [upload, company, PARTS],
  );
  await superuser(
    `insert into vouchsafe.upload_rejection
     select $1, $2, n, n, null, 'too long' from generate_series(1, $3::int) as n`,
    [upload, company, REJECTIONS],
  );
  return { company, user, email, key, project: String(row?.['project_id']), upload };
};

const countOf = async (table: string, { upload }: Sent): Promise<number> => {
  const column = table === 'upload' ? 'id' : 'upload_id';
  return (await store.superuser(`select 1 from vouchsafe.${table} where ${column} = $1`, [upload])).length;
};

const isGone = async (sent: Sent): Promise<void> => {
  assert.equal(await countOf('upload', sent), 0, 'gone with the request');
  assert.equal(await countOf('upload_part', sent), PARTS, 'and its bytes are left to the upkeep');
  await removeLeft(store.database, undefined, BOUNDS);
  assert.equal(await countOf('upload_part', sent), 0);
  assert.equal(await countOf('upload_rejection', sent), 0);
};

describe('an upload of many parts', () => {
  const ends: readonly [string, 'member' | 'key', (sent: Sent) => Promise<unknown>][] = [
    [
      'is taken back',
      'member',
      ({ company, user, upload }) => takeUploadBack(store.database, { company, user }, upload),
    ],
    ['is swept', 'member', () => sweepUploads(store.database, new Date(NOW + 1))],
    [
      'loses its member',
      'member',
      async ({ company, user }) => {
        const other = markedOnes();
        await fillTables(store.superuser, other);
        await store.superuser(
          "insert into vouchsafe.member (company_id, user_id, role, joined_at) values ($1, $2, 'owner', now())",
          [company, other.user],
        );
        await store.superuser('delete from vouchsafe.member where company_id = $1 and user_id = $2', [
          company,
          user,
        ]);
      },
    ],
    ['loses its key', 'key', ({ key }) => store.superuser('delete from vouchsafe.key where id = $1', [key])],
    [
      'has a key that is revoked',
      'key',
      async ({ key }) => {
        await store.superuser('update vouchsafe.key set revoked_at = now() where id = $1', [key]);
        await store.database.run(endUploadsOfKeys, []);
      },
    ],
    [
      'loses its project',
      'key',
      ({ company, user, project }) =>
        store.database.as({ company, user }, (tx) => tx.all(eraseProject, [project])),
    ],
  ];
  for (const [what, by, end] of ends)
    it(`that ${what} is gone at once, and its bytes go in pieces`, async () => {
      const sent = await send(by);
      await end(sent);
      await isGone(sent);
    });

  const erasures: readonly [string, (sent: Sent) => Promise<unknown>][] = [
    ['account', ({ user, email }) => deleteAccount(store.database, { user, email, now: NOW })],
    [
      'company',
      ({ company, user }) =>
        store.database.as({ company, user }, (tx) => tx.all(eraseCompanyRows, [company])),
    ],
  ];
  for (const [what, erase] of erasures)
    it(`that loses its ${what} leaves no byte once that is erased, and went in pieces`, async () => {
      const sent = await send('member');
      await removeUploadedOf(store.database, sent.company, BOUNDS);
      assert.deepEqual([await countOf('upload_part', sent), await countOf('upload_rejection', sent)], [0, 0]);
      await erase(sent);
      assert.deepEqual([await countOf('upload_part', sent), await countOf('upload_rejection', sent)], [0, 0]);
    });

  it('that is loaded keeps its rejected rows and loses its bytes in pieces', async () => {
    const sent = await send('member', 'loaded');
    await removeLeft(store.database, undefined, BOUNDS);
    assert.deepEqual(
      [await countOf('upload_part', sent), await countOf('upload_rejection', sent)],
      [0, REJECTIONS],
    );
  });

  it('that is on its way keeps all, while what others leave is removed', async () => {
    const [kept, gone] = [await send('member'), await send('key')];
    await store.superuser('delete from vouchsafe.upload where id = $1', [gone.upload]);
    let asked = 0;
    await removeLeft(store.database, () => (asked += 1) > 2, BOUNDS);
    assert.equal(await countOf('upload_part', gone), PARTS - 2 * BOUNDS.parts, 'broken off after two pieces');
    await isGoneLater(gone);
    assert.deepEqual(
      [await countOf('upload_part', kept), await countOf('upload_rejection', kept)],
      [PARTS, REJECTIONS],
    );
  });
});

const isGoneLater = async (sent: Sent): Promise<void> => {
  await removeLeft(store.database, undefined, BOUNDS);
  assert.deepEqual([await countOf('upload_part', sent), await countOf('upload_rejection', sent)], [0, 0]);
};
