/** Geocoding as a client sees it: over HTTPS, through the whole pipeline, on the whole gazetteer. */
import assert from 'node:assert/strict';
import { connect } from 'node:tls';
import { before, describe, it } from 'node:test';
import fc from 'fast-check';
import { type Answer, type House, openHouse, withKey } from './support/house.ts';

interface Result {
  readonly formatted: string;
  readonly confidence: number;
  readonly components: Readonly<Record<string, string>>;
  readonly geometry: { readonly lat: number; readonly lng: number };
  readonly distance_from_q?: { readonly meters: number };
}

let house: House;
before(async () => {
  house = await openHouse({ perDay: 1_000_000 });
});

const ask = (query: string): Promise<Answer> => house.get(`/geocode/v1/json?${query}`, withKey(house));

const resultsOf = async (query: string): Promise<readonly Result[]> => {
  const answer = await ask(query);
  assert.equal(answer.status, 200, `${query}: ${answer.body.slice(0, 200)}`);
  return answer.json()['results'] as Result[];
};

const firstOf = async (query: string): Promise<Result> => {
  const [first] = await resultsOf(query);
  assert.ok(first, `${query} finds nothing`);
  return first;
};

const near = (result: Result, lat: number, lng: number): void => {
  const kilometres =
    Math.hypot(result.geometry.lat - lat, (result.geometry.lng - lng) * Math.cos((lat * Math.PI) / 180)) *
    111;
  assert.ok(kilometres < 25, `${result.formatted} is ${kilometres.toFixed(0)} km away`);
};

describe('forward', () => {
  it('understands how people write places', async () => {
    const places: [q: string, lat: number, lng: number][] = [
      ['Paris', 48.857, 2.352],
      ['Paris, Texas', 33.661, -95.556],
      ['Paris, TX', 33.661, -95.556],
      ['Paris Texas', 33.661, -95.556],
      ['München', 48.137, 11.575],
      ['munchen', 48.137, 11.575],
      ['Muenchen', 48.137, 11.575],
      ['MÜNCHEN, DEUTSCHLAND', 48.137, 11.575],
      ['San José, CR', 9.928, -84.091],
      ['San Jose, Costa Rica', 9.928, -84.091],
      ['Springfield, Illinois, USA', 39.802, -89.644],
      ['北京', 39.907, 116.397],
      ['Москва', 55.752, 37.616],
      ['القاهرة', 30.063, 31.25],
      ['  lisbon  ', 38.717, -9.133],
    ];
    for (const [q, lat, lng] of places) near(await firstOf(`q=${encodeURIComponent(q)}`), lat, lng);
  });

  it('finds countries and states as well', async () => {
    assert.equal((await firstOf('q=Deutschland')).components['_type'], 'country');
    assert.equal((await firstOf('q=Texas')).components['_type'], 'state');
    assert.equal((await firstOf('q=Bavaria')).components['country_code'], 'de');
  });

  it('is no prefix search', async () => {
    const results = await resultsOf('q=par');
    assert.ok(results.every(({ formatted }) => !formatted.startsWith('Paris')));
    assert.deepEqual(await resultsOf('q=NOWHERE-INTERESTING'), []);
  });

  it('honours countrycode, bounds, limit, proximity and language', async () => {
    assert.ok(
      (await resultsOf('q=Paris&countrycode=us')).every(
        ({ components }) => components['country_code'] === 'us',
      ),
    );
    assert.equal((await resultsOf('q=Springfield')).length, 10);
    assert.equal((await resultsOf('q=Springfield&limit=3')).length, 3);
    near(await firstOf('q=Springfield&proximity=42.1,-72.6'), 42.1015, -72.5898);
    const inside = await resultsOf('q=Springfield&bounds=-90.5,39,-89,40.5');
    assert.ok(inside.length > 0);
    for (const { geometry } of inside)
      assert.ok(geometry.lng >= -90.5 && geometry.lng <= -89 && geometry.lat >= 39 && geometry.lat <= 40.5);
    assert.equal((await firstOf('q=Paris&language=de')).components['country'], 'Frankreich');
    assert.equal((await firstOf('q=Lisbon&language=native')).components['country'], 'Portugal');
  });

  it('ignores what it does not know and what it cannot read of the optional parameters', async () => {
    const odd = 'subkey=x&bounds=a,b&proximity=999,999&limit=many&countrycode=xyz,1&language=**&no_record=1';
    near(await firstOf(`q=Paris&${odd}`), 48.857, 2.352);
  });
});

