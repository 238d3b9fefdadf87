import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { before, test } from 'node:test';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { openTestGazetteer, requestOf } from '../../../test/support/gazetteer.ts';
import type { QuotaState } from '../../foundation/caller.ts';
import { systemClock } from '../../foundation/clock.ts';
import { Problem } from '../../foundation/problem.ts';
import type { AnyRoute, Reply, Request } from '../../http/route.ts';
import { createOpencageErrors } from './errors.ts';
import type { Gazetteer } from './gazetteer.ts';
import { holdBase } from './atlas-holder.ts';
import { geocodingRoutes } from './routes.ts';
import { envelopeSchema } from './schemas.ts';
import { contextOf } from '../../../test/support/request.ts';

const PUBLIC_URL = 'https://geo.example:8443';
const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);
const QUOTA: QuotaState = { limit: 2_500, remaining: 2_498, resetSeconds: 1_767_312_000 };
const CONTRACT = new URL('../../../../shared/data/opencage/openapi.yaml', import.meta.url);

let gazetteer: Gazetteer;
let routes: readonly AnyRoute[];
let validate: ValidateFunction | undefined;

/** The contract's own schema of an answer, where the published description lies beside this project. */
const loadContract = async (): Promise<ValidateFunction | undefined> => {
  if (!existsSync(CONTRACT)) return undefined;
  const { parse } = (await import('yaml')) as { parse: (text: string) => object };
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  ajv.addSchema({ ...parse(readFileSync(CONTRACT, 'utf8')), $id: 'https://contract.example/openapi' });
  return ajv.compile({ $ref: 'https://contract.example/openapi#/components/schemas/Response' });
};

before(async () => {
  gazetteer = await openTestGazetteer();
  routes = geocodingRoutes({
    atlas: holdBase(gazetteer),
    publicUrl: PUBLIC_URL,
    clock: systemClock,
    testKeys: true,
  });
  validate = await loadContract();
});

const routeOf = (operation: string): AnyRoute => routes.find((route) => route.operation === operation)!;

/** Parse, handle, and the error form if it comes to that: as the pipeline does. */
const call = async (
  request: Request,
  operation = 'geocoding.forward',
  quota: QuotaState | undefined = QUOTA,
): Promise<Reply> => {
  const route = routeOf(operation);
  try {
    return await route.handle(route.parse(request), contextOf(request, { quota, now: NOW }));
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return route.errors!(error, { now: NOW, quota, request });
  }
};

interface Envelope {
  rate?: object;
  request?: Record<string, unknown>;
  results: {
    components: Record<string, unknown>;
    formatted: string;
    confidence: number;
    distance_from_q?: { meters: number };
  }[];
  status: { code: number; message: string; become_a_customer?: string };
  timestamp: object;
  total_results: number;
}

/** Reads an answer, holding it to our schema and to the contract's. */
const read = (reply: Reply): Envelope => {
  const value: unknown = JSON.parse(bytesOf(reply).toString('utf8'));
  const envelope = envelopeSchema.strict().parse(value);
  assert.equal(envelope.status.code, reply.status);
  assert.equal(envelope.total_results, envelope.results.length);
  assert.deepEqual(Object.keys(value as object), Object.keys(value as object).toSorted());
  if (validate !== undefined) assert.ok(validate(value), JSON.stringify(validate.errors));
  return value as Envelope;
};

const get = async (search: string, headers: Record<string, string> = {}): Promise<Envelope> =>
  read(await call(requestOf(search, headers)));

/** What goes out: a string of bytes is one already. */
const bytesOf = ({ body, isBytes }: Reply): Buffer =>
  typeof body === 'string' ? Buffer.from(body, isBytes === true ? 'latin1' : 'utf8') : Buffer.from(body);

/** All headers of a reply, those that change with every answer included. */
const headersOf = ({ headers, extra = [] }: Reply): Readonly<Record<string, string | undefined>> => {
  const all: Record<string, string> = { ...headers };
  for (let index = 0; index < extra.length; index += 2) all[extra[index] ?? ''] = extra[index + 1] ?? '';
  return all;
};

test('the contract is there to be held to', (context) => {
  if (validate === undefined)
    context.diagnostic('shared/data is absent: answers were held to our own schema only');
});

