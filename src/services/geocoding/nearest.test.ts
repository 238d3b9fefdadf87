import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import fc from 'fast-check';
import { openTestGazetteer } from '../../../test/support/gazetteer.ts';
import { COUNTY, DEGREE } from './entity.ts';
import { NEAREST_LIMIT_METRES, type Gazetteer } from './gazetteer.ts';
import { createNearest } from './nearest.ts';

let gazetteer: Gazetteer;
let nearest: ReturnType<typeof createNearest>;
/** Ids of all places of each country. */
let places: number[][];

before(async () => {
  gazetteer = await openTestGazetteer();
  nearest = createNearest(gazetteer.sections);
  places = gazetteer.countries.map(() => []);
  const { type, country } = gazetteer.records;
  for (let id = 0; id < gazetteer.size; id++) if (type(id) > COUNTY) places[country(id)]!.push(id);
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

test('answers with the country where no place is near, and with nothing at sea', () => {
  const siberia = gazetteer.reverse(70, 100);
  assert.ok(siberia !== undefined);
  assert.equal(gazetteer.entity(siberia.id).type, 'country');
  assert.equal(gazetteer.entity(siberia.id).country, 'RU');
  assert.ok(siberia.metres > NEAREST_LIMIT_METRES);
  assert.equal(gazetteer.reverse(0, 0), undefined);
  assert.equal(gazetteer.reverse(90, 0), undefined);
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
