import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { testDatabase } from '../test/support/database.ts';
import { contestNodes, nodesSection } from './nodes.ts';
import { sectionText } from './report.ts';

describe('the bench of nodes', () => {
  it('measures three processes that keep one limit, under each load', async () => {
    const plan = { seconds: 4, limits: [20] };
    const { connections } = await testDatabase();
    const kept = await contestNodes('PostgreSQL', { connection: connections.app, valkey: undefined }, plan);
    assert.equal(kept.length, 3);
    for (const { admitted, allowed, excess, load } of kept) {
      assert.equal(allowed, 100);
      // Each alone would have had all of it: three times as much where all are asked.
      assert.ok(admitted > 50 && admitted < 130, `${admitted} with ${load} load`);
      assert.ok(excess < 30, `${excess} with ${load} load`);
    }
    assert.match(sectionText(nodesSection(kept, plan, '')), /admitted beyond the limit by three nodes/);
  });
});