test('answers a forward search in the contract’s envelope', async () => {
  const reply = await call(requestOf('q=Paris%2C+Texas'));
  const envelope = read(reply);
  assert.equal(reply.status, 200);
  assert.equal(reply.headers['content-type'], 'application/json; charset=utf-8');
  // Who may read it is the pipeline's to say.
  assert.equal(reply.headers['access-control-allow-origin'], undefined);
  assert.equal(reply.headers['cache-control'], 'no-store');
  assert.equal(headersOf(reply)['x-ratelimit-limit'], '2500');
  assert.equal(headersOf(reply)['x-ratelimit-remaining'], '2498');
  assert.equal(headersOf(reply)['x-ratelimit-reset'], '1767312000');
  assert.deepEqual(envelope.rate, { limit: 2_500, remaining: 2_498, reset: 1_767_312_000 });
  assert.deepEqual(envelope.status, { code: 200, message: 'OK' });
  assert.deepEqual(envelope.timestamp, {
    created_http: 'Fri, 02 Jan 2026 03:04:05 GMT',
    created_unix: 1_767_323_045,
  });
  const [result] = envelope.results;
  assert.equal(result?.formatted, 'Paris, Texas, United States of America');
  assert.equal(result.distance_from_q, undefined);
  assert.deepEqual(result.components, {
    'ISO_3166-1_alpha-2': 'US',
    'ISO_3166-1_alpha-3': 'USA',
    'ISO_3166-2': ['US-TX'],
    _category: 'place',
    _normalized_city: 'Paris',
    _type: 'town',
    continent: 'North America',
    country: 'United States',
    country_code: 'us',
    county: 'Lamar County',
    state: 'Texas',
    state_code: 'TX',
    town: 'Paris',
  });
});

test('says nothing of a rate where a project has no quota', async () => {
  const reply = await call(requestOf('q=Paris'), 'geocoding.forward', undefined);
  // The default of an absent argument is a quota: call the route itself.
  const route = routeOf('geocoding.forward');
  const bare = await route.handle(
    route.parse(requestOf('q=Paris')),
    contextOf(requestOf('q=Paris'), { now: NOW }),
  );
  assert.ok(read(reply).rate !== undefined);
  assert.equal(read(bare).rate, undefined);
  assert.equal(headersOf(bare)['x-ratelimit-limit'], undefined);
});

test('answers the three forms of a coordinate alike, with the distance', async () => {
  for (const q of ['48.85341,2.3488', '48.85341,%202.3488', '48.85341+2.3488']) {
    const { results } = await get(`q=${q}&limit=5`);
    assert.equal(results.length, 1);
    assert.equal(results[0]?.formatted, 'Paris, France');
    assert.equal(results[0].distance_from_q?.meters, 0);
    assert.equal(results[0].components['political_union'], 'European Union');
  }
});

test('counts coordinates as reverse and names as forward', () => {
  const route = routeOf('geocoding.forward');
  assert.equal(route.countAs?.(route.parse(requestOf('q=1,2'))), 'geocoding.reverse');
  assert.equal(route.countAs?.(route.parse(requestOf('q=Rome'))), 'geocoding.forward');
  assert.deepEqual(route.countedAs, ['geocoding.reverse']);
});

test('answers with no results at sea', async () => {
  const envelope = await get('q=0,0');
  assert.deepEqual([envelope.status.message, envelope.total_results], ['OK', 0]);
});

test('names the state where no place is within 50 km, and the country alone where it has none there', async () => {
  const [siberia] = (await get('q=70,100')).results;
  assert.equal(siberia?.components['_type'], 'state');
  assert.equal(siberia.components['state'], 'Krasnoyarsk Krai');
  assert.deepEqual(siberia.components['ISO_3166-2'], ['RU-KYA']);
  assert.equal(siberia.components['state_code'], 'KYA');
  assert.equal(siberia.components['country'], 'Russia');
  const [antarctica] = (await get('q=-80,60')).results;
  assert.equal(antarctica?.components['_type'], 'country');
  assert.equal(antarctica.formatted, 'Antarctica');
});

test('lists the ISO 3166-2 codes of the state and of the part of it', async () => {
  const [southwark] = (await get('q=51.473,-0.069')).results;
  assert.deepEqual(southwark?.components['ISO_3166-2'], ['GB-ENG', 'GB-SWK']);
  assert.equal(southwark.components['state_code'], 'ENG');
  const [bavaria] = (await get('q=Bavaria')).results;
  assert.deepEqual(bavaria?.components['ISO_3166-2'], ['DE-BY']);
  assert.equal((bavaria as { annotations?: { wikidata?: string } }).annotations?.wikidata, 'Q980');
});

