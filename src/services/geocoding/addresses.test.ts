/** Street-level answers, from the OpenStreetMap extract of Liechtenstein to what a client reads. */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { ImportedHouse } from '../../../gazetteer/import/feature.ts';
import { openContract, textOf, type Contract } from '../../../test/support/contract.ts';
import { liechtenstein } from '../../../test/support/extract.ts';
import { openTestGazetteer } from '../../../test/support/gazetteer.ts';
import { createAnswer } from './answer.ts';
import type { Extract } from './extract/extract.ts';
import { FINE_DEGREE } from './extract/extract-records.ts';
import { DEGREE_METRES } from './extract/grid.ts';
import { readGeocodeCall } from './parameters.ts';
import { envelopeSchema } from './schemas.ts';

interface Result {
  readonly annotations?: {
    readonly roadinfo?: Readonly<Record<string, unknown>>;
    readonly [name: string]: unknown;
  };
  readonly bounds: { readonly northeast: Point; readonly southwest: Point };
  readonly components: Readonly<Record<string, string>>;
  readonly confidence: number;
  readonly distance_from_q?: { readonly meters: number };
  readonly formatted: string;
  readonly geometry: Point;
}
interface Point {
  readonly lat: number;
  readonly lng: number;
}

let extract: Extract;
let houses: readonly ImportedHouse[];
let contract: Contract;
let bare: Contract;
before(async () => {
  const made = await liechtenstein(await openTestGazetteer());
  ({ extract } = made);
  houses = made.features.filter((feature) => feature.kind === 'house');
  contract = await openContract([extract]);
  bare = await openContract();
});

/** The results of a question, each held to our description and to the published one. */
const ask = async (q: string, more = 'no_annotations=1'): Promise<readonly Result[]> => {
  const answer: unknown = JSON.parse(
    textOf(await contract.inFormat('json', `q=${encodeURIComponent(q)}&${more}`)),
  );
  envelopeSchema.parse(answer);
  contract.holdTo('Response', answer);
  return (answer as { results: Result[] }).results;
};
const formatted = async (q: string, more?: string): Promise<string[]> =>
  (await ask(q, more)).map((result) => result.formatted);

const metresFrom = ({ lat, lng }: Point, house: ImportedHouse): number => {
  const north = lat - house.lat / FINE_DEGREE;
  const east = (lng - house.lng / FINE_DEGREE) * Math.cos((lat * Math.PI) / 180);
  return Math.sqrt(north * north + east * east) * DEGREE_METRES;
};

/** `Zollstr.` and `Zollstrasse` are one street. */
const sameStreet = (one: string | undefined, other: string | undefined): boolean =>
  one === other || one?.replace(/str(?:\.|asse)$/u, '') === other?.replace(/str(?:\.|asse)$/u, '');

test('answers the coordinate of every house with its number and street', async () => {
  assert.equal(houses.length, 198);
  const wrong: string[] = [];
  for (const house of houses) {
    const [result] = await ask(`${house.lat / FINE_DEGREE},${house.lng / FINE_DEGREE}`);
    const { house_number, road } = result?.components ?? {};
    const isRight =
      house_number === house.number && (house.street === undefined || sameStreet(road, house.street));
    if (!isRight) wrong.push(`${house.street} ${house.number}: ${result?.formatted}`);
  }
  assert.deepEqual(wrong, []);
});

test('finds every house by the address that its coordinate is answered with', async () => {
  const wrong: string[] = [];
  for (const house of houses) {
    const [there] = await ask(`${house.lat / FINE_DEGREE},${house.lng / FINE_DEGREE}`);
    assert.ok(there);
    const { components } = there;
    const place = components['_normalized_city'] ?? '';
    const line = `${house.street ?? place} ${house.number}`;
    for (const text of [
      `${line}, ${components['postcode'] ?? ''} ${place}`,
      `${place} ${line} Liechtenstein`,
    ]) {
      const found = await ask(text, 'no_annotations=1&limit=100&no_dedupe=1');
      if (!found.some(({ geometry }) => metresFrom(geometry, house) < 30)) wrong.push(text);
    }
  }
  assert.deepEqual(wrong, []);
});

