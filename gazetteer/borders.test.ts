import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readBorders, readCountryFacts } from './borders.ts';
import { readPlaces } from './sources.ts';

const borders = readBorders();

test('every polygon is a closed ring of coordinates on Earth', () => {
  for (const { rings } of borders) {
    for (const ring of rings) {
      assert.deepEqual(ring[0], ring.at(-1));
      for (const [lng, lat] of ring) assert.ok(Math.abs(lng) <= 180 && Math.abs(lat) <= 90);
    }
  }
});

test('every country has an ISO 3166-1 pair of codes and a continent, and every place a country with borders', () => {
  const codes = new Set(borders.map(({ country }) => country));
  for (const code of codes) {
    const { alpha3, continent } = readCountryFacts(code);
    assert.match(code, /^[A-Z]{2}$/);
    assert.match(alpha3, /^[A-Z]{3}$/, code);
    assert.notEqual(continent, '', code);
  }
  const without = new Set(
    readPlaces()
      .map(({ country }) => country)
      .filter((country) => !codes.has(country)),
  );
  assert.deepEqual([...without], []);
});

test('knows who is in the European Union', () => {
  const members = [...new Set(borders.map(({ country }) => country))].filter(
    (code) => readCountryFacts(code).europeanUnion,
  );
  assert.equal(members.length, 34, members.join(' '));
  for (const code of ['DE', 'DK', 'NL', 'IE', 'RE']) assert.ok(members.includes(code), code);
  for (const code of ['GB', 'NO', 'CH', 'GL', 'PF', 'FO']) assert.ok(!members.includes(code), code);
});