test('honours language, Accept-Language, countrycode, bounds, proximity and limit', async () => {
  const formatted = async (search: string, headers = {}): Promise<string | undefined> =>
    (await get(search, headers)).results[0]?.formatted;
  assert.equal(await formatted('q=Paris&language=de'), 'Paris, Frankreich');
  assert.equal(await formatted('q=Paris', { 'accept-language': 'es-ES,es;q=0.9' }), 'París, Francia');
  assert.equal(await formatted('q=Paris&language=de', { 'accept-language': 'es' }), 'Paris, Frankreich');
  assert.match((await formatted('q=Wien&language=native')) ?? '', /^Wien, .*Österreich$/);
  assert.equal(await formatted('q=Paris&countrycode=us,xyz'), 'Paris, Texas, United States of America');
  assert.equal(await formatted('q=Paris&countrycode=usa'), 'Paris, France', 'not two letters: ignored');
  assert.equal(await formatted('q=Paris&bounds=-90,36,-84,40'), 'Paris, Kentucky, United States of America');
  assert.equal(
    await formatted('q=Springfield&proximity=44.05,-123.09'),
    'Springfield, Oregon, United States of America',
  );
  assert.equal((await get('q=San+Jose&limit=3')).total_results, 3);
  assert.equal((await get('q=San+Jose')).total_results, 10);
  assert.ok((await get('q=San+Antonio&limit=1000')).total_results <= 100);
  assert.match((await formatted('q=Wellington,NZ')) ?? '', /New Zealand$/);
  assert.match((await formatted('q=Wellington,NZ&abbrv=1')) ?? '', /, NZ$/);
});

test('ignores optional parameters that make no sense, and unknown ones however often they come', async () => {
  const plain = (await get('q=Paris')).results;
  const odd =
    'bounds=x&proximity=200,1&limit=-1&limit2=1&countrycode=&language=%25&pretty=maybe&foo=1&foo=2&subkey=';
  assert.deepEqual((await get(`q=Paris&${odd}`)).results, plain);
});

test('reads booleans as clients send them', async () => {
  for (const value of ['1', 'true'])
    assert.ok((await get(`q=Paris&add_request=${value}`)).request !== undefined);
  for (const value of ['', '0', 'false', 'yes'])
    assert.equal((await get(`q=Paris&add_request=${value}`)).request, undefined);
});

test('repeats a request only when asked, and only the first six characters of its key', async () => {
  const secret = 'vs_sk_live_abcdefghijklmnopqrstuvwxyz';
  const reply = await call(requestOf(`q=Rom%22%5C%3Cé&key=${secret}&add_request=1`));
  const { request } = read(reply);
  assert.equal(request?.['query'], 'Rom"\\<é');
  assert.equal(request['key'], `vs_sk_${'*'.repeat(secret.length - 6)}`);
  assert.ok(!bytesOf(reply).includes('abcdef'));
});

test('indents on demand', async () => {
  const reply = await call(requestOf('q=Paris&pretty=1'));
  assert.match(bytesOf(reply).toString(), /\n {2}"documentation"/);
  assert.deepEqual(read(reply).results, (await get('q=Paris')).results);
});

const BAD: readonly (readonly [string, number, string])[] = [
  ['', 400, 'missing or bad query'],
  ['q=', 400, 'missing or bad query'],
  ['q=+++', 400, 'missing or bad query'],
  ['q=x', 400, 'missing or bad query'],
  ['q=Par%00is', 400, 'missing or bad query'],
  ['q=Par%0Ais', 400, 'missing or bad query'],
  ['q=Par%C2%85is', 400, 'missing or bad query'],
  ['q=Par%FFis', 400, 'missing or bad query'],
  ['q=Par%C3', 400, 'missing or bad query'],
  ['q=Par%ZZis', 400, 'missing or bad query'],
  ['q=Paris&q=Rome', 400, 'missing or bad query'],
  ['q=Paris&q=%FF', 400, 'missing or bad query'],
  [`q=${'a'.repeat(1_025)}`, 410, 'request too long'],
  [`q=${'a'.repeat(10_000)}`, 410, 'request too long'],
  ['q=91,0', 400, 'invalid coordinates'],
  ['q=0,-180.01', 400, 'invalid coordinates'],
  ['q=100000,5', 400, 'invalid coordinates'],
  ['q=Paris&limit=1&limit=2', 400, 'duplicate parameter limit'],
  ['q=Paris&language=de&language=fr', 400, 'duplicate parameter language'],
  ['q=Paris&key=a&key=b', 400, 'duplicate parameter key'],
];

for (const [search, status, message] of BAD) {
  test(`answers ${status} "${message}" to ?${search.slice(0, 40)}`, async () => {
    const reply = await call(requestOf(search));
    assert.deepEqual([reply.status, reply.reason], [status, message]);
    assert.deepEqual(read(reply).status, { code: status, message });
    assert.equal(reply.headers['access-control-allow-origin'], undefined);
  });
}

