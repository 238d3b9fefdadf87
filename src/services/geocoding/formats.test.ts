/** The formats, wrappers and test keys of the contract, as the routes answer them. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { before, describe, it } from 'node:test';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { openTestGazetteer, requestOf } from '../../../test/support/gazetteer.ts';
import { contextOf } from '../../../test/support/request.ts';
import { elementAt, parseXml, type XmlElement } from '../../../test/support/xml.ts';
import { systemClock } from '../../foundation/clock.ts';
import { Problem } from '../../foundation/problem.ts';
import type { AnyRoute, Reply } from '../../http/route.ts';
import { FORMATS, type Format } from './formats.ts';
import { geosearchSchema } from './geosearch-schemas.ts';
import { isCallback } from './jsonp.ts';
import { geocodingRoutes } from './routes.ts';
import { featureCollectionSchema, googleSchema } from './schemas.ts';
import { OK_KEY } from './test-keys.ts';

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);
const CONTRACT = new URL('../../../../shared/data/opencage/openapi.yaml', import.meta.url);

let routes: readonly AnyRoute[];
let isFeatureCollection: ValidateFunction | undefined;
let isResponse: ValidateFunction | undefined;
before(async () => {
  const gazetteer = await openTestGazetteer();
  routes = geocodingRoutes({
    gazetteer,
    publicUrl: 'https://geo.example',
    clock: systemClock,
    testKeys: true,
  });
  if (!existsSync(CONTRACT)) return;
  const { parse } = (await import('yaml')) as { parse: (text: string) => object };
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  ajv.addSchema({ ...parse(readFileSync(CONTRACT, 'utf8')), $id: 'https://contract.example/openapi' });
  const named = (name: string): ValidateFunction =>
    ajv.compile({ $ref: `https://contract.example/openapi#/components/schemas/${name}` });
  isFeatureCollection = named('GetGeojson200ResponseBody');
  isResponse = named('Response');
});

/** What the pipeline does with a request of an identified caller, or of one with a test key. */
const ask = async (path: string, search: string, headers: Record<string, string> = {}): Promise<Reply> => {
  const route = routes.find((candidate) => candidate.path === path)!;
  const request = requestOf(search, headers, path);
  try {
    const rehearsed = route.rehearsal?.(request);
    if (rehearsed !== undefined) return rehearsed(NOW);
    return await route.handle(route.parse(request), contextOf(request, { now: NOW }));
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return route.errors!(error, { now: NOW, quota: undefined, request });
  }
};

const inFormat = (format: Format, search: string): Promise<Reply> => ask(`/geocode/v1/${format}`, search);

/** The text of an answer. */
const textOf = ({ body, isBytes }: Reply): string => {
  assert.equal(typeof body, 'string');
  return isBytes === true ? Buffer.from(String(body), 'latin1').toString() : String(body);
};

type Json = Record<string, unknown>;
interface Collection extends Json {
  readonly features: readonly { geometry: { coordinates: number[] }; properties: Json }[];
}
interface Results {
  readonly results: readonly {
    components: Record<string, string>;
    geometry: { lat: number; lng: number };
    formatted: string;
    confidence: number;
  }[];
  readonly request?: Json;
  readonly total_results: number;
}

const json = async (search: string): Promise<Results> =>
  JSON.parse(textOf(await inFormat('json', search))) as Results;

const typeOf = ({ headers }: Reply): string | undefined => headers['content-type'];

describe('GeoJSON', () => {
  const get = async (search: string): Promise<Collection> => {
    const reply = await inFormat('geojson', search);
    assert.equal(typeOf(reply), 'application/json; charset=utf-8');
    const value: unknown = JSON.parse(textOf(reply));
    featureCollectionSchema.strict().parse(value);
    if (isFeatureCollection !== undefined)
      assert.ok(isFeatureCollection(value), JSON.stringify(isFeatureCollection.errors));
    return value as Collection;
  };

  it('has the same results as JSON, as features, with the longitude first', async () => {
    for (const search of ['q=Paris', 'q=48.2,16.37', 'q=0,0', 'q=Springfield&limit=100&no_annotations=1']) {
      const { features, ...rest } = await get(search);
      const { results } = await json(search);
      assert.equal(rest['type'], 'FeatureCollection');
      assert.equal(rest['total_results'], features.length);
      assert.deepEqual(
        features.map(({ geometry, properties }) => ({
          ...properties,
          geometry: { lat: geometry.coordinates[1], lng: geometry.coordinates[0] },
        })),
        results,
      );
    }
  });

  it('gives errors as a collection of nothing', async () => {
    const reply = await inFormat('geojson', 'q=');
    assert.equal(reply.status, 400);
    const body = JSON.parse(textOf(reply)) as Collection;
    assert.deepEqual([body.features, body['status']], [[], { code: 400, message: 'missing or bad query' }]);
  });
});

