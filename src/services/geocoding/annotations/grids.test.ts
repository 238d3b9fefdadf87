import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import fc from 'fast-check';
import { mgrsReference, packMgrs, putGeohash, putMaidenhead, putPackedMgrs } from './grids.ts';
import { h3Cell, packH3, putPackedH3 } from './h3.ts';

const require = createRequire(import.meta.url);
const { toPoint } = require('mgrs') as {
  toPoint: (reference: string) => [lng: number, lat: number];
};

const page = Buffer.alloc(64);
const written = (
  put: (page: Buffer, at: number, lat: number, lng: number) => number,
  lat: number,
  lng: number,
): string => page.toString('latin1', 1, put(page, 1, lat, lng));

const latitude = fc.integer({ min: -9_000_000, max: 9_000_000 });
const longitude = fc.integer({ min: -18_000_000, max: 18_000_000 });

test('writes the locators of the contract’s published answers and of others', () => {
  assert.equal(written(putMaidenhead, 5_150_199, -7_012), 'IO91xm10ol');
  assert.equal(written(putMaidenhead, 3_777_495, -12_241_944), 'CM87ss95qx');
  assert.equal(written(putMaidenhead, 4_182_666, 1_251_140), 'JN61gt18ij');
  // The example of the locator's own description: Munich.
  assert.equal(written(putMaidenhead, 4_814_666, 1_160_833).slice(0, 6), 'JN58td');
  assert.equal(written(putMaidenhead, 4_171_478, -7_272_726).slice(0, 6), 'FN31pr');
});

test('a locator holds the place that it was made of', () => {
  fc.assert(
    fc.property(latitude, longitude, (lat, lng) => {
      const locator = written(putMaidenhead, lat, lng);
      assert.match(locator, /^[A-R]{2}\d{2}[a-x]{2}\d{2}[a-x]{2}$/u);
      const [sizes, letters] = [
        [24, 10, 24, 10],
        [8, 6, 4, 2],
      ] as const;
      const value = (from: number): number => {
        const digit = (at: number): number => {
          const character = locator.charCodeAt(at);
          return character >= 0x61
            ? character - 0x61
            : character >= 0x41
              ? character - 0x41
              : character - 0x30;
        };
        let cell = digit(from);
        for (const [index, at] of letters.toReversed().entries())
          cell = cell * [10, 24, 10, 24][index]! + digit(from + at);
        return cell;
      };
      assert.equal(sizes.length, letters.length);
      const west = (value(0) / 1_036_800) * 36_000_000 - 18_000_000;
      const south = (value(1) / 1_036_800) * 18_000_000 - 9_000_000;
      assert.ok(west <= lng + 1e-6 && lng <= west + 34.73);
      assert.ok(south <= lat + 1e-6 && lat <= south + 17.37);
    }),
  );
});

/** The cell of a geohash by halving, as its definition has it: its south-west corner and its sides, in degrees. */
const cellOf = (hash: string): { west: number; south: number; width: number; height: number } => {
  const cell = { west: -180, south: -90, width: 360, height: 180 };
  let eastward = true;
  for (const letter of hash) {
    const value = '0123456789bcdefghjkmnpqrstuvwxyz'.indexOf(letter);
    assert.ok(value >= 0);
    for (let bit = 4; bit >= 0; bit--) {
      const upper = (value >> bit) & 1;
      if (eastward) {
        cell.width /= 2;
        cell.west += upper * cell.width;
      } else {
        cell.height /= 2;
        cell.south += upper * cell.height;
      }
      eastward = !eastward;
    }
  }
  return cell;
};

test('writes the geohash of its inventor’s example, and for any place one whose cells hold it', () => {
  assert.equal(written(putGeohash, 5_764_911, 1_040_744).slice(0, 11), 'u4pruydqqvj');
  // The contract's published answers, as far as five decimals go.
  assert.equal(written(putGeohash, 5_150_199, -7_012).slice(0, 9), 'gcpuyrsuy');
  assert.equal(written(putGeohash, 3_777_495, -12_241_944).slice(0, 9), '9q8yyk8zh');
  fc.assert(
    fc.property(latitude, longitude, fc.integer({ min: 1, max: 20 }), (lat, lng, length) => {
      const hash = written(putGeohash, lat, lng);
      assert.equal(hash.length, 20);
      const { west, south, width, height } = cellOf(hash.slice(0, length));
      const grain = 1e-12;
      assert.ok(west - grain <= lng / 100_000 && lng / 100_000 <= west + width + grain);
      assert.ok(south - grain <= lat / 100_000 && lat / 100_000 <= south + height + grain);
    }),
    { numRuns: 2_000 },
  );
});

test('keeps the poles and the antimeridian within the world', () => {
  assert.equal(written(putMaidenhead, 9_000_000, 18_000_000), 'RR99xx99xx');
  assert.equal(written(putMaidenhead, -9_000_000, -18_000_000), 'AA00aa00aa');
  assert.equal(written(putGeohash, 9_000_000, 18_000_000), 'z'.repeat(20));
  assert.equal(written(putGeohash, -9_000_000, -18_000_000), '0'.repeat(20));
});

test('writes the MGRS references of the contract’s published answers', () => {
  assert.equal(mgrsReference(5_150_199, -7_012), '30UYC0334209721');
  // Its own coordinates have two decimals more: a metre of difference.
  assert.match(mgrsReference(3_777_495, -12_241_944) ?? '', /^10SEG51127810/u);
  assert.match(mgrsReference(4_182_666, 1_251_140) ?? '', /^33TTG93334335/u);
});

test('has an MGRS reference from 80° south to 84° north, and it leads back', () => {
  assert.equal(mgrsReference(8_400_001, 0), undefined);
  assert.equal(mgrsReference(-8_000_001, 0), undefined);
  assert.equal(mgrsReference(9_000_000, 18_000_000), undefined);
  fc.assert(
    fc.property(fc.integer({ min: -7_999_000, max: 8_399_000 }), longitude, (lat, lng) => {
      const [east, north] = toPoint(mgrsReference(lat, lng) ?? '');
      assert.ok(Math.abs(north - lat / 100_000) < 0.0001);
      const apart = Math.abs(east - lng / 100_000) % 360;
      assert.ok(Math.min(apart, 360 - apart) * Math.cos((lat / 100_000 / 180) * Math.PI) < 0.0001);
    }),
  );
});

test('a reference that was packed is written as it was', () => {
  fc.assert(
    fc.property(fc.integer({ min: -8_000_000, max: 8_400_000 }), longitude, (lat, lng) => {
      const reference = mgrsReference(lat, lng);
      const [letters, zone] = packMgrs(reference);
      assert.ok(letters > 0);
      assert.equal(page.toString('latin1', 3, putPackedMgrs(page, 3, letters, zone)), reference);
    }),
    { numRuns: 1_000 },
  );
  assert.deepEqual(packMgrs(undefined), [0, 0]);
});

test('a cell that was packed is written as it was', () => {
  fc.assert(
    fc.property(latitude, longitude, (lat, lng) => {
      const cell = h3Cell(lat / 100_000, lng / 100_000);
      assert.equal(page.toString('latin1', 3, putPackedH3(page, 3, ...packH3(cell))), cell);
    }),
    { numRuns: 1_000 },
  );
});
