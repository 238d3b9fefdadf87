/** Every access to a dataset leaves a trace with its owner: who, which dataset, when and what kind, never the content. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createDatasetNews } from '../src/datasets/news/news.ts';
import { deriveKey } from '../src/foundation/derive.ts';
import { newId, type CompanyId } from '../src/foundation/ids.ts';
import { linkToken } from '../src/foundation/link.ts';
import { EVENT_TYPES } from '../src/webhooks/events.ts';
import { enqueueEvent } from '../src/webhooks/outbox.ts';
import { openHouse, type Answer, type House } from './support/house.ts';
import { signIn, type Visitor } from './support/people.ts';
import { openUploader } from './support/uploader.ts';

let house: House;
let uploader: ReturnType<typeof openUploader>;
let owner: Visitor;
let member: Visitor;
let guest: Visitor;
let asker: Visitor;
let theirs: CompanyId;
let key: { readonly id: string; readonly secret: string };
let webhook: string;

/** Stands in cells, in filters and in what is looked for. */
const MARK = 'marked7cell';
const FILE = `id,name,depth\r\n1,${MARK}-a,10\r\n2,${MARK}-b,20\r\n`;

interface Event {
  readonly action: string;
  readonly actor: string | null;
  readonly target: string;
  readonly at: Date;
  readonly details: Record<string, unknown>;
}

let known: ReadonlySet<unknown> = new Set();
const eventsOf = async (company: string): Promise<readonly (Event & { readonly id: string })[]> =>
  (await house.store.superuser('select * from vouchsafe.audit_event where company_id = $1 order by at, id', [
    company,
  ])) as unknown as (Event & { readonly id: string })[];
/** What has come into the log of the owning company since it was looked at last, as `action by whom`. */
const fresh = async (): Promise<readonly Event[]> => {
  const all = await eventsOf(house.company);
  const found = all.filter(({ id }) => !known.has(id));
  known = new Set(all.map(({ id }) => id));
  return found;
};
const nameOf = (actor: string | null): string =>
  ({
    [owner.user]: 'owner',
    [member.user]: 'member',
    [guest.user]: 'guest',
    [asker.user]: 'asker',
    [key.id]: 'key',
  })[String(actor)] ?? String(actor);
const traces = async (): Promise<readonly string[]> =>
  (await fresh()).map(({ action, actor }) => `${action} ${nameOf(actor)}`);

