/** Every change in a company is written down with it or not made at all, and made only by those who may at that moment. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import type { AnyRoute } from '../src/http/route.ts';
import {
  CHANGES,
  controlPlaneRoutes,
  dumpTables,
  makeScene,
  openStage,
  send,
  setRole,
  type Scene,
} from './support/control-plane.ts';
import type { Stage } from './support/signed-in.ts';

/** What a request meets between its being let in and its being handled. */
let meanwhile: (operation: string) => Promise<void> = () => Promise.resolve();
let routes: readonly AnyRoute[] = [];
let stage: Stage;

before(async () => {
  stage = await openStage((parts) => {
    routes = controlPlaneRoutes(parts);
    return routes.map((route) => ({
      ...route,
      handle: async (input, context) => {
        await meanwhile(route.operation);
        return route.handle(input, context);
      },
    }));
  });
});

/** Change nothing, though they are POST. */
const READS: ReadonlySet<string> = new Set(['audit.export', 'key-reveals.read', 'logs.export']);

const isChange = ({ method, access, operation }: AnyRoute): boolean =>
  method !== 'GET' && (!('public' in access) || operation === 'invitations.accept') && !READS.has(operation);

describe('every change in a company', () => {
  it('has an example here, so that none is forgotten', () => {
    assert.deepEqual(
      Object.keys(CHANGES).sort(),
      routes
        .filter(isChange)
        .map(({ operation }) => operation)
        .sort(),
    );
  });

  it('leaves one event that says who, what and when', async () => {
    for (const [operation, callOf] of Object.entries(CHANGES)) {
      const scene = await makeScene(stage);
      const earlier = new Set(
        (await stage.store.superuser('select id from vouchsafe.audit_event')).map(({ id }) => id),
      );
      const call = callOf(scene);
      const reply = await send(stage, scene, call);
      assert.equal(reply.status, call.status, `${operation} ${JSON.stringify(reply.body)}`);
      const events = (await stage.store.superuser('select * from vouchsafe.audit_event')).filter(
        ({ id }) => !earlier.has(id),
      );
      assert.equal(events.length, 1, operation);
      const [event] = events;
      assert.equal(event?.['action'], operation);
      assert.equal(event?.['actor'], call.public === true ? reply.body.user.id : scene.owner.user, operation);
      assert.deepEqual(event?.['at'], new Date(stage.clock.now()), operation);
      assert.match(String(event?.['target']), /^(?:com|prj|key|dom|usr|inv|whk)_/, operation);
      assert.doesNotMatch(JSON.stringify(event?.['details']), /@|vs_sk_|192\.0\.2|198\.51/, operation);
    }
    assert.deepEqual(stage.bugs, []);
  });

  it('is not made where it cannot be written down', async () => {
    const scene = await makeScene(stage);
    await stage.store.superuser(`
      create function public.full() returns trigger language plpgsql as
        $$ begin raise exception 'disk full' using errcode = 'disk_full'; end $$;
      create trigger full_disk before insert on vouchsafe.audit_event for each row execute function public.full()`);
    const earlier = await dumpTables(stage);
    for (const [operation, callOf] of Object.entries(CHANGES)) {
      const reply = await send(stage, scene, callOf(scene));
      assert.equal(reply.status, 503, operation);
      assert.equal(await dumpTables(stage), earlier, operation);
    }
    await stage.store.superuser(
      'drop trigger full_disk on vouchsafe.audit_event; drop function public.full()',
    );
    assert.deepEqual(stage.bugs, []);
  });

  const LOSSES: Readonly<Record<string, { lose: (scene: Scene) => Promise<unknown>; status: number }>> = {
    'a role that was lowered': {
      lose: ({ company, owner }) => setRole(stage, company, owner.user, 'viewer'),
      status: 403,
    },
    'a membership that has ended': {
      lose: ({ company, owner }) =>
        stage.store.superuser('delete from vouchsafe.member where company_id = $1 and user_id = $2', [
          company,
          owner.user,
        ]),
      status: 404,
    },
    'a session that has ended': {
      lose: ({ owner }) =>
        stage.store.superuser('update vouchsafe.session set ended_at = now() where id = $1', [owner.session]),
      status: 401,
    },
    'a second factor that is required meanwhile': {
      lose: ({ company }) =>
        stage.store.superuser('update vouchsafe.company set require_second_factor = true where id = $1', [
          company,
        ]),
      status: 403,
    },
  };
  for (const [name, { lose, status }] of Object.entries(LOSSES)) {
    it(`is refused to ${name}, even while the request is under way`, async () => {
      for (const [operation, callOf] of Object.entries(CHANGES)) {
        // Who makes a company, or accepts an invitation, has no role yet; a viewer may leave.
        if (operation === 'companies.create' || operation === 'invitations.accept') continue;
        // And who has no second factor may leave a company that asks for one.
        if (operation === 'members.leave' && /lowered|second factor/.test(name)) continue;
        const scene = await makeScene(stage);
        let earlier = '';
        meanwhile = async () => {
          meanwhile = () => Promise.resolve();
          await lose(scene);
          earlier = await dumpTables(stage);
        };
        const reply = await send(stage, scene, callOf(scene));
        assert.equal(reply.status, status, `${operation} ${JSON.stringify(reply.body)}`);
        assert.equal(await dumpTables(stage), earlier, operation);
      }
      assert.deepEqual(stage.bugs, []);
    });
  }
});
