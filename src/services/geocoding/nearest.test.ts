import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import fc from 'fast-check';
import { openTestGazetteer } from '../../../test/support/gazetteer.ts';
import { DEGREE, NONE } from './entity.ts';
import { NEAREST_LIMIT_METRES, type Gazetteer } from './gazetteer.ts';
import { createNearest } from './nearest.ts';

let gazetteer: Gazetteer;
let nearest: ReturnType<typeof createNearest>;
/** Ids of all places of each country. */
let places: number[][];

before(async () => {
  gazetteer = await openTestGazetteer();
  nearest = createNearest(gazetteer.sections);
  // Trees of postcodes follow those of places, and postal places are in none.
  const { treeIds, treeStart } = gazetteer.sections;
  places = gazetteer.countries.map((_, country) => [
    ...treeIds.subarray(treeStart[country], treeStart[country + 1]),
  ]);
});

const metres = (lat: number, lng: number, id: number): number => {
  const radians = Math.PI / 180;
  const otherLat = gazetteer.records.lat(id) / DEGREE;
  const otherLng = gazetteer.records.lng(id) / DEGREE;
  const half =
    Math.sin(((otherLat - lat) * radians) / 2) ** 2 +
    Math.cos(lat * radians) * Math.cos(otherLat * radians) * Math.sin(((otherLng - lng) * radians) / 2) ** 2;
  return 2 * 6_371_008.8 * Math.asin(Math.min(1, Math.sqrt(half)));
};

test('finds what comparing with every place of the country finds', () => {
  const lat = fc.double({ min: -90, max: 90, noNaN: true });
  const lng = fc.double({ min: -180, max: 180, noNaN: true });
  fc.assert(
    fc.property(lat, lng, fc.nat(gazetteer.countries.length - 1), (north, east, country) => {
      const found = nearest(north, east, country);
      const own = places[country]!;
      assert.equal(found === undefined, own.length === 0);
      if (found === undefined) return;
      let best = Infinity;
      for (const id of own) best = Math.min(best, metres(north, east, id));
      // Places at one and the same spot are equally near, and millimetres are lost in the arc of a far one.
      assert.ok(Math.abs(metres(north, east, found.id) - best) < 0.05);
      assert.ok(Math.abs(found.metres - best) < 0.05);
    }),
    { numRuns: 1_000, seed: 7 },
  );
});

test('finds every thirtieth place at its own spot, or one beside it', () => {
  const { lat, lng, country } = gazetteer.records;
  for (const own of places) {
    for (let index = 0; index < own.length; index += 30) {
      const id = own[index]!;
      const found = nearest(lat(id) / DEGREE, lng(id) / DEGREE, country(id));
      assert.ok(found !== undefined && found.metres < 0.1);
    }
  }
});

test('answers with the state where no place is near, with the country where it has none there, and with nothing at sea', () => {
  const siberia = gazetteer.reverse(70, 100);
  assert.ok(siberia !== undefined);
  assert.equal(gazetteer.entity(siberia.id).type, 'state');
  assert.equal(gazetteer.entity(siberia.id).name, 'Krasnoyarsk Krai');
  assert.ok(siberia.metres > NEAREST_LIMIT_METRES);
  const antarctica = gazetteer.reverse(-80, 60);
  assert.ok(antarctica !== undefined);
  assert.equal(gazetteer.entity(antarctica.id).type, 'country');
  assert.equal(gazetteer.entity(antarctica.id).country, 'AQ');
  assert.equal(gazetteer.reverse(0, 0), undefined);
  assert.equal(gazetteer.reverse(90, 0), undefined);
});

test('stays within the state of the outlines, however near the neighbour is', () => {
  // Ulm and Neu-Ulm, Mainz and Wiesbaden, the two Kansas Cities: a river or a street between them.
  const stateAt = (lat: number, lng: number): string | undefined =>
    gazetteer.entity(gazetteer.reverse(lat, lng)!.id).state;
  assert.equal(stateAt(48.4, 9.985), 'Baden-Wurttemberg');
  assert.equal(stateAt(48.385, 10.02), 'Bavaria');
  assert.equal(stateAt(50.0, 8.24), 'Rheinland-Pfalz');
  assert.equal(stateAt(50.05, 8.24), 'Hesse');
  assert.equal(stateAt(39.1, -94.57), 'Missouri');
  assert.equal(stateAt(39.11, -94.68), 'Kansas');
});

test('finds the nearest of all places that GeoNames files under the state or that stand in it, up to 50 km away', () => {
  const { treeIds, treeState, treeAround, treeStart, areaState } = gazetteer.sections;
  const within = (least: number, most: number): fc.Arbitrary<number> =>
    fc.noBias(fc.integer({ min: least * DEGREE, max: most * DEGREE })).map((units) => units / DEGREE);
  const land = fc.tuple(within(-60, 75), within(-180, 180));
  let compared = 0;
  fc.assert(
    fc.property(land, ([north, east]) => {
      const country = gazetteer.countryAt(north, east);
      const state = country < 0 ? NONE : gazetteer.stateAt(north, east, country);
      if (state === NONE) return;
      compared++;
      const number = gazetteer.sections.states.indexOf(state);
      assert.ok(areaState.includes(number));
      let best = Infinity;
      for (let at = treeStart[country]!; at < treeStart[country + 1]!; at++)
        if (treeState[at] === number || treeAround[at] === number)
          best = Math.min(best, metres(north, east, treeIds[at]!));
      const hit = gazetteer.reverse(north, east)!;
      if (best > NEAREST_LIMIT_METRES + 1) assert.equal(hit.id, state);
      else if (best < NEAREST_LIMIT_METRES - 1) assert.ok(Math.abs(hit.metres - best) < 0.05);
    }),
    { numRuns: 3_000, seed: 23 },
  );
  assert.ok(compared > 500);
});

test('every place is found at its own spot, on whichever side of a border it stands', () => {
  const { lat, lng, country } = gazetteer.records;
  for (const own of places) {
    for (const id of own) {
      if (gazetteer.countryAt(lat(id) / DEGREE, lng(id) / DEGREE) !== country(id)) continue;
      assert.ok(
        gazetteer.reverse(lat(id) / DEGREE, lng(id) / DEGREE)!.metres < 0.1,
        gazetteer.entity(id).name,
      );
    }
  }
});

test('stays within the country of the borders, however near the neighbour is', () => {
  // Konstanz and Kreuzlingen are one town with a border through it.
  const konstanz = gazetteer.reverse(47.663, 9.175);
  const kreuzlingen = gazetteer.reverse(47.65, 9.175);
  assert.ok(konstanz !== undefined && kreuzlingen !== undefined);
  assert.equal(gazetteer.entity(konstanz.id).country, 'DE');
  assert.equal(gazetteer.entity(kreuzlingen.id).country, 'CH');
});

test('finds across the antimeridian and around the poles', () => {
  for (const lng of [179.99, -179.99, 180, -180]) {
    const hit = gazetteer.reverse(-16.8, lng);
    assert.ok(hit !== undefined && gazetteer.entity(hit.id).country === 'FJ', `${lng}`);
  }
  assert.equal(gazetteer.entity(gazetteer.reverse(-90, 123)!.id).country, 'AQ');
});
