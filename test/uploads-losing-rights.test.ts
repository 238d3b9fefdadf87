/** Loads into a dataset that is not the uploader's own, in the middle of which the right to it ends. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { endUploadsOfKeys } from '../src/datasets/uploads/store.ts';
import { deriveKey } from '../src/foundation/derive.ts';
import { newId, type CompanyId, type Id } from '../src/foundation/ids.ts';
import { linkToken } from '../src/foundation/link.ts';
import { hold, type Hold } from './support/hold.ts';
import { openHouse, type Answer, type House } from './support/house.ts';
import { makeDataset } from './support/make-dataset.ts';
import { signIn, type Visitor } from './support/people.ts';
import { openUploader } from './support/uploader.ts';
import { untilWaiting } from './support/waiting.ts';

type Uploader = ReturnType<typeof openUploader>;

let house: House;
let owner: Visitor;
/** In which guests act. */
let theirs: CompanyId;
let manager: Uploader;
const opened: { close(): Promise<void> }[] = [];
const held: Hold[] = [];

const ours = (more = ''): string => `/v1/companies/${house.company}${more}`;
const ok = async (who: Visitor, method: string, path: string, body?: unknown): Promise<Answer> => {
  const answer = await manager.call(method, path, body, who);
  assert.ok(answer.status < 300, `${method} ${path} ${answer.status} ${answer.body}`);
  return answer;
};

before(async () => {
  house = await openHouse();
  theirs = newId('com', Date.now());
  await house.store.superuser(
    "insert into vouchsafe.company (id, name, created_at) values ($1, 'Theirs', now())",
    [theirs],
  );
  owner = await signIn(house, { memberships: { [house.company]: 'owner' } });
  manager = openUploader(house, owner);
  opened.push(manager);
});
after(async () => {
  for (const one of held) await one.release();
  for (const one of opened) await one.close();
});

let made = 0;
const newDataset = (): Promise<Id<'dst'>> =>
  makeDataset(house.store, {
    company: house.company,
    owner: owner.user,
    name: `wells_${(made += 1)}`,
    columns: [
      { name: 'id', type: 'int8' },
      { name: 'name', type: 'text' },
    ],
    rows: [{ id: 1, name: 'ours' }],
  });

/** Lets somebody of the other company change a dataset, as people do. An address is not invited often, so each has one of their own. */
const admit = async (dataset: string): Promise<{ readonly grant: string; readonly uploader: Uploader }> => {
  const guest = await signIn(house, { memberships: { [theirs]: 'member' } });
  await ok(owner, 'PATCH', ours('/dataset-settings'), { outside: true });
  await ok(owner, 'PATCH', ours(`/datasets/${dataset}/sharing`), { shared_outside: true });
  await ok(owner, 'POST', ours(`/datasets/${dataset}/invitations`), { email: guest.email, right: 'modify' });
  const [mail] = await house.store.superuser(
    "select link_id from vouchsafe.mail where recipient = $1 and template = 'dataset-invitation' order by id desc limit 1",
    [guest.email],
  );
  const token = linkToken(
    deriveKey(house.master, 'link'),
    'dataset-invitation',
    String(mail?.['link_id']),
  ).expose();
  await ok(guest, 'POST', `/v1/companies/${theirs}/dataset-invitations/accept`, { token });
  const grants = (await ok(owner, 'GET', ours(`/datasets/${dataset}/grants`))).json()['items'];
  const grant = (grants as { id: string; user: string }[]).find(({ user }) => user === guest.user);
  const uploader = openUploader({ ...house, company: theirs }, guest);
  opened.push(uploader);
  return { grant: ours(`/datasets/${dataset}/grants/${String(grant?.id)}`), uploader };
};

const FILE = 'id,name\n2,loaded\n3,loaded\n';
const remains = async (dataset: string): Promise<readonly unknown[]> => [
  ...(await house.store.superuser(
    'select current_version, (select count(*)::int from vouchsafe.dataset_version where dataset_id = $1) as versions from vouchsafe.dataset where id = $1',
    [dataset],
  )),
  ...(await house.store.superuser(
    "select relname from pg_class where relnamespace = 'vouchsafe_data'::regnamespace and relkind = 'r' and starts_with(relname, $1) order by 1",
    [dataset],
  )),
];

/** Begins to load and comes back when all rows are copied and their version waits to be published. */
const loadHeld = async (by: Uploader, path: string, dataset: string, mode: string): Promise<Hold> => {
  const row = await hold(
    house.store.connections.superuser,
    `select from vouchsafe.dataset where id = '${dataset}' for no key update`,
  );
  held.push(row);
  await by.beginLoad(path, { dataset, mode });
  await untilWaiting(house.store.superuser, 1);
  return row;
};

describe('a load of somebody outside, in the middle of which', () => {
  const ends: readonly [string, (grant: string) => Promise<unknown>][] = [
    ['their right is taken away', (grant) => ok(owner, 'DELETE', grant)],
    ['they may only read any more', (grant) => ok(owner, 'PATCH', grant, { right: 'read' })],
    [
      'their right is over',
      (grant) =>
        house.store.superuser('update vouchsafe.dataset_grant set until = now() where id = $1', [
          grant.split('/').at(-1),
        ]),
    ],
  ];
  for (const [what, end] of ends)
    for (const mode of ['replace', 'append'])
      it(`${what}, publishes nothing and says why (${mode})`, async () => {
        const dataset = await newDataset();
        const { grant, uploader } = await admit(dataset);
        const path = await uploader.send(FILE, 'wells.csv');
        await uploader.settle(path);
        const earlier = await remains(dataset);
        const row = await loadHeld(uploader, path, dataset, mode);
        await end(grant);
        await row.release();
        const state = await uploader.settle(path);
        assert.deepEqual([state.phase, state.failure, state['version']], ['failed', 'right_lost', null]);
        assert.deepEqual(await remains(dataset), earlier);
        assert.deepEqual(uploader.bugs(), []);
      });
});

describe('a load with a key, in the middle of which', () => {
  for (const mode of ['replace', 'append'])
    it(`its right to write is taken from it publishes nothing, and the next request says why (${mode})`, async () => {
      const dataset = await newDataset();
      const key = await house.keys.create({
        company: house.company,
        project: house.project,
        name: 'Loader',
        scopes: ['datasets:read', 'datasets:write'],
      });
      const loader = openUploader(house, { secret: key.secret.expose() });
      opened.push(loader);
      const path = await loader.send(FILE, 'wells.csv');
      await loader.settle(path);
      const earlier = await remains(dataset);
      const row = await loadHeld(loader, path, dataset, mode);
      await house.store.superuser("update vouchsafe.key set scopes = '{datasets:read}' where id = $1", [
        key.id,
      ]);
      await row.release();
      const stateOf = (): Promise<Answer> => loader.call('GET', `${path}/state`);
      for (let round = 0; (await stateOf()).status !== 403; round += 1) {
        assert.ok(round < 400, 'it is never refused');
        await pause(25);
      }
      assert.equal((await stateOf()).json()['code'], 'forbidden');
      // The thread ends by itself; what is left of the upload goes with the next look.
      await loader.close();
      const uploads = (): Promise<readonly unknown[]> =>
        house.store.superuser('select from vouchsafe.upload where id = $1', [path.split('/').at(-1)]);
      await house.store.database.run(endUploadsOfKeys, []);
      assert.equal((await uploads()).length, 0);
      assert.deepEqual(await remains(dataset), earlier);
      assert.deepEqual(loader.bugs(), []);
    });
});
