import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openTestGazetteer } from '../../test/support/gazetteer.ts';
import { readGeocoderTester, readPelias } from './cases.ts';
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
        { in: { 'point.lat': 1, 'point.lon': 2 }, expected: { properties: [{ name: 'x' }] } },
        { in: { text: 'x' }, unexpected: {} },
      ],
    }),
  );
  assert.equal(cases.length, 2);
  assert.deepEqual(cases[0]?.wanted, { name: 'London', country_code_3: 'GBR' });
  assert.equal(cases[0].isPrefix, true);
  assert.deepEqual(cases[1]?.point, { lat: 48.4, lng: 9.99 });
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
