import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { sourceOf } from './source.ts';

const group = fc.integer({ min: 0, max: 0xffff });
/** Mostly zeros, so that there are runs to shorten. */
const address = fc.array(fc.oneof(group, fc.constant(0)), { minLength: 8, maxLength: 8 });

const slash64 = (groups: readonly number[]): string =>
  groups
    .slice(0, 4)
    .map((value) => value.toString(16))
    .join(':');

describe('what counts as one source', () => {
  it('is an IPv6 /64, however its addresses are written', () => {
    fc.assert(
      fc.property(address, (groups) => {
        // An IPv4 address in disguise is one.
        fc.pre(!(groups.slice(0, 5).every((value) => value === 0) && groups[5] === 0xffff));
        const whole = new ipaddr.IPv6([...groups]);
        const padded = groups.map((value) => value.toString(16).padStart(4, '0')).join(':');
        for (const text of [
          whole.toString(),
          whole.toNormalizedString(),
          padded,
          padded.toUpperCase(),
          `${whole.toString()}%eth0`,
        ])
          assert.equal(sourceOf(text), slash64(groups), text);
      }),
    );
  });

  it('is an IPv4 address, also one that is mapped', () => {
    assert.equal(sourceOf('192.0.2.1'), '192.0.2.1');
    assert.equal(sourceOf('::ffff:192.0.2.1'), '192.0.2.1');
    assert.equal(sourceOf('::FFFF:192.0.2.1'), '192.0.2.1');
  });
});
