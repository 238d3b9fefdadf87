/** Plans and limits as whoever runs the server sets them, beside a running server. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serve } from '../support/served.ts';
import { runCommand, until } from '../support/server.ts';

const GEOCODE = '/geocode/v1/json?q=Paris';

test('plans and limits are set by commands, hold on both workers, and words that are none do nothing', async () => {
  await using served = await serve({ env: { WORKERS: '2' } });
  const { server } = served;
  const { home } = server;
  const key = /vs_sk_live_\w+/.exec(server.stdout())?.[0] ?? '';
  const ask = async (): Promise<number> =>
    (await server.request(GEOCODE, { headers: { authorization: `Bearer ${key}` } })).status;
  const run = async (...words: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await runCommand(words, { home });
    assert.deepEqual([code, stderr], [0, ''], words.join(' '));
    return stdout;
  };
  const statusIs = async (status: number): Promise<void> => {
    // Ten in a row come from both workers.
    await until(`${status} from both workers`, async () => {
      const statuses = await Promise.all(Array.from({ length: 10 }, ask));
      return statuses.every((one) => one === status);
    });
  };

  const listed = await run('projects', 'list');
  assert.match(listed, /^prj_\w+  50 a second, 10000 a day \(its own\)  Trial company: Trial project\n$/);
  const project = listed.slice(0, listed.indexOf(' '));
  await statusIs(200);
  assert.equal(
    await run('projects', 'limit', project, '--per-day', '0', '--per-month', '7'),
    `${project} may now make 50 a second, 0 a day, 7 a month.\n`,
  );
  await statusIs(402);

  assert.equal(
    await run('plans', 'set', 'gold', '--per-second', '500', '--burst', '900', '--soft', '--per-month', '9'),
    'gold: 500 a second, 900 at once, any number a day, 9 a month, soft. 0 companies have it.\n',
  );
  const plans = await run('plans', 'list');
  assert.match(plans, /^gold {10}500 a second.*\nstandard {6}10 a second, 2500 a day\n  com_\w+  /);
  const company = /com_\w+(?=  Trial company)/.exec(plans)?.[0] ?? '';
  await run('plans', 'give', company, 'gold');
  assert.match(await run('projects', 'limit', project, '--by-plan'), /the limits of the plan gold/);
  await statusIs(200);
  assert.match(await run('plans', 'set', 'gold', '--hard', '--per-month', '0'), /One company has it/);
  await statusIs(402);

  for (const [words, code] of [
    [['plans'], 2],
    [['plans', 'list', 'more'], 2],
    [['plans', 'set'], 2],
    [['plans', 'set', 'Gold', '--per-second', '1'], 2],
    [['plans', 'set', 'new', '--burst', '5'], 2],
    [['plans', 'set', 'gold'], 2],
    [['plans', 'set', 'gold', '--per-second', 'many'], 2],
    [['plans', 'set', 'gold', '--soft', '--hard'], 2],
    [['plans', 'remove', 'gold', '--soft'], 2],
    [['plans', 'give', 'x', 'gold'], 2],
    [['plans', 'remove', 'standard'], 1],
    [['plans', 'remove', 'gold'], 1],
    [['plans', 'remove', 'silver'], 1],
    [['plans', 'give', company, 'silver'], 1],
    [['projects', 'limit', project], 2],
    [['projects', 'limit', project, '--by-plan', '--soft'], 2],
    [['projects', 'limit', project, '--per-month', '1.5'], 2],
    [['projects', 'limit', 'prj_x', '--soft'], 2],
  ] as const) {
    const { code: got, stdout, stderr } = await runCommand(words, { home });
    assert.deepEqual([got, stdout], [code, ''], words.join(' '));
    assert.match(stderr, /^[^\n]+\n$/, words.join(' '));
  }
  await statusIs(402);
});
