import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import fc from 'fast-check';
import { openTestGazetteer, requestOf } from '../../../test/support/gazetteer.ts';
import { MOST_ANNOTATION_BYTES } from './annotations/annotations.ts';
import { createAnswer } from './answer.ts';
import { COUNTY, DEGREE, NONE, SUBURB } from './entity.ts';
import type { Gazetteer } from './gazetteer.ts';
import { createJsonWriter } from './json-writer.ts';
import { createLanguages } from './languages.ts';
import { parseGeocodeCall } from './parameters.ts';
import { createResultWriter, MOST_RESULT_BYTES, type Look } from './render.ts';
import { resultSchema } from './schemas.ts';

let gazetteer: Gazetteer;
before(async () => {
  gazetteer = await openTestGazetteer();
});

/** The same result the slow way: an object, from names as strings. */
const reference = (id: number, language: string, abbreviate: boolean, metres: number | undefined): object => {
  const { records, countries, stateCodes } = gazetteer;
  const entity = gazetteer.entity(id);
  const record = countries[records.country(id)]!;
  const short = ['HK', 'MO'].includes(record.alpha2);
  const names = new Intl.DisplayNames(language, { type: 'region', style: short ? 'short' : 'long' });
  const country = names.of(record.alpha2)!;
  const code = stateCodes.find((state) => state.entity === records.state(id))?.code;
  const parent = records.parent(id);
  const city = entity.type === 'suburb' ? (parent === NONE ? undefined : gazetteer.entity(parent)) : entity;
  const isPlace = records.type(id) > COUNTY;
  const shownState = abbreviate && code !== undefined ? code : entity.state;
  const parts = [
    entity.type === 'country' ? country : entity.name,
    ...(records.type(id) === SUBURB && city !== undefined ? [city.name] : []),
    ...(entity.type !== 'state' && entity.state !== undefined && entity.state !== entity.name
      ? [shownState]
      : []),
    ...(entity.type === 'country' ? [] : [country]),
  ];
  const components: Record<string, unknown> = {
    'ISO_3166-1_alpha-2': record.alpha2,
    'ISO_3166-1_alpha-3': record.alpha3 || undefined,
    'ISO_3166-2': code === undefined ? undefined : [`${record.alpha2}-${code}`],
    _category: 'place',
    _normalized_city: isPlace ? city?.name : undefined,
    _type: entity.type,
    ...(isPlace && city !== undefined ? { [city.type]: city.name } : {}),
    ...(entity.type === 'suburb' ? { suburb: entity.name } : {}),
    continent: record.continent || undefined,
    country,
    country_code: record.alpha2.toLowerCase(),
    county: entity.county,
    political_union: record.europeanUnion ? 'European Union' : undefined,
    state: entity.state,
    state_code: code,
  };
  const order = Object.keys(components).toSorted();
  return {
    bounds: {
      northeast: { lat: records.north(id) / DEGREE, lng: records.east(id) / DEGREE },
      southwest: { lat: records.south(id) / DEGREE, lng: records.west(id) / DEGREE },
    },
    components: Object.fromEntries(order.map((name) => [name, components[name]])),
    confidence: records.confidence(id),
    ...(metres === undefined ? {} : { distance_from_q: { meters: Math.round(metres) } }),
    formatted: parts.join(', '),
    geometry: { lat: entity.lat, lng: entity.lng },
  };
};

test('writes byte for byte what JSON.stringify would have made of the same result', () => {
  const writer = createJsonWriter();
  const results = createResultWriter(gazetteer);
  const languages = createLanguages(gazetteer.countries);
  const id = fc.oneof(fc.nat(gazetteer.size - 1), fc.nat(400));
  const metres = fc.option(fc.double({ min: 0, max: 2e7, noNaN: true }), { nil: undefined });
  fc.assert(
    fc.property(
      id,
      fc.constantFrom('en', 'de', 'ja', 'ar', 'pt-BR'),
      fc.boolean(),
      metres,
      (entity, language, abbreviate, far) => {
        const look: Look = {
          texts: languages.choose(language, undefined),
          abbreviate,
          annotations: 'none',
          now: 0,
        };
        const expected = JSON.stringify(reference(entity, language, abbreviate, far));
        writer.begin();
        writer.room(MOST_RESULT_BYTES);
        results.write(writer, entity, look, far);
        assert.equal(writer.end().toString('utf8'), expected);
      },
    ),
    { numRuns: 3_000 },
  );
});

test('writes valid results of the promised shape for every fortieth entity, none near the most bytes', () => {
  const writer = createJsonWriter();
  const results = createResultWriter(gazetteer);
  const look: Look = {
    texts: createLanguages(gazetteer.countries).choose('my', undefined),
    abbreviate: false,
    annotations: 'all',
    now: Date.UTC(2026, 5, 21),
  };
  for (let id = 0; id < gazetteer.size; id += 40) {
    writer.begin();
    writer.room(MOST_RESULT_BYTES);
    results.write(writer, id, look, 20_000_000);
    const bytes = writer.end();
    assert.ok(bytes.length < MOST_RESULT_BYTES / 2);
    resultSchema.strict().parse(JSON.parse(bytes.toString('utf8')));
  }
});

test('no result can be longer than its room, by the longest names there are', () => {
  let longest = 0;
  for (let id = 0; id < gazetteer.size; id++) longest = Math.max(longest, gazetteer.records.nameLength(id));
  // A name at most nine times (itself as city twice and in `formatted`, its county, its state twice, a country twice).
  assert.ok(9 * Math.max(longest, 300) + 1_000 < MOST_RESULT_BYTES - MOST_ANNOTATION_BYTES);
});

test('an answer stays whole while many others are written after it', () => {
  const answer = createAnswer(gazetteer, 'https://localhost:8443');
  const call = parseGeocodeCall(requestOf('q=San+Antonio&limit=100'));
  const context = { now: 1_700_000_000_000, quota: undefined };
  const first = answer(call, context).body;
  const copy = Buffer.from(String(first), 'latin1');
  for (let round = 0; round < 100; round++)
    answer(parseGeocodeCall(requestOf(`q=Springfield&limit=${round}`)), context);
  assert.ok(Buffer.from(String(first), 'latin1').equals(copy));
  assert.equal((JSON.parse(copy.toString()) as { total_results: number }).total_results, 100);
});

test('writes numbers as JSON has them', () => {
  const writer = createJsonWriter();
  const write = (put: () => void): string => {
    writer.begin();
    writer.room(64);
    put();
    return writer.end().toString('latin1');
  };
  fc.assert(
    fc.property(fc.integer({ min: -18_000_000, max: 18_000_000 }), (units) => {
      assert.equal(
        write(() => writer.degrees(units)),
        units === 0 ? '0' : JSON.stringify(units / DEGREE),
      );
    }),
    { numRuns: 5_000 },
  );
  for (const units of [1, -1, 10, -100_000, 17_999_999, 123_450]) {
    assert.equal(Number(write(() => writer.degrees(units))), units / DEGREE);
  }
  fc.assert(
    fc.property(fc.integer({ min: -2_147_483_648, max: 2_147_483_647 }), (value) => {
      assert.equal(
        write(() => writer.integer(value)),
        String(value),
      );
    }),
    { numRuns: 2_000 },
  );
});