test('takes 1,024 characters', async () => {
  assert.equal((await get(`q=${'a'.repeat(1_024)}`)).total_results, 0);
});

test('renders the pipeline’s problems in the contract’s words', () => {
  const errors = createOpencageErrors(PUBLIC_URL);
  const cases: readonly (readonly [number, string, number, string])[] = [
    [401, 'missing_key', 401, 'missing API key'],
    [401, 'invalid_key', 401, 'invalid API key'],
    [401, 'unauthenticated', 401, 'invalid API key'],
    [402, 'quota_exceeded', 402, 'quota exceeded'],
    [403, 'forbidden', 403, 'forbidden'],
    [404, 'not_found', 404, 'invalid endpoint'],
    [405, 'method_not_allowed', 405, 'Method not allowed'],
    [408, 'request_timeout', 408, 'timeout'],
    [413, 'body_too_large', 410, 'request too long'],
    [414, 'target_too_long', 410, 'request too long'],
    [429, 'rate_limited', 429, 'too many requests'],
    [431, 'headers_too_large', 431, 'request headers too large'],
    [500, 'internal', 500, 'internal error'],
    [503, 'unavailable', 503, 'service unavailable'],
    [418, 'something_new', 418, 'internal error'],
  ];
  for (const [given, code, status, message] of cases) {
    const problem = new Problem(given, code, 'A title of ours', {
      headers: { 'retry-after': '1' },
      cause: new Error('inner'),
    });
    const reply = errors(problem, { now: NOW, quota: undefined, request: undefined });
    const envelope = read(reply);
    assert.deepEqual([reply.status, reply.reason, envelope.status.message], [status, message, message]);
    assert.equal(reply.headers['retry-after'], '1');
    assert.equal(envelope.status.become_a_customer, given === 402 ? `${PUBLIC_URL}/` : undefined);
    assert.ok(!String(reply.body).includes('inner'));
  }
});

test('answers pong', async () => {
  const reply = await call(requestOf('', {}, '/geocode/v1/ping'), 'geocoding.ping');
  assert.deepEqual([reply.status, reply.body], [200, 'pong']);
});

const UNKNOWN: readonly (readonly [string, number, string])[] = [
  ['/geocode/v2/json', 400, 'not a valid version'],
  ['/geocode/latest/json', 400, 'not a valid version'],
  ['/geocode/v1/yaml', 400, 'not a valid format'],
  ['/geocode/v1/map/', 400, 'not a valid format'],
  ['/geocode/v1', 404, 'invalid endpoint'],
  ['/geocode/', 404, 'invalid endpoint'],
  ['/geocode/v1/json/extra', 404, 'invalid endpoint'],
];

for (const [path, status, message] of UNKNOWN) {
  test(`answers ${status} "${message}" at ${path}`, async () => {
    const reply = await call(requestOf('q=Paris', {}, path), 'geocoding.unknown');
    assert.deepEqual([reply.status, reply.reason], [status, message]);
    read(reply);
  });
}

test('answers any query string with a valid envelope, and never repeats it in an error', async () => {
  const marker = 'zqxmarkzqx';
  const pair = fc.tuple(
    fc.oneof(
      fc.constantFrom(
        'q',
        'limit',
        'bounds',
        'language',
        'countrycode',
        'proximity',
        'no_dedupe',
        'pretty',
        'key',
      ),
      fc.string(),
    ),
    fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('Paris', '1,2', '1', 'San José', '-0.5,51,0.2,52'),
      fc.double().map(String),
    ),
  );
  const search = fc.oneof(
    fc
      .array(pair, { maxLength: 12 })
      .map((pairs) => new URLSearchParams([...pairs, ['foo', marker]]).toString()),
    fc.string({ unit: 'binary-ascii', maxLength: 200 }).map((text) => `q=${text}&q2=${marker}`),
  );
  await fc.assert(
    fc.asyncProperty(search, async (text) => {
      const reply = await call(requestOf(text));
      assert.ok([200, 400, 410].includes(reply.status));
      read(reply);
      assert.ok(!bytesOf(reply).includes(marker));
    }),
    { numRuns: 1_500 },
  );
});

test('never repeats a word of the query where it was not asked to', async () => {
  await fc.assert(
    fc.asyncProperty(fc.stringMatching(/^zq[a-z]{8,20}$/), async (word) => {
      for (const q of [word, `${word}%00`, `${word}, Paris`]) {
        const reply = await call(requestOf(`q=${encodeURIComponent(q)}`));
        assert.ok(!bytesOf(reply).includes(word));
      }
    }),
    { numRuns: 300 },
  );
});
