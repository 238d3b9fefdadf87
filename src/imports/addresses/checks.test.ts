import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { BuiltLayer } from './built-layer.ts';
import { reasonAgainst, type InUse, type Leave } from './checks.ts';

const NOW = Date.parse('2026-11-22T12:00:00Z');
const BUILT: BuiltLayer = {
  layer: 'place',
  file: 'place.1.idx',
  builtAt: '2026-11-01',
  origin: 'somebody',
  v4: 10_000,
  v6: 5000,
  overlaps: 0,
  skipped: 0,
  strange: 0,
  ranges: 15_000,
  notes: [],
};
const IN_USE: InUse = { builtAt: '2026-06-05', v4: 10_000, v6: 5000 };
const STRICT: Leave = { allowOlder: false, anyway: false };

describe('what may take over from what is in use', () => {
  it('is newer and of about the same size', () => {
    assert.equal(reasonAgainst(BUILT, IN_USE, NOW, STRICT), undefined);
    assert.equal(reasonAgainst({ ...BUILT, builtAt: IN_USE.builtAt }, IN_USE, NOW, STRICT), undefined);
    assert.equal(reasonAgainst({ ...BUILT, v6: 0 }, undefined, NOW, STRICT), undefined);
  });

  const cases: readonly [string, Partial<BuiltLayer>, RegExp, Partial<Leave> | undefined][] = [
    ['nothing', { v4: 0, v6: 0 }, /not one of its rows/u, undefined],
    ['older data', { builtAt: '2026-06-04' }, /--allow-older/u, { allowOlder: true }],
    ['data of the future', { builtAt: '2026-12-24' }, /still to come/u, undefined],
    ['IPv4 alone', { v6: 0 }, /nothing of IPv6/u, { anyway: true }],
    ['IPv6 alone', { v4: 0 }, /nothing of IPv4/u, { anyway: true }],
    ['a small part', { v4: 999 }, /999 ranges of IPv4/u, { anyway: true }],
    ['a table of other things', { strange: 151 }, /does not exist/u, { anyway: true }],
    ['a table that contradicts itself', { overlaps: 1501 }, /overlap/u, { anyway: true }],
  ];
  for (const [name, part, message, lifted] of cases)
    it(`is not ${name}${lifted === undefined ? ', whatever is said' : ', unless that is said'}`, () => {
      const next = { ...BUILT, ...part };
      assert.match(reasonAgainst(next, IN_USE, NOW, STRICT) ?? '', message);
      const said = { ...STRICT, ...(lifted ?? { allowOlder: true, anyway: true }) };
      const still = reasonAgainst(next, IN_USE, NOW, said);
      if (lifted === undefined) assert.match(still ?? '', message);
      else assert.equal(still, undefined);
    });
});
