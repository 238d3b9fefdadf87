import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { addCounts, type AddedCount } from '../../test/support/add-count.ts';
import { recordingLog } from '../../test/support/log.ts';
import type { Stage } from '../../test/support/signed-in.ts';
import { addProject, openScene, openUsageStage, type UsageScene } from '../../test/support/usage-stage.ts';
import { newId } from '../foundation/ids.ts';
import { enqueueMail } from '../mail/outbox.ts';
import { daysOf } from './range.ts';
import { findUnusual, type TellPrograms } from './unusual.ts';

const NOON = Date.UTC(2026, 10, 22, 12);
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const PAST = daysOf({ from: '2026-10-20', to: '2026-11-20' });

let stage: Stage;
before(async () => {
  stage = await openUsageStage();
});

const told: Parameters<TellPrograms>[1][] = [];
const log = recordingLog();
const look = (now = NOON): Promise<void> =>
  findUnusual(
    {
      database: stage.database,
      enqueueMail,
      enqueueEvent: async (_tx, event) => void told.push(event),
      log,
    },
    now,
  );

const add = ({ company, project }: UsageScene, ...counts: Partial<AddedCount>[]): Promise<void> =>
  addCounts(
    stage.database,
    counts.map((one) => Object.assign({ company, project, day: '2026-11-22', count: 1 }, one)),
  );

/** A scene whose project had two thousand requests a day, one of a hundred refused. */
const openSteady = async (): Promise<UsageScene> => {
  const scene = await openScene(stage);
  await add(
    scene,
    ...PAST.flatMap((day, at): Partial<AddedCount>[] => [
      { day, count: 1980 + (at % 7) },
      { day, count: 20, outcome: 'refused' },
    ]),
    { day: '2026-11-21', count: 2000 },
  );
  return scene;
};

const sentencesOf = async ({ owner, company }: UsageScene, query = ''): Promise<readonly string[]> => {
  const { body } = await owner.call('GET', `/v1/companies/${company}/usage/unusual${query}`);
  return body.items.map(({ sentence }: { readonly sentence: string }) => sentence);
};

const mailsTo = async ({ owner }: UsageScene): Promise<readonly { findings: string[]; further: number }[]> =>
  (await stage.mails())
    .filter(({ recipient, template }) => recipient === owner.email && template === 'usage-unusual')
    .map(({ params }) => params as never);

const switchMailOn = async ({ owner, company }: UsageScene): Promise<void> => {
  await owner.prove();
  const { status } = await owner.call('PATCH', `/v1/companies/${company}`, { mail_unusual: true });
  assert.equal(status, 200);
};

