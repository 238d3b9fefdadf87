import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { boxRing, extractOf, fine } from '../../../../test/support/extract.ts';
import { openTestGazetteer } from '../../../../test/support/gazetteer.ts';
import type { ImportedFeature, ImportedHouse, ImportedStreet } from '../../../../gazetteer/import/feature.ts';
import type { AddressQuery } from './address-worth.ts';
import { CONTEXT, HOUSE, SPOT, STREET } from './extract-records.ts';
import { contextOf, type Extract, type ExtractHit } from './extract.ts';

const base = await openTestGazetteer();

const street = (
  name: string,
  points: readonly number[],
  road: ImportedStreet['road'] = {},
): ImportedStreet => ({
  kind: 'street',
  name,
  roadType: 'residential',
  line: Int32Array.from(points.map(fine)),
  road,
});
const house = (
  lat: number,
  lng: number,
  number: string,
  more: Partial<ImportedHouse> = {},
): ImportedHouse => ({
  kind: 'house',
  lat: fine(lat),
  lng: fine(lng),
  number,
  ...more,
});

/** Two towns beside each other, some 5 km apart, in the east of Germany, with outlines and streets of one name. */
const FEATURES: readonly ImportedFeature[] = [
  { kind: 'area', level: 8, name: 'Oberau', rings: [[boxRing(51.0, 14.0, 51.04, 14.05)]] },
  { kind: 'area', level: 8, name: 'Unterau', rings: [[boxRing(51.0, 14.05, 51.04, 14.1)]] },
  { kind: 'area', level: 10, name: 'Hinterdorf', rings: [[boxRing(51.03, 14.0, 51.04, 14.05)]] },
  { kind: 'place', lat: fine(51.02), lng: fine(14.02), name: 'Oberau', type: 'town', population: 9_000 },
  { kind: 'place', lat: fine(51.02), lng: fine(14.07), name: 'Unterau', type: 'village', population: 400 },
  street('Lange Straße', [51.02, 14.01, 51.02, 14.02], { maxspeed: 30, oneway: true }),
  street('Lange Straße', [51.02, 14.02, 51.02, 14.03]),
  street('Lange Straße', [51.02, 14.06, 51.02, 14.07]),
  street('Goethestraße', [51.031, 14.01, 51.031, 14.02]),
  house(51.0201, 14.012, '2', { street: 'Lange Straße', postcode: '01234' }),
  house(51.0201, 14.013, '4a', { street: 'Lange Straße', postcode: '01234' }),
  house(51.0201, 14.014, '6-10', { street: 'Lange Straße', postcode: '01234' }),
  house(51.0201, 14.062, '2', { street: 'Lange Straße', postcode: '01239' }),
  house(51.0312, 14.015, '1', { street: 'Goethestraße', postcode: '01234' }),
  house(51.025, 14.035, '7', { place: 'Am Wald' }),
  {
    kind: 'poi',
    lat: fine(51.0205),
    lng: fine(14.025),
    name: 'Zum Löwen',
    category: 'commerce',
    type: 'restaurant',
  },
];
const extract = await extractOf(base, FEATURES);

const describe = (of: Extract, hit: Pick<ExtractHit, 'kind' | 'id'> | undefined): string => {
  if (hit === undefined) return 'nothing';
  const { records } = of;
  const context = contextOf({ extract: of, piece: -1, ...hit });
  const where = [CONTEXT.suburb, CONTEXT.place, CONTEXT.postcode, CONTEXT.country]
    .map((field) => records.text(records.context(context, field)))
    .filter((text) => text !== '')
    .join(', ');
  if (hit.kind === 'spot') return `${records.text(records.spot(hit.id, SPOT.name))}; ${where}`;
  const of_ = hit.kind === 'street' ? hit.id : records.house(hit.id, HOUSE.street);
  const name = records.text(records.street(of_, STREET.name));
  return hit.kind === 'street'
    ? `${name}; ${where}`
    : `${name} ${records.text(records.house(hit.id, HOUSE.number))}; ${where}`;
};
const ask = (text: string, more: Partial<AddressQuery> = {}): string[] =>
  extract.forward({ text, limit: 10, ...more }).records.map((record) => describe(extract, record));

test('finds a house in whatever order an address is written', () => {
  const wanted = ['Lange Straße 2; Oberau, 01234, DE'];
  for (const text of [
    'Lange Straße 2, Oberau',
    'lange strasse 2 oberau',
    'Lange Str. 2, 01234 Oberau',
    '2 Lange Straße Oberau Germany',
    '01234 Oberau, Lange Straße 2',
    'Oberau, Lange Straße Nr. 2, Deutschland',
    'Langestraße 2, D-01234 Oberau',
  ])
    assert.deepEqual(ask(text), wanted, text);
});