test('writes an address as its country does, with all components and the bounds of a point', async () => {
  const [result, ...others] = await ask('Städtle 32, Vaduz');
  assert.ok(result);
  assert.deepEqual(others, []);
  assert.equal(result.formatted, 'Städtle 32, 9490 Vaduz, Liechtenstein');
  assert.equal(result.confidence, 10);
  const { components } = result;
  assert.deepEqual(Object.keys(components), Object.keys(components).toSorted());
  assert.equal(components['_type'], 'building');
  assert.equal(components['_category'], 'building');
  assert.equal(components['road'], 'Städtle');
  assert.equal(components['house_number'], '32');
  assert.equal(components['postcode'], '9490');
  assert.equal(components['_normalized_city'], 'Vaduz');
  assert.equal(components['country_code'], 'li');
  assert.equal(components['continent'], 'Europe');
  assert.ok(
    result.bounds.northeast.lat > result.geometry.lat && result.bounds.southwest.lat < result.geometry.lat,
  );
  assert.equal(result.distance_from_q, undefined);
});

test('gives the street where no number is asked for or known, with the extent of its lines', async () => {
  for (const text of ['Landstrasse, Ruggell', 'Landstr. 9999, Ruggell', 'Ruggell Landstrasse']) {
    const [result] = await ask(text);
    assert.equal(result?.components['_type'], 'road', text);
    assert.equal(result?.components['road'], 'Landstrasse', text);
    assert.ok((result?.confidence ?? 0) < 10);
    assert.ok((result?.bounds.northeast.lat ?? 0) - (result?.bounds.southwest.lat ?? 0) > 0.001);
  }
  assert.ok((await ask('Landstrasse')).length >= 5, 'one in each municipality');
});

test('says what the road is like', async () => {
  const [near] = await ask('47.17,9.51', 'no_annotations=1&roadinfo=1');
  assert.deepEqual(near?.annotations, {
    roadinfo: { drive_on: 'right', road: 'In der Specki', road_type: 'residential', speed_in: 'km/h' },
  });
  assert.equal(near?.distance_from_q?.meters, 34);
  const [fast] = await ask('Landstrasse, Ruggell', '');
  assert.equal(fast?.annotations?.roadinfo?.['maxspeed'], '50');
  assert.equal(fast?.annotations?.roadinfo?.['oneway'], 0);
  assert.ok(fast?.annotations?.['timezone'] !== undefined && fast.annotations['sun'] !== undefined);
});

test('a place comes first, with the outline of the import, and then what else bears its name', async () => {
  const [place, other] = await ask('Vaduz, Liechtenstein');
  assert.equal(place?.components['_category'], 'place');
  assert.equal(place?.components['_normalized_city'], 'Vaduz');
  const { northeast, southwest } = place.bounds;
  assert.ok(northeast.lng - southwest.lng > 0.1, 'the municipality reaches over the mountains');
  assert.ok(other === undefined || other.components['_category'] !== 'place');
  const [paris] = await ask('Paris');
  assert.equal(paris?.components['country_code'], 'fr');
});

test('finds points of interest and postcodes', async () => {
  const castle = await ask('Schloss Vaduz');
  assert.ok(castle.some(({ components }) => components['castle'] === 'Schloss Vaduz'));
  assert.match(castle[0]?.formatted ?? '', /^Schloss Vaduz, .*Vaduz, Liechtenstein$/u);
  const [without] = await formatted('Schloss Vaduz', 'address_only=1&no_annotations=1');
  assert.doesNotMatch(without ?? '', /Schloss/u);
  const codes = await ask('9490', 'no_annotations=1&countrycode=li');
  assert.equal(codes[0]?.components['postcode'], '9490');
  assert.equal(codes[0]?.components['_type'], 'postcode');
});

test('leaves what lies outside to the base index', async () => {
  for (const point of ['47.1667,9.4667', '47.05,9.45', '48.85,2.35', '0,0', '47.0,9.9']) {
    const reply = textOf(await contract.inFormat('json', `q=${point}&no_annotations=1`));
    const plain = textOf(await bare.inFormat('json', `q=${point}&no_annotations=1`));
    const results = (text: string): unknown => (JSON.parse(text) as { results: unknown }).results;
    assert.deepEqual(results(reply), results(plain), point);
  }
  assert.equal((await ask('47.1667,9.4667'))[0]?.components['country_code'], 'ch');
  for (const text of [
    'Bahnhofstrasse 5, Zürich',
    'Berlin',
    'Paris, Texas',
    '12 Main Street, Springfield, Illinois',
  ])
    assert.deepEqual(
      await formatted(text),
      (await bare.json(`q=${encodeURIComponent(text)}&no_annotations=1`)).results.map(
        (result) => result.formatted,
      ),
      text,
    );
});

