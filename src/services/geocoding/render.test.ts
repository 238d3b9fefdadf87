import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import fc from 'fast-check';
import { openTestGazetteer, requestOf } from '../../../test/support/gazetteer.ts';
import { MOST_ANNOTATION_BYTES } from './annotations/annotations.ts';
import { createAnswer } from './answer.ts';
import { COUNTY, DEGREE, NONE, SUBURB, TYPE_NAMES } from './entity.ts';
import { openAddressFormatter } from './formatted.ts';
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

const formatter = openAddressFormatter();

/** The name of an entity in a language, the slow way: every name of the table is looked at. */
const nameIn = (id: number, language: string): string => {
  const { localNames, sections } = gazetteer;
  const ranges = sections.localLanguages as { language: string; from: number; to: number }[];
  const { from, to } = ranges.find((one) => one.language === language) ?? { from: 0, to: 0 };
  const at = sections.localEntity.subarray(from, to).indexOf(id);
  if (at === -1) return gazetteer.entity(id).name;
  const start = localNames.start(from + at);
  const text = localNames.text.toString('utf8', start, start + localNames.length(from + at));
  return JSON.parse(`"${text}"`) as string;
};

const CONTINENTS: Record<string, string> = {
  Africa: '002',
  Antarctica: 'AQ',
  Asia: '142',
  Europe: '150',
  'North America': '003',
  Oceania: '009',
  'South America': '005',
};

/** The same result the slow way: an object, from names as strings, and the address by its template. */
const reference = (id: number, tag: string, abbreviate: boolean, metres: number | undefined): object => {
  const { records, countries, stateCodes, sections } = gazetteer;
  const divisions = gazetteer.divisions[sections.divisionOf[id]!]!;
  const language = tag.slice(0, 2);
  const type = gazetteer.entity(id).type;
  const record = countries[records.country(id)]!;
  const short = ['HK', 'MO'].includes(record.alpha2);
  const regions = new Intl.DisplayNames(tag, { type: 'region', style: short ? 'short' : 'long' });
  const long = new Intl.DisplayNames(tag, { type: 'region' });
  const country = regions.of(record.alpha2)!;
  const code = stateCodes.find((state) => state.entity === records.state(id))?.code;
  const nameOf = (one: number): string | undefined => (one === NONE ? undefined : nameIn(one, language));
  const place = type === 'postcode' ? records.parent(id) : records.type(id) > COUNTY ? id : NONE;
  const isPart = place !== NONE && records.type(place) === SUBURB;
  const town = isPart ? records.parent(place) : place;
  const [state, county] = type === 'country' ? [NONE, NONE] : [records.state(id), records.county(id)];
  const isNamesake =
    town !== NONE && county !== NONE && records.nameStart(town) === records.nameStart(county);
  const isTranslated = nameOf(county) !== gazetteer.entity(Math.max(county, 0)).name;
  const names: Record<string, string | undefined> = {
    ...(town === NONE ? {} : { [TYPE_NAMES[records.type(town)]!]: nameOf(town) }),
    ...(isPart ? { suburb: nameOf(place) } : {}),
    country,
    country_code: record.alpha2.toLowerCase(),
    county: isNamesake && !isTranslated ? nameOf(town) : nameOf(county),
    postcode: type === 'postcode' ? gazetteer.entity(id).name : undefined,
    state: nameOf(state),
  };
  const isOneName = town !== NONE && names['state'] === nameOf(town);
  const isWhole = names['postcode'] !== undefined;
  const address = {
    ...names,
    state: isOneName && !isWhole ? undefined : names['state'],
    state_code: isWhole ? code : undefined,
  };
  const components: Record<string, unknown> = {
    ...names,
    'ISO_3166-1_alpha-2': record.alpha2,
    'ISO_3166-1_alpha-3': record.alpha3 || undefined,
    'ISO_3166-2': divisions.length === 0 ? undefined : divisions,
    _category: type === 'postcode' ? 'postcode' : 'place',
    _normalized_city: nameOf(town),
    _type: type,
    continent: record.continent === '' ? undefined : long.of(CONTINENTS[record.continent]!),
    political_union: record.europeanUnion ? long.of('EU') : undefined,
    state_code: type === 'country' ? undefined : code,
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
    formatted: type === 'country' ? country : formatter.lines(address, { abbreviate }).join(', '),
    geometry: { lat: records.lat(id) / DEGREE, lng: records.lng(id) / DEGREE },
  };
};

test('writes byte for byte what JSON.stringify would have made of the same result', () => {
  const writer = createJsonWriter();
  const results = createResultWriter(gazetteer);
  const languages = createLanguages(gazetteer.countries, gazetteer.localNames);
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
    texts: createLanguages(gazetteer.countries, gazetteer.localNames).choose('my', undefined),
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
  for (let name = 0; name < gazetteer.localNames.size; name++)
    longest = Math.max(longest, gazetteer.localNames.length(name));
  // A name at most eleven times (itself, its town thrice, county and state twice each, a country twice, a continent).
  assert.ok(11 * Math.max(longest, 300) + 1_000 < MOST_RESULT_BYTES - MOST_ANNOTATION_BYTES);
});

test('an answer stays whole while many others are written after it', () => {
  const answer = createAnswer({ base: gazetteer, extracts: [] }, 'https://localhost:8443');
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
