import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { testDatabase } from '../../test/support/database.ts';
import type { Exchange } from './shared-exchange.ts';
import { LARGEST_STATE } from './shared-entries.ts';
import { openPostgresExchange } from './shared-postgres.ts';

const NOTHING = new Uint8Array(0);
const [A, B] = ['a'.repeat(16), 'b'.repeat(16)];

const opened = async <Value>(
  work: (exchange: Exchange, scene: Awaited<ReturnType<typeof testDatabase>>) => Promise<Value>,
): Promise<Value> => {
  const scene = await testDatabase();
  const exchange = openPostgresExchange(scene.connections.app);
  try {
    return await work(exchange, scene);
  } finally {
    await exchange.close();
  }
};

describe('the exchange in PostgreSQL', () => {
  it('gives each node what the others last said, and not its own', () =>
    opened(async (exchange) => {
      assert.deepEqual(await exchange.swap({ node: A, beat: 1, state: NOTHING }), []);
      const state = Buffer.from([0, 255, 1, 39, 92]);
      const [first] = await exchange.swap({ node: B, beat: 7, state });
      assert.deepEqual([first?.node, first?.beat, first?.state.length], [A, 1, 0]);
      const [second] = await exchange.swap({ node: A, beat: 2, state: NOTHING });
      assert.deepEqual([second?.node, second?.beat], [B, 7]);
      assert.deepEqual(Buffer.from(second?.state ?? []), state);
    }));

  it('takes the largest state, and none larger', () =>
    opened(async (exchange) => {
      await exchange.swap({ node: A, beat: 1, state: new Uint8Array(LARGEST_STATE).fill(7) });
      const [large] = await exchange.swap({ node: B, beat: 1, state: NOTHING });
      assert.equal(large?.state.length, LARGEST_STATE);
      await assert.rejects(exchange.swap({ node: A, beat: 2, state: new Uint8Array(300_001) }));
    }));

  it('forgets nodes that nothing was heard of for long, by the database’s clock', () =>
    opened(async (exchange, { superuser }) => {
      await exchange.swap({ node: A, beat: 1, state: NOTHING });
      await superuser("update vouchsafe.rate_node set written_at = now() - interval '11 seconds'");
      assert.deepEqual(await exchange.swap({ node: B, beat: 1, state: NOTHING }), []);
      assert.equal((await superuser('select node from vouchsafe.rate_node')).length, 2);
      await superuser("update vouchsafe.rate_node set written_at = now() - interval '61 seconds'");
      await exchange.swap({ node: B, beat: 2, state: NOTHING });
      assert.deepEqual(await superuser('select node from vouchsafe.rate_node'), [{ node: B }]);
    }));

  it('writes no log for it, and shows it to nobody directly', () =>
    opened(async (exchange, { app, superuser }) => {
      await exchange.swap({ node: A, beat: 1, state: NOTHING });
      const [table] = await superuser("select relpersistence from pg_class where relname = 'rate_node'");
      assert.deepEqual(table, { relpersistence: 'u' });
      await assert.rejects(app('select * from vouchsafe.rate_node'), { code: '42501' });
    }));

  it('rejects while the database is away', async () => {
    const { connections } = await testDatabase();
    const exchange = openPostgresExchange({ ...connections.app, port: 1, host: '127.0.0.1' });
    await assert.rejects(exchange.swap({ node: A, beat: 1, state: NOTHING }));
    await exchange.close();
  });
});
