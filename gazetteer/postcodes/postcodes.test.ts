import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { openTestGazetteer } from '../../test/support/gazetteer.ts';
import { NONE, POSTCODE } from '../../src/services/geocoding/entity.ts';
import type { EntityView, Gazetteer } from '../../src/services/geocoding/gazetteer.ts';
import { createDraft } from '../entities.ts';
import { packagePostcodes } from './package.ts';
import { createPostcodeList, POSTCODE_SHAPE, type PostcodeRow } from './rows.ts';
import { attachPostcodes } from './postcodes.ts';
import { townHash } from '../town-names.ts';

let gazetteer: Gazetteer;
/** Ids of postcodes by country and code. */
const ids = new Map<string, number>();

before(async () => {
  gazetteer = await openTestGazetteer();
  for (let id = 0; id < gazetteer.size; id++) {
    if (gazetteer.records.type(id) !== POSTCODE) continue;
    const { country, name } = gazetteer.entity(id);
    ids.set(`${country} ${name}`, id);
  }
});

const townOf = (code: string): EntityView | undefined => {
  const parent = gazetteer.records.parent(ids.get(code) ?? assert.fail(`no ${code}`));
  return parent === NONE ? undefined : gazetteer.entity(parent);
};

test('has every postcode of the package once', () => {
  const rows = packagePostcodes();
  assert.ok(rows.length > 43_000);
  assert.ok(rows.every(({ code }) => POSTCODE_SHAPE.test(code)));
  assert.equal(ids.size, new Set(rows.map(({ country, code }) => `${country} ${code}`)).size);
});

test('knows the town, state and country of a postcode', () => {
  const expected = [
    ['US 90210', 'Beverly Hills', 'California'],
    ['US 10001', 'New York City', 'New York'],
    ['US 62701', 'Springfield', 'Illinois'],
    ['US 63101', 'St. Louis', 'Missouri'],
    ['CA H2Y', 'Montréal', 'Quebec'],
    ['CA T2P', 'Calgary', 'Alberta'],
  ];
  for (const [code = '', town, state] of expected) {
    assert.equal(townOf(code)?.name, town, code);
    assert.equal(gazetteer.entity(ids.get(code)!).state, state, code);
  }
  assert.equal(gazetteer.entity(ids.get('PR 00901')!).country, 'PR');
});

test('gives nearly every postcode the town that the post names, under the same name or another of its own', () => {
  let alike = 0;
  let other = 0;
  for (const { country, code, place, isTown } of packagePostcodes()) {
    const town = isTown ? townOf(`${country} ${code}`) : undefined;
    if (town === undefined) continue;
    if (townHash(town.name, country) === townHash(place, country)) alike++;
    else other++;
  }
  assert.ok(other < 0.05 * alike, `${other} of ${alike + other} have a town of another name`);
  assert.ok(alike > 38_000);
});

test('leaves the answer to a coordinate to places: neither postcodes nor towns of the post alone are near it', () => {
  const { treeStart, treeIds } = gazetteer.sections;
  const { type } = gazetteer.records;
  const countries = gazetteer.countries.length;
  assert.equal(treeStart.length, countries * 2 + 1);
  const places = treeIds.subarray(0, treeStart[countries]);
  assert.ok(places.every((id) => type(id) !== POSTCODE));
  assert.equal(treeIds.length - places.length, ids.size);
  const aaronsburg = townOf('US 16820')!;
  assert.equal(aaronsburg.name, 'Aaronsburg');
});

test('finds the postcode near a coordinate, and none where there is none', () => {
  const us = gazetteer.countries.findIndex(({ alpha2 }) => alpha2 === 'US');
  assert.equal(gazetteer.entity(gazetteer.postcodeAt(34.0901, -118.4065, us)).name, '90210');
  assert.equal(gazetteer.postcodeAt(41, -150, us), NONE, 'at sea');
  const de = gazetteer.countries.findIndex(({ alpha2 }) => alpha2 === 'DE');
  assert.equal(gazetteer.postcodeAt(52.52, 13.4, de), NONE, 'no list of that country');
});

const row = (parts: Partial<PostcodeRow>): PostcodeRow => ({
  country: 'DE',
  code: '80331',
  place: 'München',
  stateCode: 'BY',
  stateName: 'Bayern',
  lat: 48.13,
  lng: 11.57,
  isTown: true,
  ...parts,
});

const attached = (rows: readonly PostcodeRow[]): { names: string[]; keys: string[]; parents: string[] } => {
  const writer = createDraft({ states: new Map([['DE.02', 'Bavaria']]), counties: new Map() });
  const munich = {
    geonameId: 2867714,
    name: 'Munich',
    asciiName: 'Munich',
    alternates: 'München',
    lat: 48.13743,
    lng: 11.57549,
    feature: 'PPLA',
    country: 'DE',
    admin1: '02',
    admin2: '',
    population: 1_260_391,
    timezone: 'Europe/Berlin',
  };
  const { draft } = writer;
  const number = writer.add(munich, 1);
  draft.aliases.hash.push(townHash('München', 'DE'));
  draft.aliases.row.push(number);
  const list = createPostcodeList();
  for (const one of rows) list.add(one);
  const keys: string[] = [];
  attachPostcodes(draft, list, (name) => keys.push(name));
  const { places } = draft;
  const nameOf = (at: number): string => (at < 0 ? '' : places.names.nameOf(places.name.at(at)));
  const all = Array.from({ length: places.length }, (_, at) => at);
  return { names: all.map(nameOf), keys, parents: all.map((at) => nameOf(places.parent.at(at))) };
};

test('knows a large town under the name that the post has for it', () => {
  const { names, parents } = attached([row({})]);
  assert.deepEqual(names, ['Munich', '80331']);
  assert.deepEqual(parents, ['', 'Munich']);
});

test('makes one village of several postcodes of a town that it does not know', () => {
  const { names, parents } = attached([
    row({ code: '82031', place: 'Grünwald', lat: 48.04, lng: 11.53 }),
    row({ code: '82032', place: 'Grünwald', lat: 48.05, lng: 11.53 }),
  ]);
  assert.deepEqual(names, ['Munich', 'Grünwald', '82031', '82032']);
  assert.deepEqual(parents, ['', '', 'Grünwald', 'Grünwald']);
});

test('puts the rows of one postcode together, in the largest of their towns', () => {
  const { names, parents } = attached([
    row({ place: 'Altstadt' }),
    row({ lat: 48.15 }),
    row({ place: 'Lehel' }),
  ]);
  assert.deepEqual(names, ['Munich', '80331']);
  assert.deepEqual(parents, ['', 'Munich']);
});

test('finds a postcode with and without what separates its parts', () => {
  assert.deepEqual(attached([row({ country: 'GB', code: 'SW1A 1AA', place: '' })]).keys, [
    'SW1A 1AA',
    'SW1A1AA',
  ]);
});