test('tells streets of one name apart by their town, and gives them all without one', () => {
  assert.deepEqual(ask('Lange Straße 2, Unterau'), ['Lange Straße 2; Unterau, 01239, DE']);
  assert.deepEqual(ask('Lange Straße 2, 01239'), ['Lange Straße 2; Unterau, 01239, DE']);
  assert.deepEqual(ask('Lange Straße 2'), [
    'Lange Straße 2; Oberau, 01234, DE',
    'Lange Straße 2; Unterau, 01239, DE',
  ]);
  assert.deepEqual(ask('Lange Straße'), [
    'Lange Straße; Oberau, 01234, DE',
    'Lange Straße; Unterau, 01239, DE',
  ]);
});

test('joins the stretches of a street, and bounds them all', () => {
  const [found] = extract.forward({ text: 'Lange Straße, Oberau', limit: 1 }).records;
  assert.ok(found);
  const { records } = extract;
  assert.equal(records.street(found.id, STREET.west), fine(14.01));
  assert.equal(records.street(found.id, STREET.east), fine(14.03));
  assert.equal(records.street(found.id, STREET.lng), fine(14.02));
});

test('reads letters and ranges of house numbers', () => {
  for (const number of ['4a', '4 a', '4A', '4 A'])
    assert.deepEqual(ask(`Lange Straße ${number}, Oberau`), ['Lange Straße 4a; Oberau, 01234, DE'], number);
  for (const number of ['6-10', '6 - 10', '6', '8', '10'])
    assert.deepEqual(ask(`Lange Straße ${number}, Oberau`), ['Lange Straße 6-10; Oberau, 01234, DE'], number);
});

test('gives the street where the house is not known', () => {
  for (const number of ['7', '99', '4b', '999999999999'])
    assert.deepEqual(ask(`Lange Straße ${number}, Oberau`), ['Lange Straße; Oberau, 01234, DE'], number);
});

test('finds nothing where the address names a place that is not here', () => {
  for (const text of ['Lange Straße 2, Bern', 'Lange Straße 2, Oberau, France', 'Kurze Straße 2', '2', ', ,'])
    assert.deepEqual(ask(text), [], text);
});

test('forgives a wrong postcode beside the right town, and not instead of it', () => {
  assert.deepEqual(ask('Lange Straße 2, 99999 Oberau'), ['Lange Straße 2; Oberau, 01234, DE']);
  assert.deepEqual(ask('Lange Straße 2, 01239 Oberau'), ['Lange Straße 2; Oberau, 01234, DE']);
});

test('finds what is counted in a place without streets, points of interest, areas and postcodes', () => {
  assert.deepEqual(ask('Am Wald 7'), ['Am Wald 7; Oberau, 01234, DE'], 'with the postcode of its town');
  assert.deepEqual(ask('Zum Löwen'), ['Zum Löwen; Oberau, DE']);
  assert.deepEqual(ask('Zum Loewen, Oberau'), ['Zum Löwen; Oberau, DE']);
  assert.deepEqual(ask('Hinterdorf'), ['Hinterdorf; Hinterdorf, Oberau, DE']);
  assert.deepEqual(ask('01239'), ['01239; Unterau, 01239, DE']);
  assert.deepEqual(ask('Oberau').slice(0, 1), ['Oberau; Oberau, DE']);
});

test('keeps to countries and bounds, and prefers what is near', () => {
  assert.deepEqual(ask('Lange Straße 2', { countries: ['FR'] }), []);
  const bounds = { west: 14.055, south: 51, east: 14.1, north: 51.1 };
  assert.deepEqual(ask('Lange Straße 2', { bounds }), ['Lange Straße 2; Unterau, 01239, DE']);
  const proximity = { lat: 51.02, lng: 14.065 };
  assert.equal(
    ask('Lange Straße', { limit: 1, proximity: { lat: 60, lng: 14 } })[0],
    'Lange Straße; Oberau, 01234, DE',
  );
  assert.equal(ask('Lange Straße 2', { proximity }).length, 2);
});