describe('XML', () => {
  const get = async (search: string): Promise<XmlElement> => {
    const reply = await inFormat('xml', search);
    assert.equal(typeOf(reply), 'text/xml; charset=utf-8');
    return parseXml(textOf(reply));
  };

  it('has the same results as JSON in the tree that clients read', async () => {
    const root = await get('q=Paris, Texas');
    const [result] = (await json('q=Paris, Texas')).results;
    assert.equal(root.name, 'response');
    const first = elementAt(root, 'results', 'result')!;
    assert.equal(elementAt(first, 'geometry', 'lat')?.text, String(result?.geometry.lat));
    assert.equal(elementAt(first, 'geometry', 'lng')?.text, String(result?.geometry.lng));
    assert.equal(elementAt(first, 'components', 'county')?.text, result?.components['county']);
    assert.equal(elementAt(first, 'components', 'ISO_3166-1_alpha-2')?.text, 'US');
    assert.equal(elementAt(first, 'formatted')?.text, result?.formatted);
    assert.equal(elementAt(root, 'status', 'message')?.text, 'OK');
    assert.equal(elementAt(root, 'licenses', 'license', 'name')?.text, 'see attribution guide');
  });

  it('is well-formed for places of every script, indented too', async () => {
    for (const q of [
      '北京',
      'القاهرة',
      'Москва',
      "L'Aquila",
      'Springfield',
      'Trinidad and Tobago',
      '48.2,16.37',
      '0,0',
    ]) {
      for (const pretty of ['', '&pretty=1']) {
        const root = await get(`q=${encodeURIComponent(q)}&limit=100${pretty}`);
        const { results } = await json(`q=${encodeURIComponent(q)}&limit=100`);
        assert.equal(elementAt(root, 'results')?.children.length, results.length);
      }
    }
  });

  it('gives errors as XML, and takes no callback', async () => {
    const reply = await inFormat('xml', 'q=x&jsonp=show');
    assert.deepEqual(
      [reply.status, reply.reason, typeOf(reply)],
      [400, 'missing or bad query', 'text/xml; charset=utf-8'],
    );
    const root = parseXml(textOf(reply));
    assert.equal(elementAt(root, 'status', 'message')?.text, 'missing or bad query');
    assert.equal(elementAt(root, 'total_results')?.text, '0');
    assert.equal((await inFormat('xml', 'q=Paris&jsonp=a-b')).status, 200);
  });

  it('repeats whatever was asked without leaving its element', async () => {
    const hostile = fc.oneof(
      fc.string({ unit: 'binary', minLength: 2, maxLength: 40 }),
      fc.constantFrom(']]></query>', '<!DOCTYPE x>', '&xxe;', '<?php', 'a\uFFFE\uFFFF', '\u0085\u2028'),
    );
    await fc.assert(
      fc.asyncProperty(hostile, hostile, async (q, language) => {
        const search = new URLSearchParams({
          q: q.toWellFormed(),
          language: language.toWellFormed(),
          add_request: '1',
          key: language.toWellFormed(),
        });
        const root = await get(search.toString());
        const shown = elementAt(root, 'request', 'query')?.text;
        const expected = q
          .toWellFormed()
          .trim()
          .replaceAll(/[\uFFFE\uFFFF]/g, '\uFFFD');
        assert.ok(shown === undefined || shown === expected, shown);
      }),
      { numRuns: 500 },
    );
  });
});

