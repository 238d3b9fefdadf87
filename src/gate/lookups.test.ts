import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Opaque } from '../foundation/opaque.ts';
import { createLookups, type Asker, type Lookups } from './lookups.ts';

let names = 0;
const asker = (address: string, parts: Partial<Asker> = {}): Asker => ({
  name: `name ${(names += 1)}`,
  address: new Opaque(address),
  isFamiliar: false,
  ...parts,
});

/** Look-ups that end when they are told to. */
const openDesk = (): {
  readonly lookups: Lookups<string>;
  readonly hold: (who: Asker) => Promise<string>;
  readonly release: (count: number) => void;
} => {
  const waiting: (() => void)[] = [];
  const lookups = createLookups<string>((address) => address.split('/')[0] ?? '');
  return {
    lookups,
    hold: (who) => lookups.run(who, () => new Promise((resolve) => waiting.push(() => resolve('found')))),
    release: (count) => waiting.splice(0, count).forEach((end) => end()),
  };
};

/** How many a source gets under way before it is refused, and with which code. */
const fill = (hold: (who: Asker) => Promise<string>, address: string): [number, string] => {
  for (let count = 0; ; count += 1) {
    try {
      void hold(asker(address));
    } catch (error) {
      return [count, (error as { code: string }).code];
    }
  }
};

describe('look-ups of keys under way', () => {
  it('are one for whoever asks for the same', async () => {
    const { hold, release } = openDesk();
    const one = asker('192.0.2.1');
    const [first, second] = [hold(one), hold({ ...one, address: new Opaque('192.0.2.2') })];
    assert.equal(first, second);
    release(1);
    assert.equal(await second, 'found');
  });

  it('leave half of the places to others, however many one source wants', () => {
    const { hold } = openDesk();
    assert.deepEqual(fill(hold, '192.0.2.1'), [32, 'rate_limited']);
    assert.deepEqual(fill(hold, '192.0.2.1/other-port'), [0, 'rate_limited'], 'the same source');
    assert.deepEqual(fill(hold, '192.0.2.2'), [16, 'rate_limited']);
  });

  it('find a place for a newcomer while twenty sources try all the time', async () => {
    const { hold, release } = openDesk();
    const everybodyTries = (): void => {
      for (let source = 0; source < 20; source += 1) {
        try {
          void hold(asker(`10.0.0.${source}`));
        } catch (error) {
          assert.match((error as { code: string }).code, /rate_limited|unavailable/);
        }
      }
    };
    // At first a few have almost all; as their look-ups end, the places are spread.
    for (let source = 0; source < 20; source += 1) fill(hold, `10.0.0.${source}`);
    for (let step = 0; step < 1000; step += 1) {
      release(2);
      await new Promise((resolve) => setImmediate(resolve));
      everybodyTries();
      if (step >= 200 && step % 40 === 0) void hold(asker(`192.0.2.${step}`));
    }
  });

  it('end with 503 for a newcomer only when all places are taken', () => {
    const { hold } = openDesk();
    for (let source = 0; source < 64; source += 1) fill(hold, `10.0.0.${source}`);
    assert.throws(() => hold(asker('192.0.2.1')), { code: 'unavailable', status: 503 });
  });

  it('always have places for keys that were good before', () => {
    const { hold } = openDesk();
    for (let source = 0; source < 70; source += 1) fill(hold, `10.0.0.${source}`);
    for (let count = 0; count < 64; count += 1) void hold(asker('10.0.0.1', { isFamiliar: true }));
    assert.throws(() => hold(asker('192.0.2.1', { isFamiliar: true })), { code: 'unavailable' });
  });

  it('give their places back when they end, in whatever way', async () => {
    const { lookups, hold, release } = openDesk();
    for (let round = 0; round < 3; round += 1) {
      assert.deepEqual(fill(hold, '192.0.2.1'), [32, 'rate_limited']);
      release(32);
      await new Promise((resolve) => setImmediate(resolve));
    }
    for (let round = 0; round < 100; round += 1)
      await assert.rejects(lookups.run(asker('192.0.2.1'), () => Promise.reject(new Error('away'))));
    assert.deepEqual(fill(hold, '192.0.2.1'), [32, 'rate_limited']);
  });
});
