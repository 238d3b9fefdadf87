/** Loads in the middle of which something is taken away: whole or not at all, and nothing half-made stays. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { newId } from '../src/foundation/ids.ts';
import { openHouse, type House } from './support/house.ts';
import { signIn, type Visitor } from './support/people.ts';
import { openUploader, type Uploader } from './support/uploader.ts';

let house: House;
let owner: Visitor;
let uploader: Uploader & { close(): Promise<void> };
const opened: { close(): Promise<void> }[] = [];
const uploaderOf = (person: Visitor): Uploader & { close(): Promise<void> } => {
  const made = openUploader(house, person);
  opened.push(made);
  return made;
};

before(async () => {
  house = await openHouse();
  owner = await signIn(house, { memberships: { [house.company]: 'owner' } });
  uploader = uploaderOf(owner);
});
after(() => Promise.all(opened.map((one) => one.close())));

/** Long enough for something to happen meanwhile: two seconds or so. */
const FILE = `id,name\n${Array.from({ length: 300_000 }, (_, index) => `${index},"${'x'.repeat(20)}"`).join('\n')}\n`;
const SMALL = 'id,name\n1,a\n2,b\n';

let made = 0;
const newName = (): string => `middle_${(made += 1)}`;
const sql = (text: string, ...values: unknown[]): Promise<Record<string, unknown>[]> =>
  house.store.superuser(text, values);
const tables = async (): Promise<readonly unknown[]> =>
  (
    await sql(
      "select relname from pg_class where relnamespace = 'vouchsafe_data'::regnamespace and relkind = 'r' order by 1",
    )
  ).map((row) => row['relname']);
const datasetNamed = async (name: string): Promise<Record<string, unknown> | undefined> =>
  (await sql('select id, current_version from vouchsafe.dataset where name = $1', name))[0];
/** Rows are being copied: the transaction is open. */
const untilCopying = async (): Promise<void> => {
  for (let round = 0; round < 2000; round += 1) {
    const rows = await sql(
      'select 1 from pg_stat_progress_copy where datname = current_database() and tuples_processed > 0',
    );
    if (rows.length > 0) return;
    await pause(5);
  }
  throw new Error('nothing is copied');
};
const untilGone = async (name: string): Promise<void> => {
  for (let round = 0; (await datasetNamed(name)) !== undefined; round += 1) {
    assert.ok(round < 400, 'the dataset that was made for it stays');
    await pause(50);
  }
};

