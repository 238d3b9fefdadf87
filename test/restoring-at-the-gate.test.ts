/** Large versions brought back over HTTP while others restore, upload, edit, share and delete: whole, and nothing of anybody lost. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { MOST_ROWS_AT_ONCE } from '../src/datasets/restoring/limits.ts';
import { createRestorations, type Restorations } from '../src/datasets/restoring/restorations.ts';
import { dropRemains } from '../src/datasets/store.ts';
import { systemClock } from '../src/foundation/clock.ts';
import type { Id } from '../src/foundation/ids.ts';
import { hold, type Hold } from './support/hold.ts';
import { openHouse, type Answer, type House } from './support/house.ts';
import { recordingLog } from './support/log.ts';
import { makeDataset, publishRows, type DatasetDraft } from './support/make-dataset.ts';
import { signIn, type Visitor } from './support/people.ts';
import { openUploader } from './support/uploader.ts';
import { untilWaiting } from './support/waiting.ts';

let house: House;
let owner: Visitor;
let colleague: Visitor;
let restorations: Restorations;
let uploader: ReturnType<typeof openUploader>;
const log = recordingLog();
const held: Hold[] = [];

before(async () => {
  house = await openHouse();
  const { database, connections } = house.store;
  owner = await signIn(house, { memberships: { [house.company]: 'owner' } });
  colleague = await signIn(house, { memberships: { [house.company]: 'member' } });
  restorations = createRestorations({
    database,
    connection: connections.app,
    isAlone: false,
    clock: systemClock,
    log,
  });
  uploader = openUploader(house, owner);
});
after(async () => {
  for (const one of held) await one.release();
  await restorations.close();
  await uploader.close();
});

/** Beyond what is done within a request; three parts of a copy. */
const ROWS = MOST_ROWS_AT_ONCE + 1000;
const COLUMNS = [
  { name: 'id', type: 'int8' },
  { name: 'name', type: 'text' },
] as const;

interface Restoration {
  readonly id: string;
  readonly phase: string;
  readonly version: number | null;
  readonly failure: string | null;
}

/** Version 1 has many rows, version 2 is another table with two. */
const makeWells = async (name: string, parts: Partial<DatasetDraft> = {}): Promise<Id<'dst'>> => {
  const draft: DatasetDraft = {
    company: house.company,
    owner: owner.user,
    name,
    columns: COLUMNS,
    key: ['id'],
    rows: `select i, 'well ' || i from generate_series(1, ${ROWS}) i`,
    ...parts,
  };
  const dataset = await makeDataset(house.store, draft);
  await publishRows(house.store, dataset, { ...draft, rows: "select i, 'new' from generate_series(1, 2) i" });
  return dataset;
};

const at = (dataset: string, more = ''): string =>
  `/v1/companies/${house.company}/datasets/${dataset}${more}`;
/** People have a rate of their own, and whoever is told to wait does. */
const call = async (method: string, path: string, body?: unknown, who = owner): Promise<Answer> => {
  for (;;) {
    const parts = { cookie: who.cookie, ...(body === undefined ? {} : { body }) };
    const answer = await house.call(method, path, parts);
    if (answer.status !== 429) return answer;
    await pause(200);
  }
};
const restore = (dataset: string, body: object = {}, who = owner, number = 1): Promise<Answer> =>
  call('POST', at(dataset, `/versions/${number}/restore`), body, who);
const said = ({ status, json }: Answer): readonly unknown[] => [status, json()['code']];
const begin = async (dataset: string, body: object = {}, who = owner): Promise<Restoration> => {
  const answer = await restore(dataset, body, who);
  assert.equal(answer.status, 202, answer.body);
  return answer.json() as unknown as Restoration;
};
const look = (dataset: string, id: string, who = owner): Promise<Answer> =>
  call('GET', at(dataset, `/restorations/${id}`), undefined, who);
const settle = async (dataset: string, { id }: Restoration, who = owner): Promise<Restoration> => {
  for (let round = 0; round < 600; round += 1) {
    const state = (await look(dataset, id, who)).json() as unknown as Restoration;
    if (state.phase !== 'waiting' && state.phase !== 'restoring') return state;
    await pause(50);
  }
  throw new Error('it never ends');
};
const edit = (dataset: string, headers = {}): Promise<Answer> =>
  house.call('PATCH', at(dataset, '/rows?id=eq.1'), {
    cookie: owner.cookie,
    body: { name: 'edited' },
    headers,
  });
const upload = async (dataset: string, order: object = {}): Promise<Record<string, unknown>> =>
  uploader.load(await uploader.send('id,name\n7,uploaded\n', 'wells.csv'), { dataset, ...order });

