import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { kindOf } from './osm-categories.ts';
import { isStreet, houseNumbers } from './osm-features.ts';
import { parseMeasure, parseSpeed, roadFacts } from './osm-roads.ts';

const tags = (entries: Record<string, string>) => new Map(Object.entries(entries));

test('reads speeds in km/h and mph, and what a sign means in a country', () => {
  const said: readonly (readonly [string, number | undefined])[] = [
    ['50', 50],
    ['30 mph', 48],
    ['30mph', 48],
    ['DE:urban', 50],
    ['DE:rural', 100],
    ['DE:zone30', 30],
    ['DE:zone:30', 30],
    ['CH:motorway', 120],
    ['GB:nsl_single', 97],
    ['none', undefined],
    ['signals', undefined],
    ['DE:motorway', undefined],
    ['walk', undefined],
    ['0', undefined],
    ['999', undefined],
    ['50;30', 50],
    ['fifty', undefined],
    ['', undefined],
    ['XX:rural', undefined],
    ['constructor', undefined],
    ['DE:constructor', undefined],
  ];
  for (const [text, speed] of said) equal(parseSpeed(text), speed, text);
});

test('reads metres and tonnes in the units that people write', () => {
  const said: readonly (readonly [string, number | undefined])[] = [
    ['3.5', 3.5],
    ['3.5 m', 3.5],
    ['3,5 m', 3.5],
    ['12\'6"', 3.81],
    ["12'", 3.66],
    ['7.5 t', 7.5],
    ['3500 kg', 3.5],
    ['default', undefined],
    ['-1', undefined],
    ['0', undefined],
    ['99999', undefined],
    ['3 parsecs', undefined],
  ];
  for (const [text, measure] of said) equal(parseMeasure(text), measure, text);
});

test('leaves out what a road does not say', () => {
  deepEqual(roadFacts(tags({ highway: 'residential' })), {});
  deepEqual(
    roadFacts(
      tags({
        highway: 'primary',
        oneway: 'no',
        lanes: '2',
        surface: 'asphalt',
        toll: 'yes',
        tunnel: 'no',
        maxweight: '3.5',
      }),
    ),
    { oneway: false, lanes: 2, surface: 'asphalt', toll: true, maxweight: 3.5, tunnel: false },
  );
  deepEqual(roadFacts(tags({ highway: 'motorway', lanes: '2;3', surface: 'A<b>' })), { oneway: true });
});

test('takes for a street what has a name or number and can be driven or walked on', () => {
  equal(isStreet(tags({ highway: 'residential', name: 'Gasse' })), true);
  equal(isStreet(tags({ highway: 'motorway', ref: 'A13' })), true);
  equal(isStreet(tags({ highway: 'residential' })), false);
  equal(isStreet(tags({ highway: 'construction', name: 'Gasse' })), false);
  equal(isStreet(tags({ highway: 'bus_stop', name: 'Post' })), false);
});

test('puts things into the contract’s categories, by their first key and value', () => {
  const said: readonly (readonly [Record<string, string>, string | undefined])[] = [
    [{ amenity: 'restaurant;bar' }, 'commerce restaurant'],
    [{ amenity: 'school', building: 'yes' }, 'education school'],
    [{ amenity: 'bench' }, undefined],
    [{ amenity: 'Something New' }, 'unknown amenity'],
    [{ building: 'apartments' }, 'building building'],
    [{ shop: 'yes' }, 'commerce shop'],
    [{ office: 'government' }, 'government government'],
    [{ tourism: 'no', historic: 'castle' }, 'travel/tourism castle'],
    [{ natural: 'peak' }, 'natural/water peak'],
    [{ amenity: 'place_of_worship' }, 'place_of_worship place_of_worship'],
    [{ amenity: 'road' }, 'unknown amenity'],
    [{ highway: 'residential' }, undefined],
  ];
  for (const [entries, expected] of said) {
    const kind = kindOf(tags(entries));
    equal(
      kind === undefined ? undefined : `${kind.category} ${kind.type}`,
      expected,
      JSON.stringify(entries),
    );
  }
});

test('takes apart the numbers of one door', () => {
  deepEqual(houseNumbers(tags({ 'addr:housenumber': '12;14, 16 ;12' })), ['12', '14', '16']);
  deepEqual(houseNumbers(tags({ 'addr:housenumber': ' 12-14a ' })), ['12-14a']);
  deepEqual(houseNumbers(tags({ 'addr:housenumber': ';' })), []);
});
