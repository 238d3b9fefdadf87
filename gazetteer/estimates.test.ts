import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CITY, DEGREE, SUBURB, TOWN, VILLAGE } from '../src/services/geocoding/entity.ts';
import { boxAround, boxConfidence, placeImportance, placeRadiusKm, placeType } from './estimates.ts';

test('calls places city, town, village or suburb', () => {
  assert.equal(placeType('PPL', 100_000), CITY);
  assert.equal(placeType('PPLC', 800), CITY);
  assert.equal(placeType('PPLA', 25_000), CITY);
  assert.equal(placeType('PPLA', 500), TOWN);
  assert.equal(placeType('PPL', 5_000), TOWN);
  assert.equal(placeType('PPL', 4_999), VILLAGE);
  assert.equal(placeType('PPL', 0), VILLAGE);
  assert.equal(placeType('PPLX', 300_000), SUBURB);
});

test('thinks more of larger places, capitals and names that the world knows', () => {
  assert.ok(placeImportance('PPL', 100_000, 3) > placeImportance('PPL', 10_000, 3));
  assert.ok(placeImportance('PPLC', 100_000, 3) > placeImportance('PPL', 100_000, 3));
  assert.ok(placeImportance('PPL', 100_000, 30) > placeImportance('PPL', 100_000, 3));
  assert.ok(placeImportance('PPLQ', 100_000, 3) < placeImportance('PPL', 1_000, 3));
});

test('estimates a radius from the people, within limits', () => {
  assert.equal(placeRadiusKm(0), 0.5);
  assert.equal(placeRadiusKm(10), 0.3);
  assert.ok(Math.abs(placeRadiusKm(100_000) - 4.607) < 0.001);
  assert.equal(placeRadiusKm(20_000_000), 30);
});

test('draws a box as wide on the ground as it is high, and none beyond the Earth', () => {
  const [south, west, north, east] = boxAround(60, 10, 60, 10, 10);
  const height = (north - south) / DEGREE;
  const width = ((east - west) / DEGREE) * Math.cos((60 * Math.PI) / 180);
  assert.ok(Math.abs(height - width) < 1e-4);
  assert.deepEqual(boxAround(-90, 0, 90, 180, 100).slice(2), [90 * DEGREE, 180 * DEGREE]);
});

test('gives the contract’s confidence for each size of box', () => {
  const confidenceOfDiagonal = (km: number): number => {
    const half = km / 2 / Math.SQRT2;
    return boxConfidence(boxAround(0, 0, 0, 0, half));
  };
  const table = [
    [0.2, 10],
    [0.4, 9],
    [0.9, 8],
    [4.9, 7],
    [7.4, 6],
    [9.9, 5],
    [14.9, 4],
    [19.9, 3],
    [24.9, 2],
    [25.1, 1],
    [1_000, 1],
  ] as const;
  for (const [km, confidence] of table) assert.equal(confidenceOfDiagonal(km), confidence, `${km} km`);
});