describe('reverse', () => {
  it('decides the country by its borders and then takes the nearest place in it', async () => {
    const places: [q: string, country: string, name: string][] = [
      ['48.2084,16.3725', 'at', 'Vienna'],
      ['48.2084, 16.3725', 'at', 'Vienna'],
      ['48.2084 16.3725', 'at', 'Vienna'],
      ['47.5596,7.5886', 'ch', 'Basel'],
      ['41.9022,12.4539', 'va', 'Vatican City'],
      ['-33.8688,151.2093', 'au', 'Sydney'],
      ['64.1466,-21.9426', 'is', 'Reykjavík'],
    ];
    for (const [q, country, name] of places) {
      const result = await firstOf(`q=${encodeURIComponent(q)}`);
      assert.equal(result.components['country_code'], country, q);
      assert.ok(
        result.formatted.includes(name) || result.components['_normalized_city'] === name,
        `${q}: ${result.formatted}`,
      );
      assert.ok(Number.isInteger(result.distance_from_q?.meters));
    }
  });

  it('answers poles, the antimeridian and the open sea without a fault', async () => {
    for (const q of ['90,0', '-90,0', '0,180', '0,-180', '-16.5,179.99', '-16.5,-179.99', '30,-40', '0,0']) {
      const results = await resultsOf(`q=${q}`);
      assert.ok(results.length <= 1, q);
    }
    assert.deepEqual(await resultsOf('q=30,-40'), []);
  });
});

describe('the envelope', () => {
  it('has the contract’s fields and headers, and the quota where there is one', async () => {
    const answer = await ask('q=Paris');
    const body = answer.json();
    for (const field of [
      'documentation',
      'licenses',
      'rate',
      'results',
      'status',
      'stay_informed',
      'thanks',
      'timestamp',
      'total_results',
    ]) {
      assert.ok(field in body, field);
    }
    assert.deepEqual(body['status'], { code: 200, message: 'OK' });
    assert.equal(body['total_results'], (body['results'] as unknown[]).length);
    const rate = body['rate'] as Record<string, number>;
    assert.equal(answer.headers['x-ratelimit-limit'], String(rate['limit']));
    assert.equal(answer.headers['x-ratelimit-remaining'], String(rate['remaining']));
    assert.equal(answer.headers['access-control-allow-origin'], undefined, 'no page asked');
    assert.equal(answer.headers['content-type'], 'application/json; charset=utf-8');
    const timestamp = body['timestamp'] as { created_http: string; created_unix: number };
    assert.equal(Date.parse(timestamp.created_http) / 1000, timestamp.created_unix);
  });
});