describe('Google’s format', () => {
  const get = async (search: string): Promise<Json> => {
    const value: unknown = JSON.parse(textOf(await inFormat('google-v3-json', search)));
    return googleSchema.strict().parse(value);
  };

  it('has components from the narrowest to the widest, with their codes', async () => {
    const { results, status } = (await get('q=Paris,+Texas')) as unknown as {
      results: { address_components: Json[]; formatted_address: string; geometry: Json; types: string[] }[];
      status: string;
    };
    assert.equal(status, 'OK');
    const [first] = results;
    assert.deepEqual(first?.address_components, [
      { long_name: 'Paris', short_name: 'Paris', types: ['locality', 'political'] },
      {
        long_name: 'Lamar County',
        short_name: 'Lamar County',
        types: ['administrative_area_level_2', 'political'],
      },
      { long_name: 'Texas', short_name: 'TX', types: ['administrative_area_level_1', 'political'] },
      { long_name: 'United States', short_name: 'US', types: ['country', 'political'] },
    ]);
    assert.deepEqual(first.types, ['locality', 'political']);
    assert.equal(first.geometry['location_type'], 'APPROXIMATE');
  });

  it('says in its own words that nothing was found, or why not', async () => {
    assert.deepEqual(await get('q=0,0'), { results: [], status: 'ZERO_RESULTS' });
    assert.deepEqual(await get('q='), {
      error_message: 'missing or bad query',
      results: [],
      status: 'INVALID_REQUEST',
    });
    assert.equal((await get('q=Paris&key=4372eff77b8343cebfc843eb4da4ddc4'))['status'], 'OVER_QUERY_LIMIT');
    assert.equal((await get('q=Paris&key=2e10e5e828262eb243ec0b54681d699a'))['status'], 'REQUEST_DENIED');
  });
});

describe('a callback', () => {
  /** Runs what came as a browser would, with one function in reach. */
  const run = (script: string, name: string): unknown => {
    let got: unknown;
    // oxlint-disable-next-line typescript/no-implied-eval -- what JSONP is
    new Function(name, script)((value: unknown) => {
      got = value;
    });
    return got;
  };

  it('is handed the answer, or the error', async () => {
    for (const format of ['json', 'geojson', 'google-v3-json'] as const) {
      for (const search of ['q=Paris', 'q=', 'q=Paris&pretty=1']) {
        const reply = await inFormat(format, `${search}&jsonp=show`);
        assert.equal(typeOf(reply), 'application/javascript; charset=utf-8');
        assert.ok(textOf(reply).startsWith('/**/show({'));
        assert.deepEqual(run(textOf(reply), 'show'), JSON.parse(textOf(await inFormat(format, search))));
      }
    }
    assert.ok(
      textOf(await inFormat('json', 'q=Paris&jsonp=App.geo.$show_1')).startsWith('/**/App.geo.$show_1({'),
    );
  });

  it('that is no name is refused in plain JSON, and none of it comes back', async () => {
    const wrong = [
      'a-b',
      'alert(1)//',
      'a.',
      '.a',
      'a..b',
      '1a',
      'a b',
      'a;b',
      'a[0]',
      "a'",
      '<script>',
      'é',
      'a\u0000',
      'a\n',
      'x'.repeat(129),
      'a.b('.repeat(10),
    ];
    for (const callback of wrong) {
      const reply = await inFormat('json', `q=Paris&jsonp=${encodeURIComponent(callback)}`);
      assert.deepEqual([reply.status, reply.reason], [400, 'not a valid callback'], callback);
      assert.equal(typeOf(reply), 'application/json; charset=utf-8');
      const value: unknown = JSON.parse(textOf(reply));
      if (isResponse !== undefined) assert.ok(isResponse(value));
    }
    const twice = await inFormat('json', 'q=Paris&jsonp=a&jsonp=b');
    assert.deepEqual([twice.status, typeOf(twice)], [400, 'application/json; charset=utf-8']);
    assert.equal((await inFormat('json', 'q=Paris&jsonp=%FF')).status, 400);
    assert.equal((await inFormat('json', 'q=Paris&jsonp=')).status, 200);
  });

  it('is a name of letters, digits and dots, whatever was sent', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.string()), (text) => {
        if (isCallback(text)) assert.match(text, /^[\w$.]{1,128}$/);
      }),
      { numRuns: 3_000 },
    );
  });
});