test('completes the beginning of a street, and of where it is', () => {
  assert.deepEqual(ask('Goeth', { isPrefix: true }), ['Goethestraße; Hinterdorf, Oberau, 01234, DE']);
  assert.deepEqual(ask('goethestras', { isPrefix: true }), ['Goethestraße; Hinterdorf, Oberau, 01234, DE']);
  assert.deepEqual(ask('Lange Straße Unt', { isPrefix: true }), ['Lange Straße; Unterau, 01239, DE']);
  assert.deepEqual(ask('zum l', { isPrefix: true }), ['Zum Löwen; Oberau, DE']);
  assert.deepEqual(ask('Goeth'), [], 'not unless it is asked for');
});

test('answers a coordinate with the house within 50 m, else the street within 200 m, else nothing', () => {
  const at = (lat: number, lng: number): string => describe(extract, extract.reverse(lat, lng));
  assert.equal(at(51.0202, 14.0121), 'Lange Straße 2; Oberau, 01234, DE');
  assert.equal(at(51.0202, 14.017), 'Lange Straße; Oberau, 01234, DE');
  assert.equal(at(51.0205, 14.0251), 'Zum Löwen; Oberau, DE');
  assert.equal(at(51.0219, 14.018), 'nothing');
  assert.equal(at(51.0217, 14.018), 'Lange Straße; Oberau, 01234, DE');
  assert.equal(at(-51, -14), 'nothing');
  for (const [lat, lng] of [
    [90, 0],
    [-90, 180],
    [0, -180],
    [0, 180],
  ] as const)
    assert.equal(at(lat, lng), 'nothing');
});

test('measures to the nearest point of a street', () => {
  const hit = extract.reverse(51.021, 14.017);
  assert.equal(hit?.kind, 'street');
  assert.ok(Math.abs(hit.metres - 111.2) < 0.5, String(hit.metres));
  assert.deepEqual([hit.lat, hit.lng], [fine(51.02), fine(14.017)]);
});

test('reaches over 180° and stands at the poles', async () => {
  const far = await extractOf(base, [
    street('Ostweg', [-16.5, 179.9995, -16.5, 179.9999]),
    street('Westweg', [-16.6, -179.9999, -16.6, -179.99]),
    house(-16.5, -179.9999, '1', { street: 'Ostweg', country: 'FJ' }),
    house(-89.9999, 10, '2', { street: 'Polweg', country: 'AQ' }),
  ]);
  const at = (lat: number, lng: number): string => describe(far, far.reverse(lat, lng)).split(';')[0]!;
  assert.equal(at(-16.5, 180), 'Ostweg 1');
  assert.equal(at(-16.5, -180), 'Ostweg 1');
  assert.equal(at(-16.6, 179.9995), 'Westweg');
  assert.equal(at(-90, 0), 'Polweg 2');
  assert.equal(at(90, 0), 'nothing');
});

test('answers any text and any coordinate without throwing, and within the limit', () => {
  const word = fc.constantFrom(
    'lange',
    'strasse',
    '2',
    '6-10',
    'Oberau',
    '01234',
    'Germany',
    ',',
    'nr',
    'a',
    'ö',
    '😀',
  );
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc.array(word, { maxLength: 20 }).map((words) => words.join(' ')),
  );
  fc.assert(
    fc.property(text, fc.boolean(), fc.integer({ min: 1, max: 3 }), (question, isPrefix, limit) => {
      const { records, reads } = extract.forward({ text: question, limit, isPrefix });
      assert.ok(records.length <= limit);
      assert.equal(reads === 'nothing', records.length === 0);
    }),
    { numRuns: 2_000 },
  );
  fc.assert(
    fc.property(
      fc.double({ min: -90, max: 90, noNaN: true }),
      fc.double({ min: -180, max: 180, noNaN: true }),
      (lat, lng) => {
        const hit = extract.reverse(lat, lng);
        assert.ok(hit === undefined || hit.metres <= 200);
      },
    ),
  );
});

test('leaves out what is not on the Earth, and takes lines around it for none', async () => {
  const odd = await extractOf(base, [
    { kind: 'house', lat: 2 ** 31, lng: 0, number: '1', street: 'Nirgendweg' },
    { kind: 'house', lat: Number.NaN, lng: 0, number: '2', street: 'Nirgendweg' },
    street('Fernweg', [0, 200, 0, 201]),
    street('Weltweg', [0, -179, 0, 179]),
    street('Querweg', [-80, -170, 80, 0]),
    house(0.0001, 0.0001, '3', { street: 'Hierweg', country: 'GH' }),
  ]);
  assert.equal(odd.counts.houses, 1);
  assert.equal(describe(odd, odd.reverse(0, 0)).split(';')[0], 'Hierweg 3');
  assert.equal(odd.reverse(40, 40), undefined);
});
