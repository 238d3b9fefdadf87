import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createIsoNames } from './codes.ts';
import { joinAreas } from './join.ts';
import { isInside, pointInside, ringsOf, type SourceArea, type Witness } from './source.ts';

const square = (x: number, y: number): readonly (readonly [number, number])[] => [
  [x, y],
  [x + 1, y],
  [x + 1, y + 1],
  [x, y + 1],
  [x, y],
];

const area = (x: number, facts: Partial<SourceArea['properties']>): SourceArea => ({
  properties: {
    name: null,
    iso_3166_2: 'XX-X01~',
    iso_a2: 'XX',
    latitude: 0.5,
    longitude: x + 0.5,
    ...facts,
  },
  geometry: { type: 'Polygon', coordinates: [square(x, 0)] },
});

/** `count` places in the square at `x`, filed under a state. */
const places = (x: number, admin1: string, count: number): Witness[] =>
  Array.from({ length: count }, (_, index) => ({
    lat: 0.5,
    lng: x + (index + 1) / (count + 1),
    country: 'XX',
    admin1,
  }));

const STATES = new Map([
  ['XX.01', 'Alpha'],
  ['XX.02', 'Beta'],
  ['XX.03', 'Gamma'],
  ['XX.04', 'Delta'],
]);
const CODES = new Map([
  ['XX.01', 'XX-A'],
  ['XX.02', 'XX-B'],
]);
const iso = createIsoNames([
  { code: 'XX-A', parent: 'XX', names: ['Alpha'] },
  { code: 'XX-B', parent: 'XX', names: ['Beta'] },
  { code: 'XX-A1', parent: 'XX-A', names: ['Omicron'] },
]);
const join = (
  source: readonly SourceArea[],
  witnesses: readonly Witness[],
): ReturnType<ReturnType<typeof joinAreas>['withCodes']> =>
  joinAreas(source, witnesses, STATES, iso, () => 'XX').withCodes(CODES);
const statesOf = (source: readonly SourceArea[], witnesses: readonly Witness[]): string[] =>
  join(source, witnesses).areas.map(({ state }) => state);

test('an area is of the state that four fifths of its places say, and of none where they disagree', () => {
  assert.deepEqual(statesOf([area(0, {})], [...places(0, '01', 8), ...places(0, '02', 2)]), ['XX.01']);
  assert.deepEqual(statesOf([area(0, {})], [...places(0, '01', 7), ...places(0, '02', 3)]), ['']);
});

test('half of its places are enough where it bears the name or the code of the state, and a sixth where the source names it', () => {
  const mixed = [...places(0, '01', 6), ...places(0, '03', 4)];
  assert.deepEqual(statesOf([area(0, { name: 'Alpha' })], mixed), ['XX.01']);
  const city = [...places(0, '01', 8), ...places(0, '02', 2)];
  assert.deepEqual(statesOf([area(0, { gn_level: 1, gn_a1_code: 'XX.02' })], city), ['XX.02']);
  assert.deepEqual(statesOf([area(0, { gn_level: 1, gn_a1_code: 'XX.03' })], city), ['XX.01']);
});

test('an area without places is of the state with its code or name, else of the one of all areas of its region', () => {
  assert.deepEqual(statesOf([area(0, { name: 'Beta', iso_3166_2: 'XX-B' })], []), ['XX.02']);
  assert.deepEqual(statesOf([area(0, { name: 'Gamma' })], []), ['XX.03']);
  const region = [area(0, { region_cod: 'R' }), area(1, { region_cod: 'R' }), area(2, { region_cod: 'S' })];
  assert.deepEqual(statesOf(region, places(0, '04', 3)), ['XX.04', 'XX.04', '']);
});

test('a part has its own code, and not one that belongs to another state', () => {
  const [part, foreign] = join(
    [area(0, { name: 'Omicron', iso_3166_2: 'XX-A1' }), area(1, { name: 'Beta', iso_3166_2: 'XX-B' })],
    [...places(0, '01', 3), ...places(1, '03', 3)],
  ).areas;
  assert.equal(part?.iso, 'XX-A1');
  assert.equal(foreign?.iso, '');
  assert.equal(foreign?.state, 'XX.03');
});

test('a code of the source that no name bears out is not believed', () => {
  assert.equal(join([area(0, { name: 'Rho', iso_3166_2: 'XX-A' })], places(0, '01', 3)).areas[0]?.iso, '');
});

test('where the facts of areas stand at the outlines of others, none of the country’s are believed', () => {
  const shifted = ['Beta', 'Gamma', 'Delta', 'Alpha'].map((name, x) =>
    area(x, { name, wikidataid: `Q${x + 1}` }),
  );
  const witnesses = ['01', '02', '03', '04'].flatMap((admin1, x) => places(x, admin1, 3));
  const { areas } = join(
    [...shifted, area(4, { name: 'Omicron', iso_3166_2: 'XX-A1', wikidataid: 'Q9' })],
    witnesses,
  );
  assert.deepEqual(
    areas.map(({ state, iso: code, name, wikidata }) => [state, code, name, wikidata]),
    [
      ['XX.01', '', '', 0],
      ['XX.02', '', '', 0],
      ['XX.03', '', '', 0],
      ['XX.04', '', '', 0],
      ['', '', '', 0],
    ],
  );
});

test('a state has the outline of its areas only if four fifths of its places lie in them', () => {
  const source = [area(0, {}), area(1, {})];
  assert.deepEqual(
    join(source, [...places(0, '01', 8), ...places(1, '01', 2), ...places(1, '02', 8)]).outlined,
    ['XX.01', 'XX.02'],
  );
  assert.deepEqual(
    join(source, [...places(0, '01', 7), ...places(1, '01', 3), ...places(1, '02', 12)]).outlined,
    ['XX.02'],
  );
});

test('a name that would stand outside its area stands inside it', () => {
  const away = area(0, { latitude: 60, longitude: 60 });
  const [facts] = join([away], []).areas;
  assert.ok(isInside(ringsOf(away), facts!.lng * 100_000, facts!.lat * 100_000));
  const ring = [0, 0, 900, 0, 900, 900, 800, 900, 800, 100, 100, 100, 100, 900, 0, 900, 0, 0];
  const { lat, lng } = pointInside([ring]);
  assert.ok(isInside([ring], lng, lat));
});