describe('a load in the middle of which', () => {
  it('the right to the dataset ends makes no version, and says why', async () => {
    const name = newName();
    const first = await uploader.load(await uploader.send(SMALL, 'a.csv'), {
      new: { name, visibility: 'private' },
    });
    const colleague = await signIn(house, { memberships: { [house.company]: 'member' } });
    await sql(
      `insert into vouchsafe.dataset_grant (id, dataset_id, company_id, user_id, acting_company_id, "right", granted_by, granted_at)
       values ($1, $2, $3, $4, $3, 'modify', $5, now())`,
      newId('grt', Date.now()),
      first.dataset,
      house.company,
      colleague.user,
      owner.user,
    );
    const theirs = uploaderOf(colleague);
    const path = await theirs.send(FILE, 'b.csv');
    await theirs.settle(path);
    const earlier = await tables();
    await theirs.beginLoad(path, { dataset: first.dataset ?? '' });
    await untilCopying();
    await sql('delete from vouchsafe.dataset_grant where dataset_id = $1', first.dataset);
    const state = await theirs.settle(path);
    assert.deepEqual([state.phase, state.failure], ['failed', 'right_lost']);
    assert.equal((await datasetNamed(name))?.['current_version'], 1);
    assert.deepEqual(await tables(), earlier);
    assert.deepEqual(theirs.bugs(), []);
  });

  it('its uploader leaves the company, or takes it back, leaves not even the dataset that was made for it', async () => {
    for (const end of ['leaves', 'takes back'] as const) {
      const name = newName();
      const person = await signIn(house, { memberships: { [house.company]: 'member' } });
      const theirs = uploaderOf(person);
      const path = await theirs.send(FILE, 'c.csv');
      await theirs.settle(path);
      const earlier = await tables();
      await theirs.beginLoad(path, { new: { name, visibility: 'company' } });
      await untilCopying();
      assert.equal((await datasetNamed(name))?.['current_version'], 0);
      if (end === 'leaves')
        await sql(
          'delete from vouchsafe.member where company_id = $1 and user_id = $2',
          house.company,
          person.user,
        );
      else assert.equal((await theirs.call('DELETE', path)).status, 204);
      await untilGone(name);
      assert.deepEqual(await tables(), earlier, end);
      assert.deepEqual(theirs.bugs(), []);
    }
  });

  it('its dataset is deleted leaves nothing of either', async () => {
    const name = newName();
    const earlier = await tables();
    const first = await uploader.load(await uploader.send(SMALL, 'd.csv'), {
      new: { name, visibility: 'private' },
    });
    const path = await uploader.send(FILE, 'e.csv');
    await uploader.settle(path);
    await uploader.beginLoad(path, { dataset: first.dataset ?? '' });
    await untilCopying();
    // Waits for the load, which holds the dataset: it is never deleted under it.
    const gone = await uploader.call('DELETE', `/v1/companies/${house.company}/datasets/${first.dataset}`);
    const state = await uploader.settle(path);
    const answers = [gone.status, state.phase, state.failure].join(' ');
    assert.match(answers, /^(?:204 loaded |204 failed dataset_gone)$/);
    assert.equal(await datasetNamed(name), undefined);
    assert.deepEqual(await tables(), earlier);
    assert.deepEqual(uploader.bugs(), []);
  });

  it('the server ends again and again, for it or beside it, is given up in the end, and can be begun anew', async () => {
    const died = async (path: string, tries: number): Promise<void> => {
      await sql(
        `update vouchsafe.upload set claim = 'somebody', beat_at = now() - interval '1 hour', tries = $2 where id = $1`,
        path.split('/').at(-1),
        tries,
      );
    };
    const [name, earlier] = [newName(), await tables()];
    const order = { new: { name, visibility: 'company' } };
    const path = await uploader.send(SMALL, 'g.csv');
    assert.equal((await uploader.settle(path)).phase, 'ready');
    assert.equal((await uploader.call('POST', `${path}/load`, order)).status, 202);
    await died(path, 3);
    const given = await uploader.settle(path);
    assert.deepEqual([given.phase, given.failure, given.dataset], ['failed', 'given_up', null]);
    await untilGone(name);
    assert.deepEqual(await tables(), earlier);
    assert.equal((await uploader.call('POST', `${path}/load`, order)).status, 202);
    await died(path, 2);
    const loaded = await uploader.settle(path);
    assert.deepEqual([loaded.phase, loaded['version']], ['loaded', 1]);
    const other = await uploader.send(SMALL, 'h.csv');
    await died(other, 3);
    assert.equal((await uploader.settle(other)).phase, 'unreadable');
    assert.deepEqual(uploader.bugs(), []);
  });

  it('the disk is full says so, leaves nothing, and succeeds when it is tried again', async () => {
    // Stands in for a disk: the error that PostgreSQL gives when it cannot extend a file, at the last step.
    await sql(`create function public.full_disk() returns trigger language plpgsql as
      $$ begin raise exception 'could not extend file: No space left on device' using errcode = '53100'; end $$`);
    const [name, earlier] = [newName(), await tables()];
    const path = await uploader.send(SMALL, 'f.csv');
    await sql(
      'create trigger full_disk before insert on vouchsafe.dataset_version execute function public.full_disk()',
    );
    const state = await uploader.load(path, { new: { name, visibility: 'company' } });
    assert.deepEqual([state.phase, state.failure, state.dataset], ['failed', 'disk_full', null]);
    assert.equal(await datasetNamed(name), undefined);
    assert.deepEqual(await tables(), earlier);
    await sql('drop trigger full_disk on vouchsafe.dataset_version');
    const again = await uploader.load(path, { new: { name, visibility: 'company' } });
    assert.deepEqual([again.phase, again['version']], ['loaded', 1]);
    assert.deepEqual(uploader.bugs(), []);
  });
});
