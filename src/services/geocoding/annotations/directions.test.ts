import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { mercatorX, mercatorY, qibla } from './directions.ts';

test('points to the Kaaba as the contract’s published answers do', () => {
  assert.equal(qibla(51.5019923, -0.0701166), 11_905);
  assert.equal(qibla(37.7749481, -122.4194391), 1_884);
  assert.equal(qibla(52.5412642, 13.3905952), 13_668);
  assert.equal(qibla(41.82666, 12.5114), 12_319);
});

test('points somewhere from everywhere', () => {
  const latitude = fc.double({ min: -90, max: 90, noNaN: true });
  const longitude = fc.double({ min: -180, max: 180, noNaN: true });
  fc.assert(
    fc.property(latitude, longitude, (lat, lng) => {
      const bearing = qibla(lat, lng);
      assert.ok(Number.isInteger(bearing) && bearing >= 0 && bearing < 36_000);
    }),
  );
  assert.equal(qibla(0, 39.8262), 0);
  assert.equal(qibla(60, 39.8262), 18_000);
  // Both names of the antimeridian lie in one direction.
  assert.equal(qibla(-17, 180), qibla(-17, -180));
});

test('draws the Mercator map of the contract’s published answers', () => {
  const metres = (value: number): number => Math.round(value * 1000) / 1000;
  assert.equal(metres(mercatorX(-0.0701166)), -7_805.344);
  assert.equal(metres(mercatorY(51.5019923)), 6_677_113.101);
  assert.equal(metres(mercatorX(-122.4194391)), -13_627_669.624);
  assert.equal(metres(mercatorY(37.7749481)), 4_521_505.245);
});

test('maps the equator to 0 and the south as the mirror of the north; the poles are not on the map', () => {
  assert.equal(mercatorY(0), 0);
  assert.equal(mercatorY(-40), -mercatorY(40));
  assert.ok(!Number.isFinite(mercatorY(90)) && !Number.isFinite(mercatorY(-90)));
});
