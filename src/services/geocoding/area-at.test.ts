import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { readAreas } from '../../../gazetteer/areas/areas.ts';
import { joinArcs, type Line } from '../../../gazetteer/areas/topology.ts';
import { openTestGazetteer } from '../../../test/support/gazetteer.ts';
import { createRandom } from '../../../test/support/random.ts';
import { createAreaAt, NO_AREA } from './area-at.ts';
import { COUNTRY, COUNTY, DEGREE, NO_STATE, NONE, STATE } from './entity.ts';
import { openGazetteer, type Gazetteer } from './gazetteer.ts';

let gazetteer: Gazetteer;
before(async () => {
  gazetteer = await openTestGazetteer();
});

const codesOf = (id: number): readonly string[] =>
  gazetteer.divisions[gazetteer.sections.divisionOf[id] as number]!;
const stateAt = (lat: number, lng: number): string | undefined => {
  const state = gazetteer.stateAt(lat, lng, gazetteer.countryAt(lat, lng));
  return state === NONE ? undefined : codesOf(state)[0];
};

const PLACES: readonly (readonly [string, number, number, string | undefined])[] = [
  ['Munich', 48.137, 11.575, 'DE-BY'],
  ['Ulm', 48.4, 9.985, 'DE-BW'],
  ['Neu-Ulm, across the Danube', 48.385, 10.02, 'DE-BY'],
  ['Berlin, in Brandenburg', 52.52, 13.405, 'DE-BE'],
  ['Potsdam', 52.39, 13.06, 'DE-BB'],
  ['Bremerhaven, an exclave of Bremen', 53.55, 8.59, 'DE-HB'],
  ['Vienna, in Lower Austria', 48.208, 16.372, 'AT-9'],
  ['Lienz, East Tyrol, an exclave of Tyrol', 46.83, 12.76, 'AT-7'],
  ['Kansas City, Missouri', 39.1, -94.57, 'US-MO'],
  ['Kansas City, Kansas', 39.11, -94.68, 'US-KS'],
  ['Washington', 38.9, -77.03, 'US-DC'],
  ['Arlington, across the Potomac', 38.88, -77.11, 'US-VA'],
  ['Anchorage', 61.2, -149.9, 'US-AK'],
  ['Attu, Alaska west of the antimeridian', 52.9, 172.9, 'US-AK'],
  ['Chukotka east of the antimeridian', 66.5, -175, 'RU-CHU'],
  ['Chukotka west of the antimeridian', 68, 179, 'RU-CHU'],
  ['Chukotka on the antimeridian', 68, 180, 'RU-CHU'],
  ['Chukotka on the antimeridian, by its other name', 68, -180, 'RU-CHU'],
  ['Taveuni, Fiji', -16.9, -179.95, 'FJ-N'],
  ['Paris', 48.857, 2.352, 'FR-IDF'],
  ['Corte, Corsica', 42.3, 9.15, 'FR-20R'],
  ['Enclave des Papes, Vaucluse in Drôme', 44.38, 4.99, 'FR-PAC'],
  ['London', 51.507, -0.127, 'GB-ENG'],
  ['Cardiff', 51.48, -3.18, 'GB-WLS'],
  ['Treviño, Burgos within Álava', 42.735, -2.74, 'ES-CL'],
  ['Moscow', 55.752, 37.617, 'RU-MOW'],
  ['Kyiv, a city within its oblast', 50.45, 30.52, 'UA-30'],
  ['Simferopol', 44.95, 34.1, 'UA-43'],
  ['Brasília, in Goiás', -15.79, -47.88, 'BR-DF'],
  ['Canberra, in New South Wales', -35.28, 149.13, 'AU-ACT'],
  ['Lesotho, within South Africa', -29.31, 27.48, 'LS-A'],
  ['Vatican City, which has none', 41.9029, 12.4534, undefined],
  ['South Pole', -90, 0, undefined],
  ['the sea off Bavaria’s only lake', 54.5, 7.5, undefined],
];

for (const [name, lat, lng, code] of PLACES) {
  test(`puts ${name} into ${code ?? 'no state'}`, () => {
    assert.equal(stateAt(lat, lng), code);
  });
}

