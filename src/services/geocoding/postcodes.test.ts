import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { openTestGazetteer, requestOf } from '../../../test/support/gazetteer.ts';
import { createAnswer } from './answer.ts';
import { DEGREE, NONE, POSTCODE } from './entity.ts';
import type { Gazetteer } from './gazetteer.ts';
import { parseGeocodeCall } from './parameters.ts';
import { envelopeSchema } from './schemas.ts';

let gazetteer: Gazetteer;
let answer: ReturnType<typeof createAnswer>;
/** Some postcodes that have a town of their own, spread over all. */
let sample: number[];

before(async () => {
  gazetteer = await openTestGazetteer();
  answer = createAnswer({ base: gazetteer, extracts: [] }, 'https://localhost:8443');
  const { type, parent } = gazetteer.records;
  const all: number[] = [];
  for (let id = 0; id < gazetteer.size; id++) if (type(id) === POSTCODE && parent(id) !== NONE) all.push(id);
  sample = all.filter((_, at) => at % 71 === 0);
});

interface Result {
  readonly formatted: string;
  readonly confidence: number;
  readonly components: Readonly<Record<string, unknown>>;
}

const ask = (search: string): Result[] => {
  const call = parseGeocodeCall(requestOf(`no_annotations=1&${search}`));
  const { body } = answer(call, { now: 1_700_000_000_000, quota: undefined });
  const envelope = envelopeSchema.parse(JSON.parse(Buffer.from(body as string, 'latin1').toString()));
  return (envelope as { results: Result[] }).results;
};

const named = (text: string): string[] =>
  ask(`q=${encodeURIComponent(text)}`).map(
    ({ components, formatted }) => `${String(components['_type'])} ${formatted}`,
  );

test('answers a postcode as a postcode, with its town, state and country', () => {
  const [result] = ask('q=90210');
  assert.equal(result?.formatted, 'Beverly Hills, CA 90210, United States of America');
  assert.equal(result?.components['_type'], 'postcode');
  assert.equal(result?.components['_category'], 'postcode');
  assert.equal(result?.components['postcode'], '90210');
  assert.equal(result?.components['town'], 'Beverly Hills');
  assert.equal(result?.components['state'], 'California');
  assert.equal(result?.confidence, 6);
  for (const same of ['90210 US', '90210, USA', 'US 90210', '90210, California'])
    assert.match(named(same)[0] ?? '', /^postcode Beverly Hills, CA 90210/u, same);
  assert.match(named('K1A 0B1')[0] ?? '', /^postcode .*K1A, Canada/u);
});

test('finds every postcode by its code alone, or with its state', () => {
  for (const id of sample) {
    const { name, country, state = '' } = gazetteer.entity(id);
    const found = gazetteer.forward({ text: name, limit: 10 });
    assert.ok(found.includes(id), name);
    const narrowed = gazetteer.forward({ text: `${name}, ${state}, ${country}`, limit: 10 });
    assert.ok(narrowed.includes(id), `${name}, ${state}, ${country}`);
  }
});

test('finds the town beside which a postcode stands, of all towns of its name', () => {
  let own = 0;
  for (const id of sample) {
    const town = gazetteer.records.parent(id);
    const [first = NONE] = gazetteer.forward({
      text: `${gazetteer.entity(town).name} ${gazetteer.entity(id).name}`,
      limit: 1,
    });
    const away = Math.abs(gazetteer.records.lat(first) - gazetteer.records.lat(id)) / DEGREE;
    if (first !== NONE && away < 0.5) own++;
  }
  assert.ok(own >= 0.99 * sample.length, `${own} of ${sample.length}`);
  assert.match(named('Beverly Hills, CA 90210')[0] ?? '', /^town Beverly Hills/u);
  assert.match(named('Springfield 62701')[0] ?? '', /^city Springfield, Illinois/u);
  assert.match(named('Springfield 97477')[0] ?? '', /^(?:city|town) Springfield, Oregon/u);
});

test('passes over a number that is a postcode of another part of the world', () => {
  assert.match(named('Berlin 10115')[0] ?? '', /^city Berlin/u);
  assert.match(named('75001 Paris, France')[0] ?? '', /^city Paris/u);
});

test('does not guess at numbers', () => {
  assert.deepEqual(ask('q=90219&fuzzy=1&countrycode=de'), []);
  assert.deepEqual(ask('q=9021&fuzzy=1'), []);
  assert.deepEqual(ask('q=902100&fuzzy=1'), []);
});

test('completes a code that is being typed', () => {
  const found = ask('q=9021&autocomplete=1').map(({ components }) => components['postcode']);
  assert.ok(found.includes('90210') && found.every((code) => String(code).startsWith('9021')));
});

test('names the nearest postcode of the country in the answer to a coordinate', () => {
  const [result] = ask('q=34.0901,-118.4065');
  assert.equal(result?.components['postcode'], '90210');
  assert.notEqual(result?.components['_type'], 'postcode');
  assert.equal(ask('q=52.52,13.405')[0]?.components['postcode'], undefined);
  const { lat, lng } = gazetteer.records;
  for (const id of sample.slice(0, 300)) {
    const [near] = ask(`q=${lat(id) / DEGREE},${lng(id) / DEGREE}`);
    assert.notEqual(near?.components['_type'], 'postcode');
    const found = gazetteer.postcodeAt(lat(id) / DEGREE, lng(id) / DEGREE, gazetteer.records.country(id));
    assert.deepEqual([lat(found), lng(found)], [lat(id), lng(id)]);
  }
});
