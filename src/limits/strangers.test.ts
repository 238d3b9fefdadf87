import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Opaque } from '../foundation/opaque.ts';
import { sourceOf } from './source.ts';
import { createStrangers } from './strangers.ts';

const NOON = Date.UTC(2026, 10, 22, 12);

describe('requests that nobody stands behind', () => {
  it('are slowed by source, and only for the second', () => {
    const strangers = createStrangers(3);
    const [one, two] = [new Opaque('192.0.2.1'), new Opaque('192.0.2.2')];
    const admitted = Array.from({ length: 10 }, () => strangers.admit(one, NOON)).filter(Boolean);
    assert.equal(admitted.length, 3);
    assert.ok(strangers.admit(two, NOON));
    assert.ok(strangers.admit(one, NOON + 1000));
  });

  it('leave each source two a second when very many sources come', () => {
    const strangers = createStrangers(5, 100);
    const flood = (second: number): number => {
      let admitted = 0;
      for (let round = 0; round < 5; round += 1)
        for (let source = 0; source < 200; source += 1)
          if (strangers.admit(new Opaque(`10.0.0.${source}`), NOON + second)) admitted += 1;
      return admitted;
    };
    // 200 sources with two each; some share one of the 16,384 places.
    const admitted = flood(0);
    assert.ok(admitted > 380 && admitted <= 400, String(admitted));
    assert.ok(strangers.admit(new Opaque('192.0.2.9'), NOON), 'one who has not come yet is looked at');
    const calm = Array.from({ length: 5 }, () => strangers.admit(new Opaque('192.0.2.9'), NOON + 1000));
    assert.deepEqual(calm, [true, true, true, true, true], 'in the next second it is as if nothing had been');
  });

  it('count IPv6 by its /64 and mapped IPv4 as IPv4', () => {
    assert.equal(sourceOf('2001:db8:1:2::1'), sourceOf('2001:db8:1:2:ffff::9'));
    assert.notEqual(sourceOf('2001:db8:1:2::1'), sourceOf('2001:db8:1:3::1'));
    assert.equal(sourceOf('::ffff:192.0.2.1'), '192.0.2.1');
    assert.equal(sourceOf('fe80::1%eth0'), sourceOf('fe80::2'));
    assert.equal(sourceOf('::1'), sourceOf('0:0:0:0::1'));
  });
});
