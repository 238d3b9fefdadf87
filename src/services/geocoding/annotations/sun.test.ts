import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
// Another implementation of the same book, to hold ours against.
import { getTimes } from 'suncalc';
import { createSun, SUN_TIMES } from './sun.ts';

type Event = 'sunrise' | 'nightEnd' | 'dawn' | 'nauticalDawn' | 'sunset' | 'night' | 'dusk' | 'nauticalDusk';
const EVENTS: readonly Event[] = [
  'sunrise',
  'nightEnd',
  'dawn',
  'nauticalDawn',
  'sunset',
  'night',
  'dusk',
  'nauticalDusk',
];

const sun = createSun();
const timesOf = (lat: number, lng: number, now: number, offset: number): number[] => {
  const times = new Float64Array(SUN_TIMES);
  sun(lat, lng, now, offset, times);
  return [...times];
};

/** The offset that clocks at a longitude would have if people did not choose it. */
const naturalOffset = (lng: number): number => Math.round(lng / 15) * 3600;

const instant = fc.integer({ min: Date.UTC(2020, 0, 1), max: Date.UTC(2060, 0, 1) });
const longitude = fc.double({ min: -180, max: 180, noNaN: true });

test('agrees with suncalc wherever the sun rises steeply', () => {
  const latitude = fc.double({ min: -59, max: 59, noNaN: true });
  fc.assert(
    fc.property(latitude, longitude, instant, (lat, lng, now) => {
      const offset = naturalOffset(lng);
      const noon = (Math.floor((now / 1000 + offset) / 86_400) + 0.5) * 86_400 - offset;
      const expected = getTimes(new Date(noon * 1000), lat, lng);
      timesOf(lat, lng, now, offset).forEach((time, index) => {
        const other = expected[EVENTS[index]!];
        if (other === null || time === 0) return;
        // Half a minute is rounding; beyond it the sun, which moves slowly where twilight only just ends, may be
        // fifty seconds of arc from where it should be.
        const apart = Math.max(0, Math.abs(time - other.valueOf() / 1000) - 31);
        const turned = ((time - noon) / 86_400) * 2 * Math.PI;
        // Neither is sure of the minute, or of the day, where it all but stays light.
        if (Math.abs(Math.sin(turned)) < 0.25) return;
        const climb = (15 / 3600) * Math.cos((lat * Math.PI) / 180) * Math.abs(Math.sin(turned));
        assert.ok(apart * climb < 0.014, EVENTS[index]);
      });
    }),
    { numRuns: 2_000 },
  );
});

test('gives the times of the contract’s published answers', () => {
  // Bermondsey, Berlin and San Francisco; the contract leaves refraction a little larger than we do.
  const near = (actual: number | undefined, expected: number): void =>
    assert.ok(Math.abs((actual ?? 0) - expected) <= 120, `${actual} is not ${expected}`);
  near(timesOf(51.50199, -0.07012, 1_759_444_227_000, 3_600)[0], 1_759_385_040);
  const berlin = [
    1_708_754_760, 1_708_747_980, 1_708_752_720, 1_708_750_320, 1_708_792_440, 1_708_799_280, 1_708_794_540,
    1_708_796_880,
  ];
  timesOf(52.54126, 13.3906, 1_708_764_146_000, 3_600).forEach((time, index) => near(time, berlin[index]!));
  const california = [1_725_457_440, 1_725_452_040, 1_725_455_880, 1_725_453_960];
  const times = timesOf(37.77495, -122.41944, 1_725_488_088_000, -25_200);
  california.forEach((expected, index) => near(times[index], expected));
});

test('rises before it sets, on the day that it is at the place', () => {
  fc.assert(
    fc.property(fc.double({ min: -59, max: 59, noNaN: true }), longitude, instant, (lat, lng, now) => {
      const offset = naturalOffset(lng);
      const [rise = 0, dark = 0, civil = 0, nautical = 0, set = 0, night = 0, dusk = 0, late = 0] = timesOf(
        lat,
        lng,
        now,
        offset,
      );
      assert.ok(civil < rise && rise < set && set < dusk);
      assert.ok(nautical === 0 || nautical < civil);
      assert.ok(dark === 0 || dark < nautical);
      assert.ok(late === 0 || late > dusk);
      assert.ok(night === 0 || night > late);
      const day = Math.floor((now / 1000 + offset) / 86_400);
      assert.equal(Math.floor(((rise + set) / 2 + offset) / 86_400), day);
      assert.ok([rise, set, civil, dusk].every((time) => time % 60 === 0));
    }),
    { numRuns: 1_000 },
  );
});

test('is 0 where the sun does not get there', () => {
  // Tromsø: midnight sun, then polar night with a civil dawn.
  assert.deepEqual(timesOf(69.6489, 18.955, Date.UTC(2026, 5, 21, 12), 7_200), Array(SUN_TIMES).fill(0));
  const [rise, dark, civil] = timesOf(69.6489, 18.955, Date.UTC(2026, 11, 21, 12), 3_600);
  assert.equal(rise, 0);
  assert.ok(dark !== 0 && civil !== 0);
  // Edinburgh in June: it sets, but it does not get dark.
  const [up, night] = timesOf(55.95, -3.19, Date.UTC(2026, 5, 21, 12), 3_600);
  assert.ok(up !== 0);
  assert.equal(night, 0);
});

test('never gives anything but whole minutes, at the poles and on the antimeridian too', () => {
  const latitude = fc.oneof(
    fc.constantFrom(-90, 90, 0, 66.56, -66.56),
    fc.double({ min: -90, max: 90, noNaN: true }),
  );
  const edge = fc.oneof(fc.constantFrom(-180, 180, 0), longitude);
  fc.assert(
    fc.property(latitude, edge, instant, fc.integer({ min: -12, max: 14 }), (lat, lng, now, hours) => {
      for (const time of timesOf(lat, lng, now, hours * 3600)) {
        assert.ok(Number.isInteger(time / 60));
        assert.ok(time === 0 || Math.abs(time - now / 1000) < 2.5 * 86_400);
      }
    }),
    { numRuns: 3_000 },
  );
});
