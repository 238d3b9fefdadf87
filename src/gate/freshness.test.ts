import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { createFreshness, createFreshnessBuffer, createFreshnessSource } from './freshness.ts';

describe('whether remembered keys may be trusted', () => {
  it('says no from the moment a change is announced until it is applied', () => {
    const buffer = createFreshnessBuffer();
    const source = createFreshnessSource(buffer);
    const freshness = createFreshness(buffer);
    assert.ok(freshness.isCurrent());
    const change = source.announceChange();
    assert.ok(!freshness.isCurrent());
    freshness.applied(change);
    assert.ok(freshness.isCurrent());
    freshness.close();
  });

  it('says no when the watch falls silent, and yes again when it is back', async () => {
    const buffer = createFreshnessBuffer();
    const source = createFreshnessSource(buffer);
    const freshness = createFreshness(buffer, 200);
    const deadline = performance.now() + 5000;
    while (freshness.isCurrent() && performance.now() < deadline) await wait(20);
    assert.ok(!freshness.isCurrent());
    while (!freshness.isCurrent() && performance.now() < deadline) {
      source.beat();
      await wait(20);
    }
    assert.ok(freshness.isCurrent());
    freshness.close();
  });
});
