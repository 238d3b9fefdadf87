import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { addCounts, type AddedCount } from '../../test/support/add-count.ts';
import type { Stage } from '../../test/support/signed-in.ts';
import {
  addKey,
  addProject,
  openScene,
  openUsageStage,
  type UsageScene,
} from '../../test/support/usage-stage.ts';
import { exportUsage } from './export.ts';

let stage: Stage;
before(async () => {
  stage = await openUsageStage();
});

const add = ({ company, project }: UsageScene, ...counts: Partial<AddedCount>[]): Promise<void> =>
  addCounts(
    stage.database,
    counts.map((one) => Object.assign({ company, project, day: '2026-11-22', count: 1 }, one)),
  );

const usageOf = ({ owner, company }: UsageScene, query = ''): ReturnType<UsageScene['owner']['call']> =>
  owner.call('GET', `/v1/companies/${company}/usage${query}`);

describe('usage', () => {
  it('is shown by day, operation and key, with zeros where there was none', async () => {
    const scene = await openScene(stage);
    const key = await addKey(stage, scene, 'Web shop');
    const second = await addProject(stage, scene.company, 'B');
    await add(
      scene,
      { count: 5, key, bucket: 0 },
      { count: 5, key, bucket: 3, outcome: 'failed' },
      { count: 90, key, bucket: 12, outcome: 'refused' },
      { day: '2026-11-20', outcome: 'failed', count: 2, operation: 'geocoding.reverse', bucket: 12 },
      { project: second, count: 1 },
      { day: '2026-11-01', outcome: 'refused', count: 4 },
      { day: '2026-10-31', count: 1000 },
    );
    const { body } = await usageOf(scene, '?from=2026-11-20&to=2026-11-22');
    const first = { estimate_ms: 0.5, at_most_ms: 0.5 };
    const longest = { estimate_ms: 2500, at_most_ms: null };
    assert.deepEqual(body, {
      interval: 'day',
      from: '2026-11-20',
      to: '2026-11-22',
      today: { ok: 6, refused: 90, failed: 5 },
      month: { ok: 6, refused: 94, failed: 7 },
      total: {
        ok: 6,
        refused: 90,
        failed: 7,
        durations: { p50: { estimate_ms: 3, at_most_ms: 5 }, p90: longest, p99: longest },
      },
      days: [
        { day: '2026-11-20', ok: 0, refused: 0, failed: 2 },
        { day: '2026-11-21', ok: 0, refused: 0, failed: 0 },
        { day: '2026-11-22', ok: 6, refused: 90, failed: 5 },
      ],
      months: [],
      operations: [
        {
          operation: 'geocoding.forward',
          ok: 6,
          refused: 90,
          failed: 5,
          durations: {
            p50: { estimate_ms: 0.5, at_most_ms: 0.5 },
            p90: { estimate_ms: 4.5, at_most_ms: 5 },
            p99: { estimate_ms: 5, at_most_ms: 5 },
          },
        },
        {
          operation: 'geocoding.reverse',
          ok: 0,
          refused: 0,
          failed: 2,
          durations: { p50: longest, p90: longest, p99: longest },
        },
      ],
      keys: [
        {
          key: null,
          name: null,
          project: scene.project,
          ok: 0,
          refused: 0,
          failed: 2,
          durations: { p50: longest, p90: longest, p99: longest },
        },
        {
          key,
          name: 'Web shop',
          project: scene.project,
          ok: 5,
          refused: 90,
          failed: 5,
          durations: {
            p50: { estimate_ms: 0.5, at_most_ms: 0.5 },
            p90: { estimate_ms: 4.5, at_most_ms: 5 },
            p99: { estimate_ms: 5, at_most_ms: 5 },
          },
        },
        {
          key: null,
          name: null,
          project: second,
          ok: 1,
          refused: 0,
          failed: 0,
          durations: { p50: first, p90: first, p99: first },
        },
      ],
    });
    const past = await usageOf(scene, '?from=2026-10-31&to=2026-10-31');
    assert.deepEqual([past.body.days[0].ok, past.body.today.ok, past.body.month.refused], [1000, 6, 94]);
    assert.equal((await usageOf(scene)).body.days.length, 30);
  });

  it('is of one project, one key, or of what came without one', async () => {
    const scene = await openScene(stage);
    const key = await addKey(stage, scene, 'One');
    const other = await addKey(stage, scene, 'Two');
    const second = await addProject(stage, scene.company, 'B');
    await add(
      scene,
      { count: 1, key },
      { count: 2, key: other },
      { count: 4 },
      { count: 8, project: second },
    );
    const okOf = async (query: string): Promise<number> => (await usageOf(scene, query)).body.today.ok;
    assert.deepEqual(
      await Promise.all(
        [
          `?key=${key}`,
          `?key=${other}`,
          '?key=none',
          `?project=${second}`,
          `?key=none&project=${second}`,
        ].map(okOf),
      ),
      [1, 2, 12, 8, 8],
    );
    const stranger = await openScene(stage);
    for (const [query, code] of [
      [`?key=${await addKey(stage, stranger, 'Theirs')}`, 'key_not_found'],
      [`?project=${stranger.project}`, 'project_not_found'],
    ] as const) {
      const { status, body } = await usageOf(scene, query);
      assert.deepEqual([status, body.code], [404, code]);
    }
  });

  it('is added up by month for a year', async () => {
    const scene = await openScene(stage);
    await add(
      scene,
      { count: 3 },
      { day: '2026-11-01', count: 4 },
      { day: '2025-12-01', count: 5, outcome: 'failed' },
      { day: '2025-11-30', count: 6 },
    );
    const { body } = await usageOf(scene, '?interval=month');
    assert.deepEqual(
      [body.from, body.to, body.days, body.months.length],
      ['2025-12-01', '2026-11-22', [], 12],
    );
    assert.deepEqual(body.months[0], { month: '2025-12', ok: 0, refused: 0, failed: 5 });
    assert.deepEqual(body.months[11], { month: '2026-11', ok: 7, refused: 0, failed: 0 });
    assert.deepEqual(body.month, { ok: 7, refused: 0, failed: 0 });
  });

  it('without a measured duration has no percentiles', async () => {
    const scene = await openScene(stage);
    await stage.store.superuser(
      "insert into vouchsafe.usage_day values ($1, $2, 'geocoding.forward', '2026-11-22', 'ok', 7)",
      [scene.company, scene.project],
    );
    const { body } = await usageOf(scene);
    assert.deepEqual([body.total.ok, body.total.durations], [7, null]);
  });

  it('refuses ranges and filters that are none', async () => {
    const scene = await openScene(stage);
    for (const query of [
      '?from=2026-11-23&to=2026-11-22',
      '?from=2025-11-21&to=2026-11-22',
      '?from=2026-02-30',
      '?from=x',
      '?to=0000-01-01',
      '?to=99999-01-01',
      '?project=x',
      '?key=x',
      '?key=',
      '?interval=week',
      '?from=2019-12-31&to=2020-01-02',
      '?from=2026-11-22T00:00:00Z',
    ]) {
      const answer = await usageOf(scene, query);
      assert.deepEqual([answer.status, answer.body.code], [400, 'invalid_request'], query);
    }
    assert.equal((await usageOf(scene, '?from=2025-11-22&to=2026-11-22')).body.days.length, 366);
    assert.deepEqual(stage.bugs, []);
  });
});