const isInside = (rings: readonly Line[], x: number, y: number): boolean => {
  let inside = false;
  for (const ring of rings) {
    for (let at = 2; at < ring.length; at += 2) {
      const [ax, ay, bx, by] = [ring[at - 2]!, ring[at - 1]!, ring[at]!, ring[at + 1]!];
      if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
    }
  }
  return inside;
};

test('agrees with the outlines themselves on 100,000 points, half of them within 3 km of a border', () => {
  const file = readAreas();
  let from = 0;
  const outlines = file.areas.map(({ rings }) => {
    const own = file.rings.slice(from, from + rings).map((ring) => joinArcs(file.arcs, ring));
    from += rings;
    const [lngs, lats] = [
      own.map((ring) => ring.filter((_, at) => at % 2 === 0)),
      own.map((ring) => ring.filter((_, at) => at % 2 === 1)),
    ];
    const ends = (lists: readonly number[][]): [number, number] => {
      let [low, high] = [Infinity, -Infinity];
      for (const list of lists)
        for (const value of list) [low, high] = [Math.min(low, value), Math.max(high, value)];
      return [low, high];
    };
    return { own, x: ends(lngs), y: ends(lats) };
  });
  // One country for all, so that borders of countries, which come from elsewhere, have no say.
  const areaAt = createAreaAt(gazetteer.sections, new Uint16Array(outlines.length));
  const random = createRandom(20_261_122);
  let found = 0;
  for (let index = 0; index < 100_000; index++) {
    const arc = file.arcs[Math.floor(random() * file.arcs.length)]!;
    const corner = 2 * Math.floor((random() * arc.length) / 2);
    const near = (units: number, most: number): number =>
      Math.max(-most, Math.min(most, units / DEGREE + (random() - 0.5) * 0.05));
    const lat = index % 2 === 0 ? near(arc[corner + 1]!, 90) : (Math.asin(random() * 2 - 1) * 180) / Math.PI;
    const lng = index % 2 === 0 ? near(arc[corner]!, 179.999) : random() * 360 - 180;
    const [x, y] = [lng * DEGREE, lat * DEGREE];
    const area = areaAt(lat, lng, 0);
    if (area !== NO_AREA) {
      found++;
      assert.ok(isInside(outlines[area]!.own, x, y), `${lat},${lng}`);
      continue;
    }
    const missed = outlines.find(
      ({ own, x: [west, east], y: [south, north] }) =>
        x >= west && x <= east && y >= south && y <= north && isInside(own, x, y),
    );
    assert.equal(missed, undefined, `${lat},${lng}`);
  }
  assert.ok(found > 40_000);
});

test('at least 98 of 100 places stand in the outline of the state that GeoNames files them under', () => {
  const { treeState, treeAround, treeStart } = gazetteer.sections;
  let [known, same] = [0, 0];
  for (let at = 0; at < treeStart[gazetteer.countries.length]!; at++) {
    if (treeState[at] === NO_STATE || treeAround[at] === NO_STATE) continue;
    known++;
    if (treeState[at] === treeAround[at]) same++;
  }
  assert.ok(known > 190_000, `${known}`);
  assert.ok(same / known >= 0.98, `${same} of ${known}`);
});

test('every country with subdivisions in the data has a state with an outline, and every state a country and bounds around it', () => {
  const { records, countries, sections, size } = gazetteer;
  const outlined = new Set(
    [...sections.areaState].filter((state) => state !== NO_STATE).map((state) => sections.states[state]!),
  );
  const divided = new Set([...outlined].map((id) => countries[records.country(id)]!.alpha2));
  const expected = new Set(
    readAreas()
      .areas.filter(({ state }) => state !== '')
      .map(({ country }) => country),
  );
  assert.deepEqual(
    [...expected].filter((country) => !divided.has(country)),
    [],
  );
  assert.ok(divided.size > 190, `${divided.size}`);
  for (let id = 0; id < size; id++) {
    if (records.type(id) !== STATE) continue;
    const { name } = gazetteer.entity(id);
    assert.ok(records.south(id) <= records.lat(id) && records.lat(id) <= records.north(id), name);
    const isAstride = records.west(id) > records.east(id);
    const [afterWest, beforeEast] = [
      records.lng(id) >= records.west(id),
      records.lng(id) <= records.east(id),
    ];
    assert.ok(isAstride ? afterWest || beforeEast : afterWest && beforeEast, name);
  }
});