/** Number and kind of each version from the first on, and the rows that it has when it is read. */
const historyOf = async (dataset: string): Promise<readonly string[]> => {
  const answer = await call('GET', at(dataset, '/versions'));
  const versions = answer.json()['items'] as { number: number; kind: string; rows: number }[];
  return Promise.all(
    versions.toReversed().map(async ({ number, kind, rows }) => {
      const counted = await call('GET', at(`${dataset}@${number}`, '/rows?select=count()'));
      assert.deepEqual(JSON.parse(counted.body), [{ count: rows }], `version ${number}`);
      return `${number} ${kind} ${rows}`;
    }),
  );
};
const nameOf = async (dataset: string, id: number): Promise<unknown> =>
  JSON.parse((await call('GET', at(dataset, `/rows?id=eq.${id}&select=name`))).body);
const BEFORE = [`1 upload ${ROWS}`, '2 upload 2'];

const tablesOf = async (dataset: string): Promise<number> =>
  (
    await house.store.superuser(
      "select from pg_class where relnamespace = 'vouchsafe_data'::regnamespace and relkind = 'r' and starts_with(relname, $1) and not relname like '%past'",
      [`${dataset}_g`],
    )
  ).length;

const take = async (statement: string): Promise<Hold> => {
  const taken = await hold(house.store.connections.superuser, statement);
  held.push(taken);
  return taken;
};
const holdTable = async (dataset: string, version: number, part = ''): Promise<Hold> => {
  const [row] = await house.store.superuser(
    'select generation from vouchsafe.dataset_version where dataset_id = $1 and number = $2',
    [dataset, version],
  );
  return take(
    `lock table vouchsafe_data."${dataset}_g${String(row?.['generation'])}${part}" in access exclusive mode`,
  );
};
/** The first part of a copy waits for this, behind the making of the new table. */
const holdCopy = (dataset: string): Promise<Hold> => holdTable(dataset, 1, '_past');
const start = (begun: Restoration): Promise<void> =>
  restorations.tasks['datasets.restore']({ restoration: begun.id });
/** Begins, and comes back while the copy is under way and waits for the hold that is given. */
const beginHeld = async (
  dataset: string,
  body: object = {},
  who = owner,
): Promise<{ readonly begun: Restoration; readonly copy: Hold }> => {
  const copy = await holdCopy(dataset);
  const begun = await begin(dataset, body, who);
  await start(begun);
  await untilWaiting(house.store.superuser, 1);
  return { begun, copy };
};

/** Begins, and comes back when all is copied: it holds the dataset and waits to write its version, and others wait for it. */
const publishHeld = async (
  dataset: string,
): Promise<{ readonly begun: Restoration; readonly versions: Hold }> => {
  const versions = await take('lock table vouchsafe.dataset_version in share mode');
  const begun = await begin(dataset);
  await start(begun);
  await untilWaiting(house.store.superuser, 1);
  return { begun, versions };
};

describe('of two restorations at once', () => {
  it('that are large, one is begun and the other told so, and there is one version', async () => {
    const dataset = await makeWells('two_large');
    const answers = await Promise.all([restore(dataset), restore(dataset, {}, colleague)]);
    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([202, 409]));
    const refused = answers.find(({ status }) => status === 409);
    assert.equal(refused?.json()['code'], 'restore_under_way');
    const isOwners = answers[0]?.status === 202;
    const begun = answers[isOwners ? 0 : 1]?.json() as unknown as Restoration;
    const [who, other] = isOwners ? [owner, colleague] : [colleague, owner];
    assert.deepEqual(said(await look(dataset, begun.id, other)), [404, 'restoration_not_found']);
    await start(begun);
    await start(begun);
    assert.deepEqual((await settle(dataset, begun, who)).phase, 'restored');
    assert.deepEqual(await historyOf(dataset), [...BEFORE, `3 restore ${ROWS}`]);
    assert.equal(await tablesOf(dataset), 3);
    // The next one is free to begin.
    assert.equal((await restore(dataset, {}, other)).status, 202);
  });

  it('that are small, both are versions, or one where both name the version before', async () => {
    const dataset = await makeDataset(house.store, {
      company: house.company,
      name: 'two_small',
      columns: COLUMNS,
      rows: [{ id: 1, name: 'a' }],
    });
    const both = await Promise.all([restore(dataset), restore(dataset, {}, colleague)]);
    assert.deepEqual(new Set(both.map(({ json }) => json()['number'])), new Set([2, 3]));
    const rivals = await Promise.all([
      restore(dataset, { expected_version: 3 }),
      restore(dataset, { expected_version: 3 }, colleague),
    ]);
    const codes = rivals.map((one) => said(one).join(' ')).toSorted();
    assert.deepEqual(codes, ['201 ', '409 version_conflict']);
    assert.deepEqual(await historyOf(dataset), ['1 upload 1', '2 restore 1', '3 restore 1', '4 restore 1']);
  });

  it('a small one that ends first is a version that the large one follows', async () => {
    const dataset = await makeWells('large_and_small');
    const { begun, copy } = await beginHeld(dataset);
    const small = await restore(dataset, {}, colleague, 2);
    assert.deepEqual([small.status, small.json()['number']], [201, 3]);
    await copy.release();
    assert.equal((await settle(dataset, begun)).version, 4);
    assert.deepEqual(await historyOf(dataset), [...BEFORE, '3 restore 2', `4 restore ${ROWS}`]);
  });
});

