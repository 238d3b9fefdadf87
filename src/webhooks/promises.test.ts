import assert from 'node:assert/strict';
import { createSecretKey } from 'node:crypto';
import { test } from 'node:test';
import { COMPANY_A, seedCompanies } from '../../test/support/companies.ts';
import { testDatabase } from '../../test/support/database.ts';
import { systemClock as clock } from '../foundation/clock.ts';
import type { CheckResult } from '../foundation/promise.ts';
import { createGuard } from './guard.ts';
import { webhooksStayOutside, type WebhookPromiseOptions } from './promises.ts';

const boxKey = createSecretKey(Buffer.alloc(32, 3));

const check = async (
  networks: readonly string[],
  broken: Partial<Pick<WebhookPromiseOptions, 'guardOf' | 'seal'>> = {},
): Promise<CheckResult> => {
  const { database, superuser } = await testDatabase();
  await seedCompanies(superuser);
  const home = async (): Promise<{ company: typeof COMPANY_A }> => ({ company: COMPANY_A });
  const settings = { boxKey, networks };
  const result = await webhooksStayOutside({ database, home, settings, clock, ...broken }).check();
  assert.equal((await superuser('select from vouchsafe.webhook')).length, 2, 'what was tried is taken back');
  return result;
};

test('the promise is kept by the guard and the schema as they are', async () => {
  const { state, evidence } = await check([]);
  assert.deepEqual([state, /19 kinds/.test(evidence)], ['kept', true], evidence);
});

test('the promise speaks of networks that an operator named, and does not try what they allow', async () => {
  const { state, evidence } = await check(['127.0.0.0/8', '10.0.0.0/8']);
  assert.deepEqual([state, /17 kinds/.test(evidence)], ['kept', true], evidence);
  assert.match(evidence, /none was tried/);
});

test('the promise is broken by a guard that lets one address through', async () => {
  for (const [hole, evidence] of [
    ['169.254.169.254', /169\.254\.169\.254 was not refused/],
    ['::ffff:7f00:1', undefined],
  ] as const) {
    const result = await check([], {
      guardOf: (options) =>
        createGuard({ ...options, networks: [`${hole}/${hole.includes(':') ? 128 : 32}`] }),
    });
    assert.equal(result.state, 'broken');
    if (evidence !== undefined) assert.match(result.evidence, evidence);
  }
});

test('the promise is broken by a sender that reaches this machine though the name was refused', async () => {
  let questions = 0;
  const { state, evidence } = await check([], {
    guardOf: (options) => {
      questions += 1;
      // Right for each name that is looked at, wrong for what is sent.
      return createGuard({ ...options, networks: questions > 19 ? ['127.0.0.0/8'] : [] });
    },
  });
  assert.deepEqual([state, evidence], ['broken', 'A message reached a listener on this machine.']);
});

test('the promise is broken by a secret that lies in its row in clear', async () => {
  const { state, evidence } = await check([], {
    seal: (_key, _row, secret) => Buffer.concat([Buffer.alloc(12), secret, Buffer.alloc(16)]),
  });
  assert.deepEqual([state, evidence], ['broken', 'The row of a fresh webhook holds its secret.']);
});