describe('usage as CSV', () => {
  const fileOf = (scene: UsageScene, more: object = {}, most?: number): Promise<string> =>
    exportUsage(
      stage.database,
      {
        company: scene.company,
        user: scene.owner.user,
        project: undefined,
        key: undefined,
        range: { from: '2026-10-01', to: '2026-11-22' },
        ...more,
      },
      most,
    );

  it('has a row a day, project, key, operation and outcome, and no formula in it', async () => {
    const scene = await openScene(stage);
    await stage.store.superuser('update vouchsafe.project set name = $2 where id = $1', [
      scene.project,
      '=HYPERLINK("https://evil.example"),"Ü"',
    ]);
    const key = await addKey(stage, scene, '+1');
    await add(
      scene,
      { count: 3, key, bucket: 3 },
      { count: 1, bucket: 12, outcome: 'failed' },
      { day: '2026-10-01', count: 2 },
      { day: '2026-09-30', count: 2 },
    );
    const name = `"'=HYPERLINK(""https://evil.example""),""Ü"""`;
    assert.deepEqual((await fileOf(scene)).split('\r\n'), [
      '"day","project","project_name","key","key_name","operation","outcome","count","p50_ms","p50_at_most_ms","p90_ms","p90_at_most_ms","p99_ms","p99_at_most_ms"',
      `"2026-10-01","${scene.project}",${name},"","","geocoding.forward","ok","2","0.25","0.5","0.5","0.5","0.5","0.5"`,
      `"2026-11-22","${scene.project}",${name},"","","geocoding.forward","failed","1","2500","","2500","","2500",""`,
      `"2026-11-22","${scene.project}",${name},"${key}","'+1","geocoding.forward","ok","3","4.17","5","5","5","5","5"`,
      '',
    ]);
    assert.equal((await fileOf(scene, { key })).split('\r\n').length, 3);
    assert.equal((await fileOf(scene, { key: 'none' })).split('\r\n').length, 4);
  });

  it('is refused beyond its number of rows, and of what is not the company’s', async () => {
    const [scene, stranger] = [await openScene(stage), await openScene(stage)];
    await add(scene, { day: '2026-10-01' }, { day: '2026-11-01' }, { day: '2026-11-02' });
    assert.equal((await fileOf(scene, {}, 3)).split('\r\n').length, 5);
    await assert.rejects(fileOf(scene, {}, 2), { code: 'usage_export_too_large', status: 422 });
    await assert.rejects(fileOf(scene, { project: stranger.project }), { code: 'project_not_found' });
    await assert.rejects(fileOf(scene, { key: await addKey(stage, stranger, 'Theirs') }), {
      code: 'key_not_found',
    });
  });
});
