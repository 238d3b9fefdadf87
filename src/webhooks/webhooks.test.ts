import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import {
  controlPlaneRoutes,
  dumpTables,
  makeScene,
  openStage,
  setRole,
  type Scene,
} from '../../test/support/control-plane.ts';
import type { Reply, Stage } from '../../test/support/signed-in.ts';
import { openSecret } from '../foundation/box.ts';
import { createGuard } from './guard.ts';
import { NameUnknown } from './resolve.ts';
import { createWebhookRoutes } from './routes.ts';

/** Where the names of these tests lead. */
const ZONE: Readonly<Record<string, readonly string[]>> = {
  'hooks.shop.example': ['93.184.215.14'],
  'both.example': ['93.184.215.14', '10.0.0.1'],
  'metadata.example': ['169.254.169.254'],
  'nothing.example': [],
};

let spendable = Number.POSITIVE_INFINITY;
let stage: Stage;
before(async () => {
  stage = await openStage((parts) => [
    ...controlPlaneRoutes(parts).filter(({ docs }) => docs.tag !== 'Webhooks'),
    ...createWebhookRoutes({
      database: parts.database,
      boxKey: parts.boxKey,
      guard: createGuard({
        networks: [],
        resolve: async (name) => {
          const found = ZONE[name];
          if (found === undefined) throw new NameUnknown();
          return found.map((address) => ({ address, family: 4 }));
        },
      }),
      spendSend: () => ((spendable -= 1) >= 0 ? 0 : 6),
    }),
  ]);
});

const HOUR = 3_600_000;
const URL_ = 'https://hooks.shop.example/maps';
const pathOf = ({ company }: Scene): string => `/v1/companies/${company}/webhooks`;
const create = (scene: Scene, body: object = {}): Promise<Reply> =>
  scene.owner.call('POST', pathOf(scene), { url: URL_, events: ['key.rotated'], ...body });
const list = async (scene: Scene): Promise<Reply['body'][]> =>
  (await scene.owner.call('GET', pathOf(scene))).body.items;
const deliveriesOf = async (scene: Scene, webhook: string): Promise<Reply['body'][]> =>
  (await scene.owner.call('GET', `${pathOf(scene)}/${webhook}/deliveries`)).body.items;

