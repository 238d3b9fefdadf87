import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readBounds, readPoint } from './coordinates.ts';

test('reads the forms of the contract', () => {
  for (const text of [
    '52.52,13.405',
    '52.52, 13.405',
    '52.52 13.405',
    ' +52.52 ,  13.405 ',
    '52.520,13.4050',
  ]) {
    assert.deepEqual(readPoint(text), { lat: 52.52, lng: 13.405 }, text);
  }
  assert.deepEqual(readPoint('-33,-70.'), { lat: -33, lng: -70 });
  assert.deepEqual(readPoint('90,180'), { lat: 90, lng: 180 });
});

test('tells numbers that are no place on Earth from names', () => {
  for (const text of ['90.01,0', '0,180.5', '-91 0', '1234,5', '52,1000'])
    assert.equal(readPoint(text), 'out of range', text);
  for (const text of [
    'Paris',
    '10115 Berlin',
    '12 34 56',
    '1,2,3',
    '5th Avenue, 3',
    '--5,3',
    '1e5,3',
    '',
    '6,',
  ]) {
    assert.equal(readPoint(text), undefined, text);
  }
});

test('reads every pair of degrees as itself', () => {
  const degrees = (most: number): fc.Arbitrary<number> =>
    fc.integer({ min: -most * 1e7, max: most * 1e7 }).map((n) => n / 1e7);
  fc.assert(
    fc.property(degrees(90), degrees(180), fc.constantFrom(',', ', ', ' '), (lat, lng, separator) => {
      assert.deepEqual(readPoint(`${lat.toFixed(7)}${separator}${lng.toFixed(7)}`), { lat, lng });
    }),
  );
});

test('reads bounds as longitude before latitude, and refuses what is no box', () => {
  assert.deepEqual(readBounds('-0.56,51.28,0.28,51.69'), {
    west: -0.56,
    south: 51.28,
    east: 0.28,
    north: 51.69,
  });
  for (const text of ['', '1,2,3', '1,2,3,4,5', '10,0,5,1', '0,10,1,5', '0,0,200,1', '0,0,1,91', 'a,b,c,d']) {
    assert.equal(readBounds(text), undefined, text);
  }
});