describe('while a version is copied', () => {
  it('an edit and an upload are versions of their own, which it follows', async () => {
    const dataset = await makeWells('meanwhile');
    const { begun, copy } = await beginHeld(dataset);
    const edited = await edit(dataset);
    assert.deepEqual([edited.status, edited.headers['dataset-version']], [204, '3']);
    const uploaded = await upload(dataset, { mode: 'append', expected_version: 3 });
    assert.deepEqual([uploaded['phase'], uploaded['version']], ['loaded', 4]);
    await copy.release();
    assert.deepEqual((await settle(dataset, begun)).version, 5);
    assert.deepEqual(await historyOf(dataset), [...BEFORE, '3 edit 2', '4 append 3', `5 restore ${ROWS}`]);
    assert.deepEqual(await nameOf(`${dataset}@4`, 1), [{ name: 'edited' }]);
    assert.deepEqual(await nameOf(`${dataset}@4`, 7), [{ name: 'uploaded' }]);
    assert.deepEqual(await nameOf(dataset, 1), [{ name: 'well 1' }]);
  });

  for (const what of ['an edit', 'an upload'] as const)
    it(`${what} is not covered up where the version before it was named`, async () => {
      const dataset = await makeWells(what === 'an edit' ? 'named_edit' : 'named_upload');
      const { begun, copy } = await beginHeld(dataset, { expected_version: 2 });
      if (what === 'an edit') assert.equal((await edit(dataset)).status, 204);
      else assert.equal((await upload(dataset, { expected_version: 2 }))['phase'], 'loaded');
      await copy.release();
      const { phase, failure, version } = await settle(dataset, begun);
      assert.deepEqual([phase, failure, version], ['failed', 'version_conflict', null]);
      const kept = what === 'an edit' ? '3 edit 2' : '3 upload 1';
      assert.deepEqual(await historyOf(dataset), [...BEFORE, kept]);
      assert.equal(await tablesOf(dataset), what === 'an edit' ? 2 : 3, 'what was copied is gone');
      assert.equal((await restore(dataset, { expected_version: 3 })).status, 202);
    });

  it('an upload that names the version before is told that another came', async () => {
    const dataset = await makeWells('late_upload');
    const path = await uploader.send('id,name\n7,late\n', 'late.csv');
    const { begun, versions } = await publishHeld(dataset);
    await uploader.beginLoad(path, { dataset, expected_version: 2 });
    await untilWaiting(house.store.superuser, 2);
    await versions.release();
    assert.equal((await settle(dataset, begun)).version, 3);
    const state = await uploader.settle(path);
    assert.deepEqual([state.phase, state.failure], ['failed', 'version_conflict']);
    assert.deepEqual(await historyOf(dataset), [...BEFORE, `3 restore ${ROWS}`]);
  });
});

describe('when it is published', () => {
  it('an edit that came a moment before is the version before it', async () => {
    const dataset = await makeWells('edit_first');
    // The edit holds the dataset and waits for its table; the restoration waits for the edit.
    const table = await holdTable(dataset, 2);
    const editing = edit(dataset);
    await untilWaiting(house.store.superuser, 1);
    const begun = await begin(dataset);
    await start(begun);
    await untilWaiting(house.store.superuser, 2);
    await table.release();
    assert.equal((await editing).status, 204);
    assert.equal((await settle(dataset, begun)).version, 4);
    assert.deepEqual(await historyOf(dataset), [...BEFORE, '3 edit 2', `4 restore ${ROWS}`]);
    assert.deepEqual(await nameOf(`${dataset}@3`, 1), [{ name: 'edited' }]);
  });

  for (const named of [true, false])
    it(`an edit that waits for it changes what came back${named ? ', unless it names the version before' : ''}`, async () => {
      const dataset = await makeWells(named ? 'edit_named' : 'edit_after');
      const { begun, versions } = await publishHeld(dataset);
      const editing = edit(dataset, named ? { 'if-match': '"2"' } : {});
      await untilWaiting(house.store.superuser, 2);
      await versions.release();
      const edited = await editing;
      assert.equal((await settle(dataset, begun)).version, 3);
      const restored = [...BEFORE, `3 restore ${ROWS}`];
      if (named) {
        assert.deepEqual(said(edited), [412, 'version_moved_on']);
        assert.deepEqual(await historyOf(dataset), restored);
        return;
      }
      assert.deepEqual([edited.status, edited.headers['dataset-version']], [204, '4']);
      assert.deepEqual(await historyOf(dataset), [...restored, `4 edit ${ROWS}`]);
      assert.deepEqual(await nameOf(dataset, 1), [{ name: 'edited' }]);
      assert.deepEqual(await nameOf(`${dataset}@3`, 1), [{ name: 'well 1' }]);
    });
});