test('keeps to limit, countries, bounds and confidence', async () => {
  assert.equal((await ask('Landstrasse', 'limit=2&no_annotations=1')).length, 2);
  assert.deepEqual(await ask('Städtle 32, Vaduz', 'countrycode=us'), []);
  assert.equal((await ask('Städtle 32, Vaduz', 'countrycode=us,li')).length, 1);
  const bounds = 'bounds=9.50,47.20,9.60,47.30&no_annotations=1';
  for (const result of await ask('Landstrasse', bounds)) assert.ok(result.geometry.lat >= 47.2);
  for (const result of await ask('Landstrasse', 'min_confidence=8')) assert.ok(result.confidence >= 8);
  assert.equal((await ask('47.1393,9.5220', 'min_confidence=10'))[0]?.components['house_number'], '32');
});

test('names country and town in the language asked for, and streets as they are', async () => {
  assert.deepEqual(await formatted('Städtle 32, Vaduz', 'language=ru'), [
    'Städtle 32, 9490 Вадуц, Лихтенштейн',
  ]);
});

test('answers in all formats', async () => {
  const q = `q=${encodeURIComponent('Städtle 32, Vaduz')}`;
  const geojson = JSON.parse(textOf(await contract.inFormat('geojson', q))) as { features: unknown[] };
  contract.holdTo('GetGeojson200ResponseBody', geojson);
  assert.equal(geojson.features.length, 1);
  const xml = textOf(await contract.inFormat('xml', q));
  assert.match(xml, /<house_number>32<\/house_number>/u);
  const google = JSON.parse(textOf(await contract.inFormat('google-v3-json', q))) as {
    results: { types: string[]; geometry: { location_type: string } }[];
  };
  assert.deepEqual(google.results[0]?.types, ['street_address']);
  assert.equal(google.results[0]?.geometry.location_type, 'ROOFTOP');
});

test('suggests streets and houses while somebody types', async () => {
  const suggest = async (text: string): Promise<string[]> => {
    const body = textOf(await contract.ask('/geosearch', `q=${encodeURIComponent(text)}&countrycode=li`));
    return (JSON.parse(body) as { results: { formatted: string }[] }).results.map(
      (result) => result.formatted,
    );
  };
  assert.ok((await suggest('Städtl')).some((text) => text.startsWith('Städtle, 9490 Vaduz')));
  assert.deepEqual(await suggest('Städtle 32'), ['Städtle 32, 9490 Vaduz, Liechtenstein']);
  assert.ok((await formatted('Landstras', 'autocomplete=1&countrycode=li')).length >= 3);
});

test('answers structured questions with addresses', async () => {
  const structured = async (search: string): Promise<string[]> => {
    const body = textOf(await contract.ask('/v1/geocode/search', search));
    return (JSON.parse(body) as { results: { formatted: string }[] }).results.map(
      (result) => result.formatted,
    );
  };
  const wanted = ['Städtle 32, 9490 Vaduz, Liechtenstein'];
  const street = `street=${encodeURIComponent('Städtle')}`;
  assert.deepEqual(await structured(`${street}&housenumber=32&city=Vaduz&country=li`), wanted);
  assert.deepEqual(await structured(`${street}&housenumber=32&postcode=9490`), wanted);
  assert.deepEqual(await structured(`${street}&housenumber=32&city=Paris`), []);
});

test('without extracts nothing is asked of them', async () => {
  const call = readGeocodeCall(
    {
      values: new Map([['q', 'Städtle 32, Vaduz']]),
      duplicated: new Set(),
      malformed: new Set(),
      truncated: false,
    },
    undefined,
    'json',
  );
  const counted = { asked: 0 };
  const watched: Extract = {
    ...extract,
    forward: (query) => {
      counted.asked += 1;
      return extract.forward(query);
    },
  };
  const base = await openTestGazetteer();
  const context = { now: 0, quota: undefined };
  createAnswer({ base, extracts: [] }, 'https://geo.example')(call, context);
  assert.equal(counted.asked, 0);
  createAnswer({ base, extracts: [watched] }, 'https://geo.example')(call, context);
  assert.equal(counted.asked, 1);
});
