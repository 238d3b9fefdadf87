/** What the base index and extracts find, brought together. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ImportedFeature } from '../../../gazetteer/import/feature.ts';
import { boxRing, extractOf, fine, liechtenstein } from '../../../test/support/extract.ts';
import { openTestGazetteer } from '../../../test/support/gazetteer.ts';
import { CONTEXT, SPOT, SPOT_AREA } from './extract/extract-records.ts';
import { contextOf, type Extract } from './extract/extract.ts';
import { createLookup, type Hit } from './lookup.ts';

const base = await openTestGazetteer();
const { extract } = await liechtenstein(base);
const lookup = createLookup({ base, extracts: [extract] });

const nameOf = (hit: Hit): string => {
  if (typeof hit === 'number') return base.entity(hit).name;
  const { records } = hit.extract;
  return hit.kind === 'spot' ? records.text(records.spot(hit.id, SPOT.name)) : hit.kind;
};
const isPlaceOf =
  (name: string) =>
  (hit: Hit): boolean =>
    nameOf(hit) === name &&
    (typeof hit === 'number' || hit.extract.records.spot(hit.id, SPOT.kind) === SPOT_AREA);

test('a suggestion of one town does not take another beside it away', () => {
  for (const [text, wanted] of [
    ['Sch', ['Schaan', 'Schellenberg']],
    ['tries', ['Triesen', 'Triesenberg']],
  ] as const) {
    const query = { text, limit: 20, countries: ['LI'] };
    for (const hits of [lookup.suggest(query), lookup.forward({ ...query, isPrefix: true }, 0)])
      for (const name of wanted)
        assert.equal(hits.filter(isPlaceOf(name)).length, 1, `${text}: ${hits.map(nameOf).join(', ')}`);
  }
});

test('no hit comes twice', () => {
  for (const text of ['Sch', 'tries', 'Va', 'B', 'Mauren', 'Vaduz']) {
    const hits = lookup.suggest({ text, limit: 50, countries: ['LI'] });
    const shown = hits.map((hit) => (typeof hit === 'number' ? hit : `${hit.kind}${hit.id}`));
    assert.equal(new Set(shown).size, shown.length, text);
  }
});

test('a place in another language is the one of the import', () => {
  const vaduz = lookup.forward({ text: 'Вадуц', limit: 10 }, 0);
  assert.equal(vaduz.filter(isPlaceOf('Vaduz')).length, 1);
});

test('two places of one name within some kilometres stay two', async () => {
  // Beside Schaan as the base index knows it, another of the name.
  const two: readonly ImportedFeature[] = [
    { kind: 'area', level: 8, name: 'Schaan', rings: [[boxRing(47.15, 9.5, 47.18, 9.52)]] },
    { kind: 'area', level: 8, name: 'Schaan', rings: [[boxRing(47.23, 9.52, 47.26, 9.54)]] },
  ];
  const both = createLookup({ base, extracts: [await extractOf(base, two)] });
  const hits = both.forward({ text: 'Schaan', limit: 10, countries: ['LI'], keepDuplicates: true }, 0);
  assert.equal(hits.filter((hit) => typeof hit === 'object' && isPlaceOf('Schaan')(hit)).length, 2);
  const [first] = hits;
  assert.ok(typeof first === 'object', 'the outline takes the place of the point');
  assert.equal(first.extract.records.spot(first.id, SPOT.south), fine(47.15), 'the nearest outline');
});

const at = ({ kind, id, extract: of }: Exclude<Hit, number>): string => {
  const context = contextOf({ kind, id, extract: of, piece: -1 });
  return `${kind} ${of.records.text(of.records.context(context, CONTEXT.place))}`;
};

test('what overlapping extracts both have comes once', async () => {
  const house = (lat: number, lng: number, number: string, street: string): ImportedFeature => ({
    kind: 'house',
    lat: fine(lat),
    lng: fine(lng),
    number,
    street,
  });
  const town: ImportedFeature = {
    kind: 'area',
    level: 8,
    name: 'Oberau',
    rings: [[boxRing(51.0, 14.0, 51.04, 14.05)]],
  };
  const make = (features: readonly ImportedFeature[]): Promise<Extract> =>
    extractOf(base, [town, ...features]);
  const one = await make([house(51.02, 14.012, '2', 'Lange Straße')]);
  const near = await make([house(51.0203, 14.0123, '2', 'LANGE STRASSE')]);
  const far = await make([house(51.03, 14.012, '2', 'Lange Straße')]);
  const count = (extracts: readonly Extract[], keepDuplicates: boolean): number => {
    const hits = createLookup({ base, extracts }).forward(
      { text: 'Lange Straße 2, Oberau', limit: 10, keepDuplicates },
      0,
    );
    for (const hit of hits) assert.equal(typeof hit === 'number' ? hit : at(hit), 'house Oberau');
    return hits.length;
  };
  assert.equal(count([one, near], false), 1);
  assert.equal(count([one, near], true), 2);
  assert.equal(count([one, far], false), 2);
  assert.equal(count([one, near, far], false), 2);
  const landstrasse = { text: 'Landstrasse', limit: 100 };
  const once = createLookup({ base, extracts: [extract] }).forward(landstrasse, 0);
  const twice = createLookup({ base, extracts: [extract, { ...extract }] }).forward(landstrasse, 0);
  assert.equal(twice.length, once.length);
});