describe('webhooks', () => {
  it('are made with a secret that is told once and lies encrypted', async () => {
    const scene = await makeScene(stage);
    const { status, body } = await create(scene, {
      url: 'https://HOOKS.shop.example:443/maps?x=1',
      description: ' For the pager ',
      events: ['key.rotated', 'auth.failures', 'key.rotated'],
    });
    assert.equal(status, 201);
    assert.match(body.secret, /^whsec_[A-Za-z0-9+/]{43}=$/);
    assert.deepEqual(body.webhook, {
      id: body.webhook.id,
      url: 'https://hooks.shop.example/maps?x=1',
      description: 'For the pager',
      events: ['key.rotated', 'auth.failures'],
      is_enabled: true,
      disabled_because: null,
      failing_since: null,
      previous_secret_expires_at: null,
      created_at: new Date(stage.clock.now()).toISOString(),
    });
    assert.deepEqual((await list(scene)).at(-1), body.webhook);
    const bytes = Buffer.from(body.secret.slice('whsec_'.length), 'base64');
    const dump = await dumpTables(stage);
    for (const mark of [body.secret, bytes.toString('hex'), bytes.toString('base64')])
      assert.ok(!dump.includes(mark));
    const [row] = await stage.store.superuser('select secret_box from vouchsafe.webhook where id = $1', [
      body.webhook.id,
    ]);
    const box = row?.['secret_box'] as Buffer;
    assert.deepEqual(Buffer.from(openSecret(stage.boxKey, body.webhook.id, box)), bytes);
    assert.throws(() => openSecret(stage.boxKey, scene.webhook, box));
    assert.deepEqual(stage.bugs, []);
  });

  it('go to addresses on the internet only, and an error tells the reason and no address', async () => {
    const scene = await makeScene(stage);
    const earlier = await dumpTables(stage);
    for (const [url, code] of [
      ['https://both.example/', 'webhook_url_unreachable'],
      ['https://metadata.example/', 'webhook_url_unreachable'],
      ['https://nothing.example/', 'webhook_url_unreachable'],
      ['https://silent.example/', 'webhook_url_unreachable'],
      ['https://127.0.0.1:8443/', 'webhook_url_unreachable'],
      ['https://[::1]/', 'webhook_url_unreachable'],
      ['https://169.254.169.254/latest/meta-data', 'webhook_url_unreachable'],
      ['https://10.0.0.1/', 'webhook_url_unreachable'],
      ['https://2130706433/', 'webhook_url_invalid'],
      ['https://0x7f.1/', 'webhook_url_invalid'],
      ['http://hooks.shop.example/', 'webhook_url_invalid'],
      ['https://user:pass@hooks.shop.example/', 'webhook_url_invalid'],
      ['https://hooks.shop.example:22/', 'webhook_url_invalid'],
      ['https://hooks.shop.example./', 'webhook_url_invalid'],
      ['https://hooks.shop.example/#x', 'webhook_url_invalid'],
      ['', 'invalid_request'],
      [`https://hooks.shop.example/${'x'.repeat(1000)}`, 'invalid_request'],
    ] as const) {
      const { status, body } = await create(scene, { url });
      assert.deepEqual([status, body.code, body.field], [400, code, '/url'], url);
      assert.doesNotMatch(JSON.stringify(body), /169\.254|10\.0\.0|93\.184|user:pass/, url);
      const changed = await scene.owner.call('PATCH', `${pathOf(scene)}/${scene.webhook}`, { url });
      assert.deepEqual([changed.status, changed.body.code], [400, code], url);
    }
    const told = await create(scene, { url: 'https://both.example/' });
    assert.match(told.body.detail, /resolves to an address that is not public/);
    assert.equal(await dumpTables(stage), earlier);
    assert.deepEqual(stage.bugs, []);
  });

  it('refuse what is not among their fields', async () => {
    const scene = await makeScene(stage);
    const earlier = await dumpTables(stage);
    for (const body of [
      { events: [] },
      { events: ['test'] },
      { events: ['everything'] },
      { events: Array.from({ length: 100 }, () => 'key.rotated') },
      { description: 'a\nb' },
      { description: 'x'.repeat(201) },
      { description: 'vs_sk_live_x' },
      { secret: 'whsec_mine' },
      { url: 7 },
    ])
      assert.equal((await create(scene, body)).status, 400, JSON.stringify(body));
    assert.equal(await dumpTables(stage), earlier);
  });

  it('are ten in a company at most, also when they are made at once', async () => {
    const scene = await makeScene(stage);
    const replies = await Promise.all(Array.from({ length: 12 }, () => create(scene)));
    const made = replies.filter(({ status }) => status === 201);
    assert.equal(made.length, 9, 'and the one of the scene');
    assert.deepEqual(
      new Set(
        replies.filter(({ status }) => status !== 201).map(({ status, body }) => `${status} ${body.code}`),
      ),
      new Set(['409 too_many_webhooks']),
    );
    assert.equal((await scene.owner.call('DELETE', `${pathOf(scene)}/${scene.webhook}`)).status, 204);
    assert.equal((await create(scene)).status, 201);
  });

  it('are seen by owners, admins and members, and changed by owners and admins', async () => {
    const scene = await makeScene(stage);
    for (const [role, read, change] of [
      ['admin', 200, 200],
      ['member', 200, 403],
      ['viewer', 403, 403],
    ] as const) {
      await setRole(stage, scene.company, scene.other.user, role);
      assert.equal((await scene.other.call('GET', pathOf(scene))).status, read, role);
      const body = { description: role };
      const path = `${pathOf(scene)}/${scene.webhook}`;
      assert.equal((await scene.other.call('PATCH', path, body)).status, change, role);
    }
  });

  it('ask for a fresh proof where a secret is made or an address changed, and for nothing else', async () => {
    const scene = await makeScene(stage);
    const path = `${pathOf(scene)}/${scene.webhook}`;
    stage.clock.advance(HOUR / 3);
    for (const call of [
      create(scene),
      scene.owner.call('POST', `${path}/rotate`, {}),
      scene.owner.call('PATCH', path, { url: 'https://hooks.shop.example/other' }),
    ]) {
      const { status, body } = await call;
      assert.deepEqual([status, body.code], [403, 'fresh_proof_required']);
    }
    assert.equal((await scene.owner.call('PATCH', path, { is_enabled: false })).status, 200);
    await scene.owner.prove();
    assert.equal((await create(scene)).status, 201);
  });

  it('keep the secret before for a day when they are rotated, and a double click does not end it', async () => {
    const scene = await makeScene(stage);
    const { body } = await create(scene);
    const path = `${pathOf(scene)}/${body.webhook.id}/rotate`;
    const expected = { expected_previous_secret_expires_at: null };
    const rotated = await scene.owner.call('POST', path, expected);
    assert.equal(rotated.status, 200);
    assert.notEqual(rotated.body.secret, body.secret);
    const until = new Date(stage.clock.now() + 24 * HOUR).toISOString();
    assert.equal(rotated.body.webhook.previous_secret_expires_at, until);
    const again = await scene.owner.call('POST', path, expected);
    assert.deepEqual([again.status, again.body.code], [409, 'changed_meanwhile']);
    const [row] = await stage.store.superuser('select previous_box from vouchsafe.webhook where id = $1', [
      body.webhook.id,
    ]);
    const kept = openSecret(stage.boxKey, body.webhook.id, row?.['previous_box'] as Buffer);
    assert.equal(`whsec_${Buffer.from(kept).toString('base64')}`, body.secret);
    // A session does not last as long as a day.
    await stage.store.superuser('update vouchsafe.webhook set previous_expires_at = $2 where id = $1', [
      body.webhook.id,
      new Date(stage.clock.now()),
    ]);
    assert.equal((await list(scene)).at(-1).previous_secret_expires_at, null);
    assert.equal((await scene.owner.call('POST', path, expected)).status, 200);
  });

  it('begin anew when they are switched on or lead elsewhere', async () => {
    const scene = await makeScene(stage);
    const path = `${pathOf(scene)}/${scene.webhook}`;
    const fail = (): Promise<unknown> =>
      stage.store.superuser(
        "update vouchsafe.webhook set is_enabled = false, disabled_because = 'failing', failing_since = now() where id = $1",
        [scene.webhook],
      );
    await fail();
    const described = await scene.owner.call('PATCH', path, { description: 'Broken' });
    assert.deepEqual(
      [described.body.is_enabled, described.body.disabled_because, described.body.failing_since === null],
      [false, 'failing', false],
    );
    const on = await scene.owner.call('PATCH', path, { is_enabled: true });
    assert.deepEqual(
      [on.body.is_enabled, on.body.disabled_because, on.body.failing_since],
      [true, null, null],
    );
    await fail();
    const moved = await scene.owner.call('PATCH', path, { url: 'https://hooks.shop.example/new' });
    assert.deepEqual([moved.body.is_enabled, moved.body.failing_since], [false, null]);
    const earlier = await dumpTables(stage);
    assert.equal((await scene.owner.call('PATCH', path, { is_enabled: false })).status, 200);
    assert.equal(await dumpTables(stage), earlier, 'what is as it was leaves no event');
  });

  it('say in the log where they lead, and not the path, which may be a secret', async () => {
    const scene = await makeScene(stage);
    const { body } = await create(scene, { url: 'https://hooks.shop.example/T0/mark-7f' });
    const path = `${pathOf(scene)}/${body.webhook.id}`;
    await scene.owner.call('PATCH', path, { url: 'https://hooks.shop.example/T0/mark-8f' });
    await scene.owner.call('POST', `${path}/rotate`, {});
    await scene.owner.call('DELETE', path);
    const events = await stage.store.superuser(
      'select action, details from vouchsafe.audit_event where target = $1 order by id',
      [body.webhook.id],
    );
    assert.deepEqual(
      new Set(events.map(({ action }) => action)),
      new Set(['webhooks.create', 'webhooks.change', 'webhooks.rotate', 'webhooks.remove']),
    );
    assert.doesNotMatch(JSON.stringify(events), /mark-/);
    assert.match(JSON.stringify(events), /hooks\.shop\.example/);
  });
});

