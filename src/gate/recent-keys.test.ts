import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { KnownKey } from './key-cache.ts';
import { createRecentKeys } from './recent-keys.ts';

const known = { publicKey: 'vs_pk_live_a', mark: 0, expiresAt: 0 } as unknown as KnownKey;

describe('keys of the last second', () => {
  it('are found by what was presented, and by nothing else', () => {
    const recent = createRecentKeys();
    recent.put('a key', known, 0);
    assert.equal(recent.get('a key', 0), known);
    assert.equal(recent.get('a keY', 0), undefined);
  });

  it('are gone with anything that is forgotten, and do not come back', () => {
    const recent = createRecentKeys();
    recent.put('a key', known, 0);
    assert.equal(recent.get('a key', 1), undefined);
    recent.put('another', known, 1);
    assert.equal(recent.get('a key', 1), undefined);
    assert.equal(recent.get('another', 1), known);
  });

  it('are gone after their time, also where nobody asks any more', async () => {
    const recent = createRecentKeys(20);
    recent.put('a key', known, 0);
    await sleep(10);
    recent.put('another', known, 0);
    while (recent.size > 0) await sleep(5);
    recent.put('a third', known, 0);
    assert.equal(recent.size, 1, 'and new ones are kept again');
  });

  it('are as many as there is room for', () => {
    const recent = createRecentKeys();
    for (let index = 0; index < 5_000; index += 1) recent.put(`key ${index}`, known, 0);
    assert.equal(recent.size, 4_096);
  });
});
