import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { recordingLog } from '../../test/support/log.ts';
import { testDatabase, type TestDatabase } from '../../test/support/database.ts';
import { createLog } from '../log.ts';
import { systemClock } from '../foundation/clock.ts';
import { connect, type Connection } from '../store/connection.ts';
import { startJobs, type Jobs, type JobsOptions } from './runner.ts';
import type { ScheduledTask } from './schedule.ts';

const jobsOf = (store: TestDatabase): Connection => ({ ...store.connections.owner, role: 'vouchsafe_jobs' });

/** A server takes few connections, hence each test ends its own. */
const endings: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

/** A runner that does not outlive its test. */
const start = async (
  store: TestDatabase,
  options: Partial<JobsOptions> = {},
): Promise<Jobs & { readonly messages: readonly string[] }> => {
  const log = recordingLog();
  const jobs = await startJobs({
    connection: jobsOf(store),
    tasks: {},
    schedule: [],
    clock: systemClock,
    log,
    ...options,
  });
  endings.push(() => jobs.close(1000));
  return { close: (graceMs) => jobs.close(graceMs), messages: log.messages };
};

const add = (store: TestDatabase, task: string, payload: object = {}) =>
  store.superuser('select graphile_worker.add_job($1, $2)', [task, JSON.stringify(payload)]);

const until = async (what: string, isTrue: () => boolean | Promise<boolean>): Promise<void> => {
  for (let waited = 0; waited < 30_000; waited += 20) {
    if (await isTrue()) return;
    await sleep(20);
  }
  assert.fail(`never: ${what}`);
};

const countJobs = async (store: TestDatabase): Promise<number> =>
  (await store.superuser('select from graphile_worker._private_jobs')).length;

test('a job that is enqueued is done once, and gone', async () => {
  const store = await testDatabase();
  const seen: unknown[] = [];
  const tasks = { 'test.note': async (payload: unknown) => void seen.push(payload) };
  await start(store, { tasks });
  await start(store, { tasks });
  await add(store, 'test.note', { n: 1 });
  await until('done', async () => (await countJobs(store)) === 0);
  assert.deepEqual(seen, [{ n: 1 }]);
});

test('a failure is kept and told as a code, never with its words, and the job runs again', async () => {
  const store = await testDatabase();
  const lines: string[] = [];
  const log = createLog('debug', { write: (line) => void lines.push(line) });
  let attempts = 0;
  const tasks = {
    'test.fail': async () => {
      attempts += 1;
      if (attempts === 1) throw new Error('mark-9f <ann@example.com>');
    },
  };
  await start(store, { tasks, log });
  await add(store, 'test.fail');
  await until('failed', async () => {
    const [job] = await store.superuser('select last_error from graphile_worker._private_jobs');
    return job?.['last_error'] === 'Error';
  });
  await store.superuser("update graphile_worker._private_jobs set run_at = now() - interval '1 second'");
  await add(store, 'test.fail');
  await until('done', async () => (await countJobs(store)) === 0);
  assert.equal(attempts, 3);
  assert.ok(lines.some((line) => line.includes('"operation":"test.fail"')));
  assert.doesNotMatch(lines.join(''), /mark-9f|ann@/);
});

test('each occurrence of a schedule runs once among several processes, also one that all of them missed', async () => {
  const store = await testDatabase();
  const runs: number[] = [];
  const schedule: readonly ScheduledTask[] = [
    { name: 'test.tidy', every: 'hour', run: async (now) => void runs.push(now) },
  ];
  await store.superuser(
    `insert into graphile_worker._private_known_crontabs (identifier, known_since, last_execution)
     values ('test.tidy', now() - interval '3 days', now() - interval '60 minutes')`,
  );
  const clock = { ...systemClock, now: () => 42 };
  await Promise.all([1, 2, 3].map(() => start(store, { schedule, clock })));
  await until('run', () => runs.length > 0);
  await until('done', async () => (await countJobs(store)) === 0);
  assert.deepEqual(runs, [42]);
});

test('a schedule in minutes that no clock could keep is refused', async () => {
  const store = await testDatabase();
  for (const every of [0, 31, 1.5, Number.NaN]) {
    const schedule = [{ name: 'test.odd', every, run: async () => undefined }];
    await assert.rejects(start(store, { schedule }), RangeError);
  }
});