describe('parameters', () => {
  it('min_confidence leaves out what is less sure, and fills the limit with the rest', async () => {
    const all = await json('q=Springfield&limit=100');
    const least = 4;
    const sure = all.results.filter(({ confidence }) => confidence >= least);
    assert.ok(sure.length > 3 && sure.length < all.results.length);
    assert.deepEqual((await json(`q=Springfield&min_confidence=${least}&limit=3`)).results, sure.slice(0, 3));
    for (const odd of ['0', '11', '-1', '4.5', 'x', '', 'NaN', '1e1'])
      assert.equal(
        (await json(`q=Springfield&limit=100&min_confidence=${odd}`)).total_results,
        all.total_results,
        odd,
      );
    const here = await json('q=48.2084,16.3725');
    assert.equal(here.total_results, 1);
    assert.equal((await json('q=48.2084,16.3725&min_confidence=10')).total_results, 0);
  });

  it('of no sense are ignored: bounds and proximity that are no place', async () => {
    const plain = (await json('q=Springfield')).results;
    for (const odd of [
      'bounds=NaN,NaN,NaN,NaN',
      'bounds=-Infinity,-90,Infinity,90',
      'bounds=-1e9,-1e9,1e9,1e9',
      'bounds=-181,-90,180,90',
      'bounds=10,10,5,5',
      'bounds=1,2,3',
      'bounds=1,2,3,4,5',
      `bounds=${'1'.repeat(5000)},2,3,4`,
      'bounds=0x1,2,3,4',
      'proximity=NaN,NaN',
      'proximity=91,0',
      'proximity=1',
      'proximity=1e400,0',
      'proximity=',
    ])
      assert.deepEqual((await json(`q=Springfield&${odd}`)).results, plain, odd.slice(0, 60));
    assert.deepEqual((await json('q=Springfield&bounds=-180,-90,180,90')).results, plain, 'the whole Earth');
  });

  it('countrycode takes several countries, territories by their own codes', async () => {
    const countries = async (codes: string): Promise<readonly (string | undefined)[]> =>
      [
        ...new Set(
          (await json(`q=Saint-Pierre&limit=100&countrycode=${codes}`)).results.map(
            ({ components }) => components['country_code'],
          ),
        ),
      ].sort();
    assert.deepEqual(await countries('fr'), ['fr']);
    assert.deepEqual(await countries('re'), ['re']);
    assert.deepEqual(await countries('FR, re ,mq,xyz,1'), ['fr', 'mq', 're']);
  });

  it('add_request repeats the request in each format', async () => {
    for (const format of FORMATS.filter((one) => one !== 'google-v3-json')) {
      const text = textOf(
        await inFormat(format, 'q=Paris&add_request=1&min_confidence=2&limit=7&key=abcdefghij'),
      );
      const request =
        format === 'xml'
          ? Object.fromEntries(
              elementAt(parseXml(text), 'request')!.children.map(({ name, text: value }) => [name, value]),
            )
          : (JSON.parse(text) as { request: Json }).request;
      assert.deepEqual(
        [
          request['query'],
          request['format'],
          String(request['min_confidence']),
          String(request['limit']),
          request['key'],
          request['q'],
        ],
        ['Paris', format, '2', '7', 'abcdef****', undefined],
      );
    }
  });
});

describe('the test keys', () => {
  const keys: [key: string, status: number, message: string][] = [
    ['4372eff77b8343cebfc843eb4da4ddc4', 402, 'quota exceeded'],
    ['2e10e5e828262eb243ec0b54681d699a', 403, 'disabled'],
    ['6c79ee8e1ca44ad58ad1fc493ba9542f', 403, 'IP address rejected'],
    ['d6d0f0065f4348a4bdfe4587ba02714b', 429, 'too many requests'],
  ];

  it('bring about their status, in every format', async () => {
    for (const [key, status, message] of keys) {
      for (const format of FORMATS) {
        const reply = await inFormat(format, `q=Paris&key=${key}`);
        assert.deepEqual([reply.status, reply.reason], [status, message]);
        assert.ok(textOf(reply).includes(message));
      }
    }
  });

  it('answer one address, or nothing for the query that finds nothing', async () => {
    for (const q of ['Paris', '48.2,16.37', 'Qxzvbn']) {
      const reply = await inFormat('json', `q=${q}&key=${OK_KEY}`);
      const value = JSON.parse(textOf(reply)) as Results;
      if (isResponse !== undefined) assert.ok(isResponse(value), JSON.stringify(isResponse.errors));
      assert.equal(value.total_results, 1);
      assert.equal(value.results[0]?.formatted, 'Friedrich-Ebert-Straße 7, 48153 Münster, Germany');
      assert.equal(value.results[0].components['road'], 'Friedrich-Ebert-Straße');
      assert.equal(reply.headers['access-control-allow-origin'], '*');
    }
    assert.equal((await json(`q=NOWHERE-INTERESTING&key=${OK_KEY}`)).total_results, 0);
    assert.equal((await json('q=NOWHERE-INTERESTING')).total_results, 0);
    assert.equal((await inFormat('json', `q=x&key=${OK_KEY}`)).status, 400);
    const root = parseXml(textOf(await inFormat('xml', `q=Paris&key=${OK_KEY}&language=de`)));
    assert.match(elementAt(root, 'results', 'result', 'formatted')?.text ?? '', /^Friedrich.*Deutschland$/);
  });

  it('are nothing where they are switched off, given twice, or nearly right', async () => {
    const gazetteer = await openTestGazetteer();
    const off = geocodingRoutes({ gazetteer, publicUrl: 'https://geo.example', clock: systemClock });
    assert.ok(off.every(({ rehearsal }) => rehearsal === undefined));
    const [route] = routes;
    for (const search of [
      `q=Paris&key=${OK_KEY}&key=${OK_KEY}`,
      `q=Paris&key=${OK_KEY.toUpperCase()}`,
      `q=Paris&key=${OK_KEY}x`,
      'q=Paris',
      'q=Paris&key=constructor',
    ])
      assert.equal(route?.rehearsal?.(requestOf(search)), undefined, search);
  });
});