test('lists the code of the state and of the part of it, the larger first', () => {
  const codesAt = (lat: number, lng: number): readonly string[] => codesOf(gazetteer.reverse(lat, lng)!.id);
  assert.deepEqual(codesAt(51.473, -0.069), ['GB-ENG', 'GB-SWK']);
  assert.deepEqual(codesAt(45.764, 4.8357), ['FR-ARA', 'FR-69']);
  assert.deepEqual(codesAt(43.7696, 11.2558), ['IT-52', 'IT-FI']);
  assert.deepEqual(codesAt(48.137, 11.575), ['DE-BY']);
  assert.deepEqual(codesAt(29.76, -95.37), ['US-TX']);
  assert.deepEqual(codesAt(41.9029, 12.4534), []);
  const county = gazetteer
    .forward({ text: 'Kent, England', limit: 10 })
    .find((id) => gazetteer.records.type(id) === COUNTY);
  assert.deepEqual(codesOf(county!), ['GB-ENG', 'GB-KEN']);
  assert.deepEqual(codesOf(gazetteer.countries.find(({ alpha2 }) => alpha2 === 'DE')!.entity), []);
});

/** south, west, north, east in degrees. */
const boundsOf = (id: number): number[] => {
  const { south, west, north, east } = gazetteer.records;
  return [south(id), west(id), north(id), east(id)].map((units) => units / DEGREE);
};
const stateOf = (code: string): number => {
  const { sections } = gazetteer;
  return sections.states.find((id) => codesOf(id)[0] === code)!;
};

test('bounds of states are those of their outlines, and astride the antimeridian where these are', () => {
  const around = (code: string, expected: readonly number[]): void =>
    boundsOf(stateOf(code)).forEach((value, side) =>
      assert.ok(Math.abs(value - expected[side]!) < 0.3, `${code}: ${boundsOf(stateOf(code)).join(' ')}`),
    );
  around('DE-BY', [47.27, 8.98, 50.56, 13.84]);
  around('US-CO', [37, -109.05, 41, -102.05]);
  around('RU-CHU', [61.8, 157.6, 71.6, -169]);
  around('US-AK', [51.2, 172.4, 71.4, -130]);
  around('FR-IDF', [48.1, 1.4, 49.2, 3.6]);
  const rhone = gazetteer.records.county(gazetteer.reverse(45.764, 4.8357)!.id);
  boundsOf(rhone).forEach((value, side) =>
    assert.ok(Math.abs(value - [45.45, 4.25, 46.3, 5.16][side]!) < 0.1),
  );
  const country = (alpha2: string): number[] =>
    boundsOf(gazetteer.countries.find((each) => each.alpha2 === alpha2)!.entity);
  for (const alpha2 of ['RU', 'US', 'FJ', 'NZ', 'KI'])
    assert.ok(country(alpha2)[1]! > country(alpha2)[3]!, alpha2);
  for (const alpha2 of ['DE', 'AU', 'CL', 'JP']) assert.ok(country(alpha2)[1]! < country(alpha2)[3]!, alpha2);
  assert.deepEqual(country('AQ').slice(1), [-180, country('AQ')[2]!, 180]);
});

test('a state that has no places is there all the same, and every one is part of its country', () => {
  const { records, sections, countries, size } = gazetteer;
  const inhabited = new Set<number>();
  for (let id = 0; id < size; id++)
    if (records.type(id) > STATE && records.state(id) !== NONE) inhabited.add(records.state(id));
  const empty = [...sections.states].filter((id) => !inhabited.has(id));
  assert.ok(empty.length > 0);
  for (const id of empty) {
    assert.equal(records.type(id), STATE);
    const nation = countries[records.country(id)]!;
    assert.equal(records.type(nation.entity), COUNTRY);
    assert.ok(
      boundsOf(id).some((value) => value !== 0),
      gazetteer.entity(id).name,
    );
  }
});

test('two threads open the same outlines without copying them', async () => {
  const again = openGazetteer(gazetteer.sections.areaCorners.buffer as unknown as SharedArrayBuffer);
  assert.equal(again.sections.areaCorners.buffer, gazetteer.sections.areaCorners.buffer);
  assert.equal(again.stateAt(48.137, 11.575, again.countryAt(48.137, 11.575)), stateOf('DE-BY'));
});
