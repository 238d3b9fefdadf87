/** The real server with limits in a real Valkey or Redis, where one is installed. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { launchServer, until } from '../support/server.ts';
import { serve } from '../support/served.ts';
import { NO_VALKEY, startValkey, type TestValkey } from '../support/valkey.ts';

const PARIS = '/geocode/v1/json?q=Paris,+Texas';

describe('a server with VALKEY_URL', { skip: NO_VALKEY }, () => {
  let valkey: TestValkey;
  before(async () => {
    valkey = await startValkey();
  });
  after(() => valkey.end());

  it('does not start with a wrong password, and says so in a sentence without it', async () => {
    const started = await launchServer({
      env: { VALKEY_URL: `redis://:geheim@127.0.0.1:${valkey.port}`, WORKERS: '1' },
    });
    assert.deepEqual(await started.exited, { code: 1, signal: null });
    assert.match(started.stderr(), /refuses the user or the password of VALKEY_URL/);
    assert.doesNotMatch(started.stderr(), /geheim/);
  });

  it('counts quotas there, says whether it is there, and goes on without it', async () => {
    await using served = await serve({ env: { VALKEY_URL: valkey.url, WORKERS: '1' } });
    const { server } = served;
    const gauge = async (name: string): Promise<string | undefined> =>
      new RegExp(`^${name} (\\S+)$`, 'm').exec((await server.ask('/metrics')).body)?.[1];
    assert.equal(await gauge('vouchsafe_limits_exchange_up'), '1');
    assert.equal(await gauge('vouchsafe_nodes'), '1');
    const key = /vs_sk_live_[\w-]+/.exec(server.stdout())?.[0] ?? '';
    assert.equal((await server.request(PARIS, { key })).status, 200);
    const [used] = await server.sql<{ count: number }>('select count(*)::int from vouchsafe.quota_use');
    assert.equal(used?.count, 0, 'no quota stands in the database');
    await valkey.kill();
    await until('it is missed', async () => (await gauge('vouchsafe_limits_exchange_up')) === '0');
    assert.equal((await server.request(PARIS, { key })).status, 200, 'what is leased is spent');
    await valkey.start();
    await until('it is found', async () => (await gauge('vouchsafe_limits_exchange_up')) === '1');
    assert.equal((await server.request(PARIS, { key })).status, 200);
    assert.deepEqual(await server.stop(), { code: 0, signal: null });
    assert.equal(server.stderr().includes(new URL(valkey.url).password), false);
  });
});
