import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openTestGazetteer } from '../../test/support/gazetteer.ts';
import { readGeocoderTester } from './cases.ts';
import { readPelias } from './pelias.ts';
import { scoreCases } from './run.ts';

test("reads geocoder-tester's columns, with commas or semicolons", () => {
  const [first, second] = readGeocoderTester(
    'query,expected_coordinate,expected_name,limit\n"Ulm, DE","48.4,9.99,800",Ulm,\nBonn,,Bonn,3\n',
  );
  assert.deepEqual(first, {
    query: 'Ulm, DE',
    point: { lat: 48.4, lng: 9.99 },
    tolerance: 800,
    wanted: { name: 'Ulm' },
    among: 1,
    isPrefix: false,
    narrowing: {},
  });
  assert.equal(second?.among, 3);
  assert.equal(second.point, undefined);
  const [other] = readGeocoderTester('comment;query;expected_lat;expected_lon\nx;Ulm;48.4;9.99\n');
  assert.deepEqual(other?.point, { lat: 48.4, lng: 9.99 });
});

test("reads pelias' tests and leaves out those that ask another way", () => {
  const cases = readPelias(
    JSON.stringify({
      endpoint: 'autocomplete',
      distanceThresh: 100,
      tests: [
        { in: { text: 'lond' }, expected: { properties: [{ name: 'London', country_a: 'GBR' }] } },
        { in: { text: 'ulm' }, endpoint: 'search', expected: { coordinates: [[9.99, 48.4]] } },
        { in: { locality: 'Ulm' }, expected: { properties: [{ name: 'Ulm' }] } },
        { in: { text: 'x' }, unexpected: {} },
      ],
    }),
  );
  assert.equal(cases.length, 2);
  assert.deepEqual(cases[0]?.wanted, { name: 'London', country_code_3: 'GBR' });
  assert.equal(cases[0].isPrefix, true);
  assert.deepEqual(cases[1]?.point, { lat: 48.4, lng: 9.99 });
});

test('understands where the asker is, and what is asked of a coordinate', () => {
  const [biased] = readGeocoderTester('query;lat;lon;expected_name\nUlm;48.4;9.99;Ulm\n');
  assert.deepEqual(biased?.narrowing, { proximity: { lat: 48.4, lng: 9.99 } });
  const [reverse] = readGeocoderTester('comment;lat;lon;expected_city\nx;48.4;9.99;Ulm\n');
  assert.deepEqual(reverse?.query, { lat: 48.4, lng: 9.99 });
  const [narrowed, at] = readPelias(
    JSON.stringify({
      tests: [
        {
          in: {
            text: 'ulm',
            'boundary.country': 'DEU',
            'focus.point.lat': '48',
            'focus.point.lon': '9',
            layers: 'county',
          },
          expected: { coordinates: ['9.99', '48.4'] },
        },
        { in: { 'point.lat': '48.4', 'point.lon': 9.99 }, expected: { properties: [{ region: 'Bavaria' }] } },
      ],
    }),
  );
  assert.deepEqual(narrowed?.narrowing, {
    proximity: { lat: 48, lng: 9 },
    countries: ['DEU'],
    types: ['county'],
  });
  assert.deepEqual(narrowed.point, { lat: 48.4, lng: 9.99 });
  assert.deepEqual(at?.query, { lat: 48.4, lng: 9.99 });
  assert.deepEqual(at.wanted, { state: 'Bavaria' });
});

test('scores coordinates by the city that the answer is or lies in', async () => {
  const score = scoreCases(
    await openTestGazetteer(),
    readGeocoderTester('lat;lon;expected_city\n52.5170;13.3889;Berlin\n52.5170;13.3889;Potsdam\n'),
  );
  assert.deepEqual([score.cases, score.right], [2, 1]);
});

test('scores answers by distance and by names, and says what was missed', async () => {
  const gazetteer = await openTestGazetteer();
  const score = scoreCases(
    gazetteer,
    readGeocoderTester(
      'query,expected_coordinate,expected_city,expected_country\n' +
        'Ulm,"48.4,9.99,1000",,\nUlm,"52.5,13.4,1000",,\nKöln,,Cologne,Deutschland\nKöln,,Bonn,\n',
    ),
  );
  assert.equal(score.cases, 4);
  assert.equal(score.right, 2);
  assert.equal(score.misses.length, 2);
  assert.match(score.misses[0]!, /^Ulm → Ulm, Baden-Wurttemberg, DE$/);
});
