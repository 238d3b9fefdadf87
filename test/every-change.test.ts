/** Every change in a company is written down with it or not made at all, and made only by those who may at that moment. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { featureTable } from '../src/features.ts';
import { systemClock } from '../src/foundation/clock.ts';
import type { AnyRoute } from '../src/http/route.ts';
import { createDatasetService } from '../src/services/datasets/routes.ts';
import {
  CHANGES,
  controlPlaneRoutes,
  sumTables,
  makeScene,
  openStage,
  send,
  setRole,
  type Call,
  type Scene,
} from './support/control-plane.ts';
import { addDataset, DATASET_CHANGES, type DatasetScene } from './support/dataset-changes.ts';
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
const READS: ReadonlySet<string> = new Set([
  'audit.export',
  'datasets.beginComparison',
  'datasets.read-invitation',
  'key-reveals.read',
  'logs.export',
]);

/** Members' changes that leave their event in another way, and where that is tested. */
const ELSEWHERE: readonly (readonly [RegExp, string])[] = [
  // A file that arrives changes nothing of a dataset; what comes of it is datasets.load.
  // An export changes nothing; of a company that is gone there is no log; who asks in the playground does what the key does.
  [/^companies\.(?:delete|export)$/, 'src/leaving'],
  [/^playground\.ask$/, 'src/playground'],
  [/^dataset-uploads\./, 'test/dataset-trail.test.ts'],
  // Each is one datasets.edit, or none where no row is touched.
  [/^datasets\.(?:add|change|put|remove)Rows?$/, 'test/dataset-trail.test.ts'],
];

const isChange = ({ method, access, operation }: AnyRoute): boolean =>
  method !== 'GET' &&
  ('session' in access || 'member' in access || 'pending' in access || operation === 'invitations.accept') &&
  !READS.has(operation);

const prepare = async (): Promise<DatasetScene> => addDataset(stage, await makeScene(stage));

/** Every call. */
const ALL: readonly (readonly [string, (scene: DatasetScene) => Call])[] = [
  ...Object.entries(CHANGES),
  ...Object.entries(DATASET_CHANGES),
];

interface Loss {
  readonly lose: (scene: Scene) => Promise<unknown>;
  /** Left out where it takes more along than it could give back. */
  readonly undo?: (scene: Scene) => Promise<unknown>;
  readonly status: number;
}

describe('every change in a company', () => {
  it('has an example here, so that none is forgotten', () => {
    assert.deepEqual(
      ALL.map(([operation]) => operation).toSorted(),
      routes
        .filter(isChange)
        .map(({ operation }) => operation)
        .toSorted(),
    );
    // The whole house, where somebody adds a room that nobody adds here.
    const house = [...featureTable(), ...createDatasetService(undefined, systemClock).routes];
    const members = house.filter((route) => isChange(route) && 'member' in route.access);
    const tested = new Set(ALL.map(([operation]) => operation));
    const elsewhere = (name: string): boolean => ELSEWHERE.some(([names]) => names.test(name));
    assert.deepEqual(
      members.map(({ operation }) => operation).filter((name) => !tested.has(name) && !elsewhere(name)),
      [],
    );
    for (const [names] of ELSEWHERE) assert.ok(members.some(({ operation }) => names.test(operation)));
  });

  it('leaves one event that says who, what and when', async () => {
    for (const [operation, callOf] of ALL) {
      const scene = operation in DATASET_CHANGES ? await prepare() : await makeScene(stage);
      const call = callOf(scene as DatasetScene);
      const earlier = new Set(
        (await stage.store.superuser('select id from vouchsafe.audit_event')).map(({ id }) => id),
      );
      const reply = await send(stage, scene, call);
      assert.equal(reply.status, call.status, `${operation} ${JSON.stringify(reply.body)}`);
      const events = (await stage.store.superuser('select * from vouchsafe.audit_event')).filter(
        ({ id }) => !earlier.has(id),
      );
      const name = call.event ?? operation;
      const event = events.find((one) => one['action'] === name);
      assert.deepEqual(
        events.filter((one) => one !== event).map(({ action }) => action),
        call.besides ?? [],
        operation,
      );
      assert.equal(event?.['action'], name, operation);
      assert.equal(event?.['actor'], call.public === true ? reply.body.user.id : scene.owner.user, operation);
      assert.deepEqual(event?.['at'], new Date(stage.clock.now()), operation);
      assert.match(String(event?.['target']), /^(?:com|prj|key|dom|usr|inv|whk|dst)_/, operation);
      assert.doesNotMatch(JSON.stringify(event?.['details']), /@|vs_sk_|192\.0\.2|198\.51/, operation);
    }
    assert.deepEqual(stage.bugs, []);
  });

  it('is not made where it cannot be written down', async () => {
    // What is refused changes nothing, so that one company does for all.
    const scene = await prepare();
    await stage.store.superuser(`
      create function public.full() returns trigger language plpgsql as
        $$ begin raise exception 'disk full' using errcode = 'disk_full'; end $$;
      create trigger full_disk before insert on vouchsafe.audit_event for each row execute function public.full()`);
    const earlier = await sumTables(stage);
    for (const [operation, callOf] of ALL) {
      const reply = await send(stage, scene, callOf(scene));
      assert.equal(reply.status, 503, operation);
      assert.equal(await sumTables(stage), earlier, operation);
    }
    await stage.store.superuser(
      'drop trigger full_disk on vouchsafe.audit_event; drop function public.full()',
    );
    assert.deepEqual(stage.bugs, []);
  });

  const LOSSES: Readonly<Record<string, Loss>> = {
    'a role that was lowered': {
      lose: ({ company, owner }) => setRole(stage, company, owner.user, 'viewer'),
      undo: ({ company, owner }) => setRole(stage, company, owner.user, 'owner'),
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
      undo: ({ owner }) =>
        stage.store.superuser('update vouchsafe.session set ended_at = null where id = $1', [owner.session]),
      status: 401,
    },
    'a second factor that is required meanwhile': {
      lose: ({ company }) =>
        stage.store.superuser('update vouchsafe.company set require_second_factor = true where id = $1', [
          company,
        ]),
      undo: ({ company }) =>
        stage.store.superuser('update vouchsafe.company set require_second_factor = false where id = $1', [
          company,
        ]),
      status: 403,
    },
  };
  for (const [name, { lose, undo, status }] of Object.entries(LOSSES)) {
    it(`is refused to ${name}, even while the request is under way`, async () => {
      let scene = await prepare();
      for (const [operation, callOf] of ALL) {
        // Who makes a company, or accepts an invitation, has no role yet; a viewer may leave.
        if (/^(?:companies\.create|invitations\.accept|datasets\.accept-invitation)$/.test(operation))
          continue;
        // And who has no second factor may leave a company that asks for one.
        if (operation === 'members.leave' && /lowered|second factor/.test(name)) continue;
        // A viewer may ask.
        if (operation === 'datasets.ask' && /lowered/.test(name)) continue;
        let earlier = '';
        meanwhile = async () => {
          meanwhile = () => Promise.resolve();
          await lose(scene);
          earlier = await sumTables(stage);
        };
        const reply = await send(stage, scene, callOf(scene));
        assert.equal(reply.status, status, `${operation} ${JSON.stringify(reply.body)}`);
        assert.equal(await sumTables(stage), earlier, operation);
        // What went with a membership does not come back with it.
        if (undo === undefined) scene = await prepare();
        else await undo(scene);
      }
      assert.deepEqual(stage.bugs, []);
    });
  }
});
