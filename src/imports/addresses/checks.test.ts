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
const IN_USE = { builtAt: '2026-06-05', v4: 10_000, v6: 5000 } satisfies InUse;
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

describe('what may stand for all that is known of a kind', () => {
  const LIST: BuiltLayer = {
    ...BUILT,
    layer: 'kinds',
    v4: 500,
    v6: 5,
    ofKind: { shippedRanges: 600, shareOfV4: 0.1, shareOfV6: 0 },
  };
  const known: InUse = { builtAt: undefined, v4: 5000, v6: 0 };

  it('is a list of about the same size, of any day, if the one in use is shipped', () => {
    assert.equal(reasonAgainst(LIST, known, NOW, STRICT), undefined);
    assert.equal(reasonAgainst({ ...LIST, v6: 0 }, known, NOW, STRICT), undefined);
    assert.equal(reasonAgainst({ ...LIST, v4: 1 }, { ...known, v4: 0 }, NOW, STRICT), undefined);
  });

  const cases: readonly [string, Partial<BuiltLayer>, RegExp][] = [
    ['a page without an entry', { v4: 0, v6: 0 }, /not one entry/u],
    ['a small part', { v4: 494 }, /499 entries, .* 5,000/u],
    [
      'a quarter of IPv4',
      { ofKind: { shippedRanges: 0, shareOfV4: 0.26, shareOfV6: 0 } },
      /quarter of the addresses of IPv4/u,
    ],
    [
      'a quarter of IPv6',
      { ofKind: { shippedRanges: 0, shareOfV4: 0, shareOfV6: 8 } },
      /quarter of the addresses of IPv6/u,
    ],
  ];
  for (const [name, part, message] of cases)
    it(`is not ${name}, unless that is said`, () => {
      const next = { ...LIST, ...part };
      assert.match(reasonAgainst(next, known, NOW, STRICT) ?? '', message);
      assert.match(reasonAgainst(next, known, NOW, { ...STRICT, allowOlder: true }) ?? '', /--anyway/u);
      assert.equal(reasonAgainst(next, known, NOW, { ...STRICT, anyway: true }), undefined);
    });

  it('is no list that is older than the imported one', () => {
    const imported = { ...known, builtAt: '2026-11-02' };
    assert.match(reasonAgainst(LIST, imported, NOW, STRICT) ?? '', /--allow-older/u);
  });
});