describe('geosearch', () => {
  interface Suggestion {
    readonly _type: string;
    readonly name: string;
    readonly formatted: string;
    readonly geometry: { readonly lat: string; readonly lng: string };
  }
  const suggest = async (search: string, headers = {}): Promise<readonly Suggestion[]> => {
    const reply = await ask('/geosearch', search, headers);
    assert.equal(reply.status, 200, textOf(reply));
    return geosearchSchema.strict().parse(JSON.parse(textOf(reply))).results;
  };

  it('completes what was typed, with coordinates as text', async () => {
    const [first] = await suggest('q=Greno');
    assert.equal(first?.name, 'Grenoble');
    assert.match(first.formatted, /^Grenoble, .*France$/);
    assert.match(first.geometry.lat, /^45\.\d{5}$/);
    assert.match(first.geometry.lng, /^5\.\d{5}$/);
    assert.ok((await suggest('q=Par')).some(({ name }) => name === 'Paris'));
  });

  it('gives five, at most ten, and no two that read the same', async () => {
    assert.equal((await suggest('q=San')).length, 5);
    assert.equal((await suggest('q=San&limit=2')).length, 2);
    for (const limit of ['10', '11', '100']) {
      const found = await suggest(`q=San&limit=${limit}`);
      assert.ok(found.length > 5 && found.length <= 10);
      assert.equal(new Set(found.map(({ formatted }) => formatted)).size, found.length);
    }
  });

  it('honours countrycode, bounds, proximity, language and _type', async () => {
    for (const { formatted } of await suggest('q=Pari&countrycode=us&limit=10'))
      assert.match(formatted, /United States$/);
    for (const { geometry } of await suggest('q=San&bounds=-10,36,4,44&limit=10'))
      assert.ok(Number(geometry.lng) >= -10 && Number(geometry.lng) <= 4);
    for (const { _type } of await suggest('q=San&_type=town,village&limit=10'))
      assert.match(_type, /^(?:town|village)$/);
    assert.ok((await suggest('q=San&_type=castle')).length > 0, 'a kind that there is none of is ignored');
    assert.match((await suggest('q=Grenoble&language=de'))[0]?.formatted ?? '', /Frankreich$/);
    assert.match((await suggest('q=Grenoble', { 'accept-language': 'it' }))[0]?.formatted ?? '', /Francia$/);
    assert.match((await suggest('q=Springfield&proximity=44.05,-123.09'))[0]?.formatted ?? '', /Oregon/);
  });

  it('answers whatever is typed within the contract', async () => {
    const typed = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string(),
      fc.constantFrom('a', 'sa', '1,2', ',,,'),
    );
    await fc.assert(
      fc.asyncProperty(typed, typed, typed, async (q, bounds, type) => {
        const search = new URLSearchParams({
          q: q.toWellFormed(),
          bounds: bounds.toWellFormed(),
          _type: type.toWellFormed(),
        });
        const reply = await ask('/geosearch', search.toString());
        assert.ok([200, 400, 410].includes(reply.status));
        geosearchSchema.strict().parse(JSON.parse(textOf(reply)));
      }),
      { numRuns: 500 },
    );
  });
});