const ours = (): string => `/v1/companies/${house.company}`;
const ok = async (who: Visitor, method: string, path: string, body?: unknown): Promise<Answer> => {
  const answer = await house.call(method, path, {
    cookie: who.cookie,
    ...(body === undefined ? {} : { body }),
  });
  assert.ok(answer.status < 300, `${method} ${path} ${answer.status} ${answer.body}`);
  return answer;
};
const byKey = async (method: string, path: string, body?: unknown): Promise<Answer> => {
  const answer = await house.get(path, {
    method,
    headers: { authorization: `Bearer ${key.secret}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  assert.ok(answer.status < 300, `${method} ${path} ${answer.status} ${answer.body}`);
  return answer;
};
const mailedToken = async (email: string): Promise<string> => {
  const [mail] = await house.store.superuser(
    "select link_id from vouchsafe.mail where recipient = $1 and template = 'dataset-invitation' order by id desc limit 1",
    [email],
  );
  return linkToken(deriveKey(house.master, 'link'), 'dataset-invitation', String(mail?.['link_id'])).expose();
};
/** Runs the jobs that wait; gives the messages that webhooks get of them. */
const messages = async (): Promise<readonly { type: string; data: Record<string, unknown> }[]> => {
  const { database, superuser } = house.store;
  const news = createDatasetNews({ database, enqueueEvent });
  const jobs = await superuser(
    `delete from graphile_worker._private_jobs j using graphile_worker._private_tasks t
      where t.id = j.task_id and t.identifier = 'datasets.tell' returning j.payload, j.id`,
  );
  for (const { payload } of jobs.toSorted((a, b) => Number(a['id']) - Number(b['id'])))
    await news.tasks['datasets.tell'](payload);
  const sent = await superuser('delete from vouchsafe.webhook_delivery returning body, webhook_id, id');
  return sent
    .toSorted((a, b) => String(a['id']).localeCompare(String(b['id'])))
    .map(({ body, webhook_id: id }) => {
      assert.equal(id, webhook);
      return JSON.parse(String(body)) as { type: string; data: Record<string, unknown> };
    });
};

before(async () => {
  house = await openHouse();
  const { company, project, store } = house;
  theirs = newId('com', Date.now());
  await store.superuser("insert into vouchsafe.company (id, name, created_at) values ($1, 'Theirs', now())", [
    theirs,
  ]);
  owner = await signIn(house, { memberships: { [company]: 'owner' } });
  member = await signIn(house, { memberships: { [company]: 'member' } });
  guest = await signIn(house, { memberships: { [theirs]: 'owner' } });
  asker = await signIn(house, { memberships: { [theirs]: 'member' } });
  const made = await house.keys.create({
    company,
    project,
    name: 'Rows',
    scopes: ['datasets:read', 'datasets:write'],
  });
  key = { id: made.id, secret: made.secret.expose() };
  uploader = openUploader(house, owner);
  const hook = async (of: string): Promise<string> => {
    const id = newId('whk', Date.now());
    await store.superuser(
      `insert into vouchsafe.webhook (id, company_id, url, description, events, secret_box, created_at)
       values ($1, $2, 'https://hooks.example/', '', $3, $4, now())`,
      [id, of, EVENT_TYPES, Buffer.alloc(60)],
    );
    return id;
  };
  webhook = await hook(company);
  // The other company's is told of nothing.
  await hook(theirs);
  await fresh();
});
after(() => uploader.close());

describe('the trace of a dataset', () => {
  let dataset = '';
  const at = (path = ''): string => `${ours()}/datasets/${dataset}${path}`;
  const away = (path = ''): string => `/v1/companies/${theirs}/datasets/${dataset}${path}`;

  it('has an upload, its publishing, and one that failed is told to webhooks', async () => {
    const path = await uploader.send(FILE, 'wells.csv');
    await uploader.correct(path, { key: ['id'] });
    const done = await uploader.load(path, { new: { name: 'wells', visibility: 'company' } });
    assert.equal(done.phase, 'loaded', JSON.stringify(done));
    dataset = String(done.dataset);
    const found = await traces();
    assert.ok(found.includes('datasets.load owner'), String(found));
    assert.deepEqual(
      (await messages()).map(({ type, data: { kind, version, rows, by, dataset: of } }) => [
        type,
        kind,
        version,
        rows,
        by,
        of,
      ]),
      [['dataset.published', 'upload', 1, 2, owner.user, dataset]],
    );
    const wrong = await uploader.send('id,name,depth\r\n3,x,no number\r\n', 'wrong.csv');
    const failed = await uploader.load(wrong, { dataset, mode: 'append' });
    assert.equal(failed.phase, 'failed', JSON.stringify(failed));
    const [told, ...more] = await messages();
    assert.deepEqual(
      [told?.type, told?.data['failure'], told?.data['rejected'], told?.data['dataset'], more],
      ['dataset.load_failed', 'rows_rejected', 1, dataset, []],
    );
    await fresh();
  });

  it('has each step of sharing, by whom and with whom, and the other company sees none of it', async () => {
    await ok(owner, 'PATCH', `${ours()}/dataset-settings`, { outside: true });
    await ok(owner, 'PATCH', at('/sharing'), { shared_outside: true });
    await ok(owner, 'POST', at('/invitations'), { email: guest.email, right: 'modify' });
    const token = await mailedToken(guest.email);
    await ok(guest, 'POST', `/v1/companies/${theirs}/dataset-invitations/accept`, { token });
    const granted = await ok(owner, 'POST', at('/grants'), { user: member.user, right: 'read' });
    const grant = String(granted.json()['id']);
    await ok(owner, 'PATCH', at(`/grants/${grant}`), { right: 'modify' });
    await ok(owner, 'DELETE', at(`/grants/${grant}`));
    const told: { type: string; data: Record<string, unknown> }[] = [];
    const decide = async (body: object): Promise<void> => {
      await ok(asker, 'POST', `/v1/companies/${theirs}/dataset-requests`, { dataset, right: 'read' });
      // What was decided before it could be told is told no more.
      told.push(...(await messages()));
      const [asked] = (await ok(owner, 'GET', `${ours()}/dataset-requests`)).json()['items'] as {
        id: string;
      }[];
      await ok(owner, 'POST', `${ours()}/dataset-requests/${asked?.id ?? ''}`, body);
    };
    await decide({ decision: 'grant' });
    const theirGrant = (
      (await ok(owner, 'GET', at('/grants'))).json()['items'] as { id: string; user: string }[]
    ).find(({ user }) => user === asker.user);
    await ok(owner, 'DELETE', at(`/grants/${theirGrant?.id ?? ''}`));
    await decide({ decision: 'refuse' });
    await ok(owner, 'PATCH', at(), { visibility: 'private' });
    await ok(owner, 'PATCH', at(), { visibility: 'company' });
    assert.deepEqual(await traces(), [
      'datasets.change-settings owner',
      'datasets.change-sharing owner',
      'datasets.invite owner',
      'datasets.accept-invitation guest',
      'datasets.share owner',
      'datasets.change-grant owner',
      'datasets.unshare owner',
      'datasets.request asker',
      'datasets.decide owner',
      'datasets.unshare owner',
      'datasets.request asker',
      'datasets.decide owner',
      'datasets.change owner',
      'datasets.change owner',
    ]);
    assert.deepEqual(
      [...told, ...(await messages())]
        .map(({ type, data: { user } }) => `${type} ${nameOf(String(user))}`)
        .toSorted(),
      [
        'dataset.requested asker',
        'dataset.requested asker',
        'dataset.share_changed member',
        'dataset.share_ended asker',
        'dataset.share_ended member',
        'dataset.shared asker',
        'dataset.shared guest',
        'dataset.shared member',
      ],
    );
  });

  it('has each right that ends at its time, once for each end that it had', async () => {
    const { database, superuser } = house.store;
    const { schedule } = createDatasetNews({ database, enqueueEvent });
    const note = async (): Promise<void> => {
      for (const { run } of schedule) await run(Date.now());
    };
    const granted = await ok(owner, 'POST', at('/grants'), {
      user: member.user,
      right: 'read',
      until: new Date(Date.now() + 3_600_000).toISOString(),
    });
    const grant = String(granted.json()['id']);
    /** As if the time until its end had gone by. */
    const goBy = () =>
      superuser(
        "update vouchsafe.dataset_grant set granted_at = until - interval '2 days', until = now() - interval '1 s' where id = $1",
        [grant],
      );
    await note();
    await fresh();
    await messages();
    await goBy();
    await Promise.all([note(), note()]);
    await note();
    assert.deepEqual(
      (await fresh()).map(({ action, actor, target, details }) => [action, actor, target, details]),
      [['datasets.share-over', null, dataset, { grant, user: member.user }]],
    );
    assert.deepEqual(
      (await messages()).map(({ type, data: { user, by, dataset: of } }) => [type, user, by, of]),
      [['dataset.share_ended', member.user, null, dataset]],
    );
    const later = { until: new Date(Date.now() + 7_200_000).toISOString() };
    await ok(owner, 'PATCH', at(`/grants/${grant}`), later);
    await note();
    assert.deepEqual(await traces(), ['datasets.change-grant owner']);
    await goBy();
    await note();
    assert.deepEqual(await traces(), ['datasets.share-over null']);
    await ok(owner, 'DELETE', at(`/grants/${grant}`));
    await fresh();
    await messages();
  });

  it('has each edit and each restoration, by members, guests and keys', async () => {
    await ok(member, 'PATCH', at('/rows?id=eq.1'), { name: `${MARK}-c` });
    await ok(guest, 'PATCH', away('/rows?id=eq.1'), { name: `${MARK}-d` });
    await byKey('PATCH', '/datasets/v1/wells?id=eq.2', { name: `${MARK}-e` });
    await ok(guest, 'POST', away('/versions/2/restore'), {});
    // What changes nothing is no edit.
    await ok(member, 'PATCH', at('/rows?id=eq.99'), { name: MARK });
    assert.deepEqual(await traces(), [
      'datasets.edit member',
      'datasets.edit guest',
      'datasets.edit key',
      'datasets.restore guest',
    ]);
    assert.deepEqual(
      (await messages()).map(({ type, data: { kind, restored, by } }) => [type, kind, restored, by]),
      [['dataset.published', 'restore', 2, guest.user]],
    );
  });

  it('has each download, in each format', async () => {
    for (const format of ['csv', 'tsv', 'ndjson', 'parquet', 'xlsx']) {
      const query = `/download?format=${format}&name=neq.${MARK}`;
      await ok(member, 'GET', at(query));
      await ok(guest, 'GET', away(query));
      await byKey('GET', `/v1/datasets/wells${query}`);
    }
    const events = await fresh();
    assert.deepEqual(
      events.map(({ actor, details }) => `${nameOf(actor)} ${String(details['format'])}`),
      ['csv', 'tsv', 'ndjson', 'parquet', 'xlsx'].flatMap((format) =>
        ['member', 'guest', 'key'].map((who) => `${who} ${format}`),
      ),
    );
    assert.ok(
      events.every(({ action, details }) => action === 'datasets.export' && details['filtered'] === true),
    );
  });

  const look = async (): Promise<void> => {
    for (const [who, path] of [
      [member, at],
      [guest, away],
    ] as const) {
      await ok(who, 'GET', path(`/rows?name=neq.${MARK}`));
      await ok(who, 'GET', `${path()}@1/rows`);
      await ok(who, 'GET', path(`/search?q=${MARK}`));
      await ok(who, 'GET', path('/statistics?column=name'));
      await ok(who, 'GET', path('/versions/1/compare/2'));
    }
    await byKey('GET', `/datasets/v1/wells?name=neq.${MARK}`);
    await byKey('GET', `/v1/datasets/wells/search?q=${MARK}`);
    await byKey('GET', '/v1/datasets/wells/statistics?column=name');
  };

  it('has reads where the company wants them, and none where it does not', async () => {
    await look();
    assert.deepEqual(await traces(), []);
    await ok(owner, 'PATCH', `${ours()}/dataset-settings`, { reads_logged: true });
    assert.deepEqual(await traces(), ['datasets.change-settings owner']);
    await look();
    const events = await fresh();
    assert.ok(events.every(({ action }) => action === 'datasets.read'));
    const count = (who: string): number => events.filter(({ actor }) => nameOf(actor) === who).length;
    // Reads of rows are noted once a minute; the other three, and a comparison, each time.
    assert.ok([4, 5].includes(count('member')), String(count('member')));
    assert.ok([4, 5].includes(count('guest')), String(count('guest')));
    assert.ok([3, 4].includes(count('key')), String(count('key')));
    await ok(owner, 'PATCH', `${ours()}/dataset-settings`, { reads_logged: false });
    await fresh();
    await look();
    assert.deepEqual(await traces(), []);
  });

  it('has no decisions of AuthZEN, which read nothing of a dataset', async () => {
    await byKey('POST', '/access/v1/evaluation', {
      subject: { type: 'user', id: guest.user, properties: { company: theirs } },
      action: { name: 'read' },
      resource: { type: 'dataset', id: 'wells' },
    });
    assert.deepEqual(await traces(), []);
  });

  it('says who, which and when, holds nothing of the content and no address, and is for the owner alone', async () => {
    const events = (await eventsOf(house.company)).filter(({ action }) => action.startsWith('datasets.'));
    assert.ok(events.length > 40);
    for (const { action, actor, target, at: time, details } of events) {
      // What ends by itself was done by nobody.
      assert.ok(actor === null ? action === 'datasets.share-over' : nameOf(actor) !== actor, action);
      assert.equal(target, action === 'datasets.change-settings' ? house.company : dataset, action);
      assert.ok(Math.abs(Date.now() - time.getTime()) < 600_000, action);
      assert.doesNotMatch(
        JSON.stringify(details),
        new RegExp(`${MARK}|@|neq|vs_sk_|hooks\\.example`),
        action,
      );
    }
    const shown = (await ok(owner, 'GET', at('/activity?limit=100'))).json()['items'] as { action: string }[];
    assert.equal(shown.length, Math.min(100, events.filter(({ target }) => target === dataset).length));
    assert.doesNotMatch(JSON.stringify(shown), new RegExp(MARK));
    for (const [who, path] of [
      [member, at('/activity')],
      [guest, away('/activity')],
      [guest, at('/activity')],
    ] as const) {
      const { status } = await house.call('GET', path, { cookie: who.cookie });
      assert.ok(status === 403 || status === 404, path);
    }
    // Of the other company's own log: that one of theirs has asked for something, and nothing else.
    const theirLog = (await eventsOf(theirs)).map(({ action, actor }) => `${action} ${nameOf(actor)}`);
    assert.deepEqual([...new Set(theirLog)], ['datasets.ask asker']);
    assert.deepEqual(await messages(), []);
  });
});