describe('bad input', () => {
  const refusals: [query: string, status: number, message: string][] = [
    ['', 400, 'missing or bad query'],
    ['q=', 400, 'missing or bad query'],
    ['q=a', 400, 'missing or bad query'],
    ['q=%20%20', 400, 'missing or bad query'],
    ['q=%00%01', 400, 'missing or bad query'],
    ['q=Par%00is', 400, 'missing or bad query'],
    ['q=Paris&q=London', 400, 'missing or bad query'],
    ['q=%C3%28', 400, 'missing or bad query'],
    ['q=%zz', 400, 'missing or bad query'],
    ['q=%', 400, 'missing or bad query'],
    ['q=%ED%A0%80', 400, 'missing or bad query'],
    ['q=91,0', 400, 'invalid coordinates'],
    ['q=0,181', 400, 'invalid coordinates'],
    ['q=-90.0001%200', 400, 'invalid coordinates'],
    ['q=Paris&limit=1&limit=2', 400, 'duplicate parameter limit'],
    [`q=${'a'.repeat(10_000)}`, 410, 'request too long'],
    [`q=${encodeURIComponent('é'.repeat(10_000))}`, 410, 'request too long'],
  ];

  it('gets the contract’s error with its status, message and reason', async () => {
    for (const [query, status, message] of refusals) {
      const answer = await ask(query);
      assert.deepEqual([answer.status, answer.reason], [status, message], query.slice(0, 60));
      const body = answer.json();
      assert.deepEqual(body['status'], { code: status, message });
      assert.deepEqual([body['results'], body['total_results']], [[], 0]);
    }
  });

  it('costs nothing of the quota', async () => {
    const remaining = Number((await ask('q=Paris')).headers['x-ratelimit-remaining']);
    for (const [query] of refusals) await ask(query);
    assert.equal(Number((await ask('q=Paris')).headers['x-ratelimit-remaining']), remaining - 1);
  });

  it('in the path gets the contract’s words', async () => {
    const paths: [path: string, method: string, status: number, message: string][] = [
      ['/geocode/v2/json?q=Paris', 'GET', 400, 'not a valid version'],
      ['/geocode/v1/yaml?q=Paris', 'GET', 400, 'not a valid format'],
      ['/geocode/nothing/here/at/all', 'GET', 404, 'invalid endpoint'],
      ['/geocode/v1/json', 'POST', 405, 'Method not allowed'],
      ['/geocode/v1/json', 'DELETE', 405, 'Method not allowed'],
    ];
    for (const [path, method, status, message] of paths) {
      const answer = await house.get(path, { method, ...withKey(house) });
      assert.deepEqual([answer.status, answer.json()['status']], [status, { code: status, message }], path);
    }
    assert.equal((await house.get('/geocode/v1/ping')).body.trim(), 'pong');
    assert.equal((await house.get('/geocode/v1/json/?q=Paris', withKey(house))).status, 200);
  });

  it('of any shape is answered within its time, with the contract’s envelope, and nothing of it inside', async () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.string({ maxLength: 60 }),
      fc.constantFrom('1,2', '-0,0', '1e5,3', 'Paris,,,,', ',', '"\\', '\u2028', '💥'.repeat(20), '٣٫٥,٤'),
      fc.tuple(fc.double(), fc.double()).map(([lat, lng]) => `${lat},${lng}`),
    );
    const parameter = fc.tuple(
      fc.constantFrom('q', 'limit', 'bounds', 'proximity', 'language', 'countrycode', 'zzz'),
      piece,
    );
    await fc.assert(
      fc.asyncProperty(fc.array(parameter, { maxLength: 6 }), piece, async (parameters, q) => {
        const encoded = [
          ['q', q.toWellFormed()],
          ...parameters.map(([name, value]) => [name, value.toWellFormed()]),
        ]
          .map(([name = '', value = '']) => `${name}=${encodeURIComponent(value)}`)
          .join('&');
        const answer = await ask(encoded);
        assert.ok([200, 400, 410].includes(answer.status), `${answer.status} ${encoded}`);
        const { results, total_results: total } = answer.json() as {
          results: Result[];
          total_results: number;
        };
        assert.equal(results.length, total);
        if (answer.status !== 200 && q.length > 8) assert.ok(!answer.body.includes(q), encoded);
      }),
      { numRuns: 400 },
    );
  });

  it('of raw bytes never takes the server down', async () => {
    const key = house.key.secret.expose();
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
        const socket = connect({
          host: '127.0.0.1',
          port: house.port,
          ca: house.ca,
          servername: 'localhost',
        });
        await new Promise<void>((resolve) => {
          socket.on('error', () => resolve());
          socket.on('close', () => resolve());
          socket.write(`GET /geocode/v1/json?key=${key}&q=`);
          socket.write(bytes);
          socket.end(' HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
          socket.resume();
        });
      }),
      { numRuns: 60 },
    );
    assert.equal((await ask('q=Paris')).status, 200);
  });
});
