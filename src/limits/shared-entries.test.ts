import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  LARGEST_STATE,
  MOST_ENTRIES,
  readEntries,
  writeEntries,
  type SharedEntry,
} from './shared-entries.ts';

const half = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }).filter((number) => number !== 0);
const limit = fc.integer({ min: 1, max: 1_000_000 });
const float = fc.float({ min: 0, max: Math.fround(1e9), noNaN: true });
const entry: fc.Arbitrary<SharedEntry> = fc.record(
  {
    idHigh: half,
    idLow: half,
    perSecond: limit,
    burst: limit,
    admitted: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    demand: float,
    debt: float,
  },
  { noNullPrototype: true },
);

describe('what nodes tell each other', () => {
  it('is read as it was written', () => {
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 50 }), (entries) => {
        assert.deepEqual(readEntries(writeEntries(entries)), entries);
      }),
    );
  });

  it('is read from the middle of other bytes', () => {
    const [one] = fc.sample(entry, 1);
    const bytes = Buffer.concat([Buffer.alloc(3), writeEntries([one!])]).subarray(3);
    assert.deepEqual(readEntries(bytes), [one]);
  });

  it('is nothing where there is nothing, and never more than fits', () => {
    assert.equal(writeEntries([]).length, 0);
    const [one] = fc.sample(entry, 1);
    const bytes = writeEntries(Array.from({ length: MOST_ENTRIES + 5 }, () => one!));
    assert.equal(bytes.length, LARGEST_STATE);
    assert.equal(readEntries(bytes).length, MOST_ENTRIES);
  });

  it('is nothing in bytes that no node wrote', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        for (const { perSecond, burst, demand, debt } of readEntries(bytes)) {
          assert.ok(perSecond >= 1 && perSecond <= 1_000_000 && burst >= 1 && burst <= 1_000_000);
          assert.ok(demand >= 0 && debt >= 0 && Number.isFinite(demand + debt));
        }
      }),
    );
    const [one] = fc.sample(entry, 1);
    const good = writeEntries([one!]);
    assert.deepEqual(readEntries(good.subarray(1)), []);
    assert.deepEqual(readEntries(good.subarray(0, -1)), []);
    const other = good.slice();
    other[3] = 2;
    assert.deepEqual(readEntries(other), [], 'of another version');
    for (const wrong of [{ demand: Number.NaN }, { debt: -1 }, { perSecond: 0 }, { burst: -1 }, { idLow: 0 }])
      assert.deepEqual(readEntries(writeEntries([{ ...one!, ...wrong }])), [], JSON.stringify(wrong));
    assert.deepEqual(readEntries(new Uint8Array(LARGEST_STATE + 28)), []);
  });
});