test('the runner outlives the loss of all its connections, and the end of a job meanwhile', async () => {
  const store = await testDatabase();
  const { database } = store.connections.owner;
  let runs = 0;
  const release = Promise.withResolvers<undefined>();
  const tasks = {
    'test.wait': async () => {
      runs += 1;
      await release.promise;
    },
    'test.note': async () => void (runs += 10),
  };
  await start(store, { tasks });
  await add(store, 'test.wait');
  await until('begun', () => runs === 1);
  const elsewhere = await connect({ ...store.connections.superuser, database: 'postgres' }, { name: 'test' });
  // No new connections either, as while a server restarts.
  await elsewhere.query(`alter database ${database} allow_connections false`);
  await elsewhere.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [
    database,
  ]);
  release.resolve(undefined);
  await sleep(500);
  await elsewhere.query(`alter database ${database} allow_connections true`);
  await elsewhere.end();
  await add(store, 'test.note');
  await until('goes on', () => runs >= 11);
});

test('a job of a process that crashed is done by the next one, long before four hours', async () => {
  const store = await testDatabase();
  await add(store, 'test.note');
  await add(store, 'test.note');
  await store.superuser(
    "update graphile_worker._private_jobs set locked_by = 'pool-crashed', locked_at = now() - interval '3 minutes' where id = 1",
  );
  await store.superuser(
    "update graphile_worker._private_jobs set locked_by = 'pool-alive', locked_at = now() where id = 2",
  );
  let runs = 0;
  await start(store, { tasks: { 'test.note': async () => void (runs += 1) } });
  await until('done', async () => (await countJobs(store)) === 1);
  assert.equal(runs, 1);
});

test('a process that is alone does at its start what a crash left behind, and keeps its own for itself later', async () => {
  const store = await testDatabase();
  await add(store, 'test.note');
  await store.superuser(
    "update graphile_worker._private_jobs set locked_by = 'pool-crashed', locked_at = now() - interval '1 second'",
  );
  let runs = 0;
  const release = Promise.withResolvers<undefined>();
  const tasks = {
    'test.note': async () => {
      runs += 1;
      await release.promise;
    },
  };
  await start(store, { tasks, isAlone: true });
  await until('begun', () => runs === 1);
  const elsewhere = await connect({ ...store.connections.superuser, database: 'postgres' }, { name: 'test' });
  await elsewhere.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [
    store.connections.owner.database,
  ]);
  await elsewhere.end();
  await add(store, 'test.end');
  await sleep(1000);
  release.resolve(undefined);
  await until('done', async () => (await countJobs(store)) <= 1);
  assert.equal(runs, 1);
});

test('closing waits for jobs under way', async () => {
  const store = await testDatabase();
  const begun = Promise.withResolvers<undefined>();
  const release = Promise.withResolvers<undefined>();
  const { close } = await start(store, {
    tasks: {
      'test.wait': () => {
        begun.resolve(undefined);
        return release.promise;
      },
    },
  });
  await add(store, 'test.wait');
  await begun.promise;
  const closing = close(20_000);
  release.resolve(undefined);
  await closing;
  assert.equal(await countJobs(store), 0);
});

test('closing gives back what does not end in time, for another process to do', async () => {
  const store = await testDatabase();
  const begun = Promise.withResolvers<undefined>();
  const { close, messages } = await start(store, {
    tasks: {
      'test.hang': () => {
        begun.resolve(undefined);
        return Promise.withResolvers<undefined>().promise;
      },
    },
  });
  await add(store, 'test.hang');
  await begun.promise;
  await close(50);
  const [job] = await store.superuser('select locked_by from graphile_worker._private_jobs');
  assert.deepEqual(job, { locked_by: null });
  assert.ok(messages.includes('jobs under way were given back to the queue'));
});

test('a database that is not there at the start is waited for', async () => {
  const store = await testDatabase();
  const { messages, close } = await start(store, {
    connection: { ...jobsOf(store), database: 'nowhere' },
  });
  assert.ok(messages.some((message) => message.includes('cannot be reached')));
  await close();
});
