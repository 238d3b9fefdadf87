import assert from 'node:assert/strict';
import { it } from 'node:test';
import { testDatabase } from '../../test/support/database.ts';
import { fillTables, markedOnes } from '../../test/support/fill-tables.ts';
import { recordingLog } from '../../test/support/log.ts';
import { randomSecretBytes } from '../foundation/secret.ts';
import { cronItemOf } from '../jobs/schedule.ts';
import { housekeeping } from './housekeeping.ts';

const NOW = Date.UTC(2026, 10, 22, 12);
const DAY = 86_400_000;

it('keeps house: links and sessions go, the ring turns, unused accounts are warned', async () => {
  const { database, superuser } = await testDatabase();
  const log = recordingLog();
  const tasks = housekeeping({ database, master: randomSecretBytes(32), log });
  const who = markedOnes();
  await fillTables(superuser, who, { besides: ['mail'] });
  const count = async (table: string): Promise<number> =>
    Number((await superuser(`select count(*)::int as rows from vouchsafe.${table}`))[0]?.['rows']);
  const runAll = async (now: number): Promise<void> => {
    for (const task of tasks) await task.run(now);
  };

  await runAll(NOW);
  const short = ['session', 'password_reset', 'email_change', 'invitation', 'ceremony'];
  for (const table of short) assert.equal(await count(table), 1, `${table} is not over yet`);
  assert.equal(await count('ring_key'), 1);
  for (let day = 1; day <= 5; day += 1) await runAll(NOW + day * DAY + 60_000);
  for (const table of short) assert.equal(await count(table), 0, `${table} is over`);
  assert.equal(await count('ring_key'), 3);
  await runAll(NOW + 160 * DAY);
  assert.equal(await count('mail'), 1, 'the first warning');
  assert.deepEqual(log.messages, []);
});

it('has tasks that the runner of jobs takes, each of its own name', () => {
  const tasks = housekeeping({ database: undefined!, master: new Uint8Array(32), log: recordingLog() });
  assert.equal(new Set(tasks.map((task) => cronItemOf(task).identifier)).size, 3);
});