describe('what is unusual', () => {
  it('is a day far above its own past, found once and kept up to date', async () => {
    const scene = await openSteady();
    await look();
    assert.deepEqual(await sentencesOf(scene), []);
    await add(scene, { count: 5000 });
    await look();
    assert.deepEqual(await sentencesOf(scene), ['Maps: 5,000 requests today, usually 2,000 to 2,006.']);
    await add(scene, { count: 36_200 });
    await look(NOON + HOUR_MS);
    assert.deepEqual(await sentencesOf(scene), ['Maps: 41,200 requests today, usually 2,000 to 2,006.']);
    const events = told.filter(({ company }) => company === scene.company);
    assert.deepEqual(events, [
      {
        company: scene.company,
        type: 'usage.unusual',
        data: {
          project: scene.project,
          kind: 'busy',
          subject: '',
          day: '2026-11-22',
          figure: 5000,
          total: null,
          usual_low: 2000,
          usual_high: 2006,
        },
      },
    ]);
    const { body } = await scene.owner.call('GET', `/v1/companies/${scene.company}/usage/unusual`);
    assert.equal(body.items[0].found_at, new Date(NOON).toISOString());
    assert.deepEqual(body.items[0].usual, { low: 2000, high: 2006 });
  });

  it('is seen on the next day where it came late in the evening', async () => {
    const scene = await openSteady();
    await add(scene, { day: '2026-11-21', count: 60_000 });
    await look();
    assert.deepEqual(await sentencesOf(scene), ['Maps: 62,000 requests yesterday, usually 2,000 to 2,006.']);
  });

  it('is an operation of which far more than usual was refused or failed', async () => {
    const scene = await openSteady();
    await add(
      scene,
      { count: 300, outcome: 'refused' },
      { count: 400 },
      { count: 500, operation: 'geocoding.reverse', outcome: 'failed' },
    );
    await look();
    assert.deepEqual(await sentencesOf(scene), [
      'Maps, geocoding.forward: 43 % of 700 requests today were refused, usually up to 1 %.',
    ]);
  });

  it('is nothing of a new project, however much it is used', async () => {
    const scene = await openScene(stage);
    const project = await addProject(stage, scene.company, 'New', NOON - 14 * DAY_MS);
    await add(scene, { project, count: 100_000 });
    await look();
    assert.deepEqual(await sentencesOf(scene), []);
  });

  it('is a domain that calls for the first time after others did', async () => {
    const scene = await openScene(stage);
    const domains = ['https://shop.example', 'https://new.example'].map((origin, at) => ({
      id: newId('dom', at),
      origin,
      madeAt: NOON - (30 - at) * DAY_MS,
    }));
    const call = async (id: string | undefined, day: string): Promise<void> => {
      await stage.store.superuser('insert into vouchsafe.domain_day values ($1, $2, $3, 12, now())', [
        id,
        scene.company,
        day,
      ]);
    };
    for (const { id, origin, madeAt } of domains) {
      await stage.store.superuser(
        'insert into vouchsafe.domain (id, company_id, project_id, origin, created_at) values ($1, $2, $3, $4, $5)',
        [id, scene.company, scene.project, origin, new Date(madeAt)],
      );
    }
    await call(domains[0]?.id, '2026-11-21');
    await look();
    assert.deepEqual(await sentencesOf(scene), [], 'the first domain of a project is no news');
    await call(domains[1]?.id, '2026-11-22');
    await look();
    await look(NOON + DAY_MS);
    const [sentence, ...others] = await sentencesOf(scene);
    assert.equal(
      sentence,
      'Maps: pages of https://new.example called for the first time today, with 12 requests.',
    );
    assert.deepEqual(others, []);
    await stage.store.superuser('delete from vouchsafe.domain where id = $1', [domains[1]?.id]);
    assert.match((await sentencesOf(scene))[0] ?? '', /pages of a domain that is removed by now/);
  });

  it('is mailed only where it was switched on, once a day, with all that is new', async () => {
    const [silent, scene] = [await openSteady(), await openSteady()];
    await switchMailOn(scene);
    const second = await addProject(stage, scene.company, 'http://evil.example/');
    for (const one of [silent, scene]) await add(one, { count: 50_000 });
    await Promise.all([look(), look()]);
    assert.deepEqual(await mailsTo(silent), []);
    const [first, ...others] = await mailsTo(scene);
    assert.deepEqual(others, []);
    assert.deepEqual(first?.findings, ['Maps: 50,000 requests on 22 November 2026, usually 2,000 to 2,006.']);
    await add(scene, ...PAST.map((day) => ({ project: second, day, count: 10 })));
    await add(scene, { project: second, count: 9000 });
    await look(NOON + HOUR_MS);
    await look(NOON + DAY_MS - 1);
    assert.equal((await mailsTo(scene)).length, 1, 'a day has not passed');
    await look(NOON + DAY_MS);
    const mails = await mailsTo(scene);
    assert.equal(mails.length, 2);
    const [finding, ...more] = mails.flatMap(({ findings }) => findings).slice(1);
    assert.match(finding ?? '', /9,000 requests on 22 November 2026, usually 10\.$/);
    assert.doesNotMatch(finding ?? '', /http:\/\/evil/, 'no mail program makes a link of a name');
    assert.deepEqual(more, []);
    assert.equal((await sentencesOf(scene, `?project=${second}`)).length, 1);
  });

  it('is gone after ninety days, and with its project', async () => {
    const [scene, erased] = [await openSteady(), await openSteady()];
    for (const one of [scene, erased]) await add(one, { count: 50_000 });
    await look();
    const rows = async ({ company }: UsageScene): Promise<number> =>
      (await stage.store.superuser('select from vouchsafe.unusual_use where company_id = $1', [company]))
        .length;
    assert.deepEqual([await rows(scene), await rows(erased)], [1, 1]);
    await erased.owner.prove();
    await erased.owner.call('DELETE', `/v1/companies/${erased.company}/projects/${erased.project}`);
    assert.equal(await rows(erased), 0);
    await look(NOON + 90 * DAY_MS);
    assert.equal(await rows(scene), 1);
    await look(NOON + 91 * DAY_MS);
    assert.equal(await rows(scene), 0);
    assert.deepEqual([stage.bugs, log.messages], [[], []]);
  });

  it('of one company is not another’s to see', async () => {
    const [scene, stranger] = [await openSteady(), await openSteady()];
    await add(scene, { count: 50_000 });
    await look();
    assert.deepEqual(await sentencesOf(stranger), []);
    const { status } = await stranger.owner.call(
      'GET',
      `/v1/companies/${stranger.company}/usage/unusual?project=${scene.project}`,
    );
    assert.equal(status, 404);
  });
});