describe('deliveries', () => {
  it('show what became of them, newest first, in pages, and never what they say', async () => {
    const scene = await makeScene(stage);
    const path = `${pathOf(scene)}/${scene.webhook}/deliveries`;
    await stage.store.superuser(
      `insert into vouchsafe.webhook_delivery (id, company_id, webhook_id, type, body, created_at, state, next_at)
       select 'dlv_00' || lpad(n::text, 24, '0'), $1, $2, 'key.rotated', '{"mark":"mark-6f"}', now(), 'waiting', now()
       from generate_series(1, 60) n`,
      [scene.company, scene.webhook],
    );
    const first = await scene.owner.call('GET', path);
    assert.equal(first.body.items.length, 50);
    assert.equal(first.body.items[0].id, scene.delivery);
    const second = await scene.owner.call('GET', `${path}?before=${first.body.next}`);
    assert.deepEqual([second.body.items.length, second.body.next], [11, null]);
    assert.doesNotMatch(JSON.stringify([first.body, second.body]), /mark-6f/);
    assert.deepEqual(first.body.items[0], {
      id: scene.delivery,
      webhook: scene.webhook,
      type: 'test',
      created_at: first.body.items[0].created_at,
      state: 'waiting',
      attempts: 0,
      attempted_at: null,
      next_at: first.body.items[0].created_at,
      ended_at: null,
      status: null,
      reason: null,
      can_resend: true,
    });
  });

  it('can be made again where they did not arrive, under the same id, and nowhere else', async () => {
    const scene = await makeScene(stage);
    const { webhook, delivery } = scene;
    const path = `${pathOf(scene)}/${webhook}/deliveries/${delivery}/resend`;
    const { superuser } = stage.store;
    await superuser(
      "update vouchsafe.webhook_delivery set state = 'failed', type = 'key.rotated', attempts = 10, next_at = null, ended_at = now(), status = 500 where id = $1",
      [delivery],
    );
    await superuser('delete from graphile_worker._private_jobs');
    const again = await scene.owner.call('POST', path);
    assert.deepEqual(
      [again.status, again.body.id, again.body.state, again.body.attempts],
      [202, delivery, 'waiting', 0],
    );
    assert.deepEqual(
      (await superuser('select payload from graphile_worker._private_jobs')).map(({ payload }) => payload),
      [{ delivery }],
    );
    await superuser('update vouchsafe.webhook_delivery set attempts = 3 where id = $1', [delivery]);
    assert.equal((await scene.owner.call('POST', path)).body.attempts, 3);
    await scene.owner.call('PATCH', `${pathOf(scene)}/${webhook}`, { is_enabled: false });
    assert.equal((await scene.owner.call('POST', path)).body.code, 'webhook_disabled');
    await superuser(
      "update vouchsafe.webhook_delivery set state = 'delivered', body = null, next_at = null, ended_at = now() where id = $1",
      [delivery],
    );
    assert.equal((await scene.owner.call('POST', path)).body.code, 'delivery_arrived');
  });

  it('of a test are asked for also where the webhook is off, and by hand only so often', async () => {
    const scene = await makeScene(stage);
    await scene.owner.call('PATCH', `${pathOf(scene)}/${scene.webhook}`, { is_enabled: false });
    const path = `${pathOf(scene)}/${scene.webhook}/test`;
    assert.equal((await scene.owner.call('POST', path)).status, 202);
    assert.deepEqual(
      (await deliveriesOf(scene, scene.webhook)).map(({ type }) => type),
      ['test', 'test'],
    );
    const earlier = await dumpTables(stage);
    spendable = 0;
    const refused = await scene.owner.call('POST', path);
    spendable = Number.POSITIVE_INFINITY;
    assert.deepEqual([refused.status, refused.body.code], [429, 'rate_limited']);
    assert.equal(await dumpTables(stage), earlier);
  });

  it('of another company are not there', async () => {
    const [scene, other] = [await makeScene(stage), await makeScene(stage)];
    const foreign = `${pathOf(other)}/${scene.webhook}`;
    for (const [method, path, code] of [
      ['PATCH', foreign, 'webhook_not_found'],
      ['DELETE', foreign, 'webhook_not_found'],
      ['POST', `${foreign}/rotate`, 'webhook_not_found'],
      ['POST', `${foreign}/test`, 'webhook_not_found'],
      ['POST', `${foreign}/deliveries/${scene.delivery}/resend`, 'delivery_not_found'],
      ['POST', `${pathOf(other)}/${other.webhook}/deliveries/${scene.delivery}/resend`, 'delivery_not_found'],
    ] as const) {
      const body = method === 'PATCH' ? { is_enabled: false } : method === 'DELETE' ? undefined : {};
      const reply = await other.owner.call(method, path, body);
      assert.deepEqual([reply.status, reply.body.code], [404, code], path);
    }
    assert.deepEqual(await deliveriesOf(other, scene.webhook), []);
    assert.equal((await list(scene)).length, 1);
  });

  it('go with their webhook', async () => {
    const scene = await makeScene(stage);
    assert.equal((await scene.owner.call('DELETE', `${pathOf(scene)}/${scene.webhook}`)).status, 204);
    const left = await stage.store.superuser('select from vouchsafe.webhook_delivery where company_id = $1', [
      scene.company,
    ]);
    assert.deepEqual(left, []);
    assert.deepEqual(stage.bugs, []);
  });
});
