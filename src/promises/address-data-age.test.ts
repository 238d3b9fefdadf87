import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CheckResult } from '../foundation/promise.ts';
import { addressDataAgeSaid, type AgeingLayer } from './address-data-age.ts';

const NOW = Date.parse('2026-11-22T12:00:00Z');
const LAYERS: readonly AgeingLayer[] = [
  { layer: 'place', builtAt: '2026-11-21' },
  { layer: 'network', builtAt: '2026-06-17' },
  { layer: 'kinds', builtAt: '1970-01-01' },
];
const PAGE = LAYERS.map(({ layer, builtAt }) => `${layer} ${builtAt}`).join('\n');

/** @param pages what is answered, one after the other; the last one from then on. */
const check = (...pages: readonly string[]): Promise<CheckResult> => {
  let asked = 0;
  return addressDataAgeSaid({
    fetch: async () => ({ status: 200, headers: {}, body: pages[Math.min(asked++, pages.length - 1)] ?? '' }),
    layers: () => LAYERS,
    dayOn: (page, layer) => new RegExp(`${layer} (.*)`, 'u').exec(page)?.[1],
    workers: 2,
    clock: { now: () => NOW, monotonic: () => 0 },
    sleep: async () => undefined,
  }).check();
};

describe('the promise that the age of address data is said', () => {
  it('is kept where every worker says the day, and says how old each layer is', async () => {
    assert.deepEqual(await check(PAGE), {
      state: 'kept',
      evidence:
        'That of places is of 2026-11-21, 1 day old; that of networks is of 2026-06-17, 158 days old (old); of kinds of networks there is none.',
    });
  });

  it('is broken where a worker goes on saying another day, or none', async () => {
    assert.deepEqual(await check(PAGE.replace('2026-06-17', '2026-11-17')), {
      state: 'broken',
      evidence: 'The page of credits does not say that the data of networks is of 2026-06-17.',
    });
    assert.equal((await check('nothing')).state, 'broken');
    // The second worker alone is behind.
    assert.equal((await check(PAGE, 'nothing')).state, 'broken');
  });

  it('waits for a swap that is just under way', async () => {
    assert.equal((await check('nothing', PAGE)).state, 'kept');
  });
});
