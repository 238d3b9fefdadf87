import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { openTestGazetteer } from '../../test/support/gazetteer.ts';
import type { Gazetteer } from '../../src/services/geocoding/gazetteer.ts';
import { drawPlaces, scoreVariation, VARIATIONS, type Place } from './variations.ts';

const SEED = 20_261_122;
const PLACES = 600;
/** The share of places that each way of writing has to lead to, in first place. */
const SHARE = 0.99;
/** Ways of which the abbreviation may be that of another place's name, or which few of the drawn places have. */
const FEW: Readonly<Record<string, number>> = {
  'Saint as St., country': 0.85,
  'Santa and Santo as Sta. and Sto., country': 0.9,
  'Mount, Fort and Port as Mt., Ft. and Pt., country': 0.9,
  'Springs, Heights and Beach as Spgs, Hts and Bch, country': 0.9,
};

let gazetteer: Gazetteer;
let places: readonly Place[];
before(async () => {
  gazetteer = await openTestGazetteer();
  places = drawPlaces(gazetteer, PLACES, SEED);
});

test('draws the same places every time, villages as well as cities, in many countries', () => {
  assert.deepEqual(
    drawPlaces(gazetteer, 50, SEED).map(({ id }) => id),
    places.slice(0, 50).map(({ id }) => id),
  );
  assert.ok(new Set(places.map(({ country }) => country)).size >= 60);
  assert.ok(places.filter(({ type }) => type === 'village').length >= 100);
  assert.ok(places.filter(({ type }) => type === 'city').length >= 100);
});

for (const variation of VARIATIONS) {
  const share = FEW[variation.what] ?? SHARE;
  test(`finds at least ${share * 100} % of places written as "${variation.what}"`, () => {
    const { asked, right, misses } = scoreVariation(gazetteer, places, variation);
    assert.ok(asked > 0, 'no place can be written so');
    // One miss among few is no share.
    const allowed = Math.max(1, asked * (1 - share));
    assert.ok(misses.length <= allowed, `${right} of ${asked}; ${misses.slice(0, 8).join('; ')}`);
  });
}