describe('in the middle of a copy', () => {
  const share = async (dataset: string): Promise<string> => {
    const made = await call('POST', at(dataset, '/grants'), { user: colleague.user, right: 'modify' });
    assert.equal(made.status, 201, made.body);
    return at(dataset, `/grants/${String(made.json()['id'])}`);
  };

  it('the right ends but for reading: nothing is published, and its state says why', async () => {
    const dataset = await makeWells('read_only', { visibility: 'private' });
    const grant = await share(dataset);
    const { begun, copy } = await beginHeld(dataset, {}, colleague);
    assert.equal((await call('PATCH', grant, { right: 'read' })).status, 200);
    await copy.release();
    const { phase, failure, version } = await settle(dataset, begun, colleague);
    assert.deepEqual([phase, failure, version], ['failed', 'right_lost', null]);
    assert.deepEqual(await historyOf(dataset), BEFORE);
    assert.equal(await tablesOf(dataset), 2);
    assert.deepEqual(said(await restore(dataset, {}, colleague)), [403, 'dataset_forbids']);
  });

  it('the right ends altogether: nothing is published, and whoever asked is told that there is no such dataset', async () => {
    const dataset = await makeWells('no_more', { visibility: 'private' });
    const grant = await share(dataset);
    const { begun, copy } = await beginHeld(dataset, {}, colleague);
    assert.equal((await call('DELETE', grant)).status, 204);
    await copy.release();
    for (let round = 0; ; round += 1) {
      const [row] = await house.store.superuser(
        'select phase, failure, version from vouchsafe.dataset_restoration where id = $1',
        [begun.id],
      );
      if (row?.['phase'] === 'failed') {
        assert.deepEqual([row['failure'], row['version']], ['right_lost', null]);
        break;
      }
      assert.ok(round < 600, 'it never ends');
      await pause(50);
    }
    assert.deepEqual(said(await look(dataset, begun.id, colleague)), [404, 'dataset_not_found']);
    assert.deepEqual(await historyOf(dataset), BEFORE);
    assert.equal(await tablesOf(dataset), 2);
    // Nobody has to wait for what failed.
    assert.equal((await restore(dataset)).status, 202);
  });

  it('the right that ends at the last moment, when all is copied, publishes nothing either', async () => {
    const dataset = await makeWells('last_moment', { visibility: 'private' });
    const grant = await share(dataset);
    const row = await take(`select from vouchsafe.dataset where id = '${dataset}' for no key update`);
    const begun = await begin(dataset, {}, colleague);
    await start(begun);
    await untilWaiting(house.store.superuser, 1);
    assert.equal((await call('PATCH', grant, { right: 'read' })).status, 200);
    await row.release();
    const { phase, failure } = await settle(dataset, begun, colleague);
    assert.deepEqual([phase, failure], ['failed', 'right_lost']);
    assert.deepEqual(await historyOf(dataset), BEFORE);
    assert.equal(await tablesOf(dataset), 2);
  });

  it('the dataset is deleted: nothing of either is left', async () => {
    const dataset = await makeWells('erased');
    const { begun, copy } = await beginHeld(dataset);
    const gone = await call('DELETE', at(dataset));
    assert.equal(gone.status, 204, gone.body);
    assert.deepEqual(said(await look(dataset, begun.id)), [404, 'dataset_not_found']);
    await copy.release();
    await restorations.close();
    // Deleting does not wait for whoever reads just then; what they kept is taken by the upkeep.
    await house.store.database.run(dropRemains, [100]);
    assert.equal(await tablesOf(dataset), 0);
    const left = await house.store.superuser(
      'select from vouchsafe.dataset_restoration where dataset_id = $1',
      [dataset],
    );
    assert.equal(left.length, 0);
    assert.deepEqual(log.messages, [], 'no bugs');
  });
});
