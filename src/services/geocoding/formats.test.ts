/** The formats of the contract, and callbacks around them, as the routes answer them. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import fc from 'fast-check';
import { openContract, textOf, type Contract } from '../../../test/support/contract.ts';
import { elementAt, parseXml, type XmlElement } from '../../../test/support/xml.ts';
import type { Reply } from '../../http/route.ts';
import { isCallback } from './jsonp.ts';
import { featureCollectionSchema, googleSchema } from './schemas.ts';

let contract: Contract;
before(async () => {
  contract = await openContract();
});

type Json = Record<string, unknown>;
interface Collection extends Json {
  readonly features: readonly { geometry: { coordinates: number[] }; properties: Json }[];
}
const typeOf = ({ headers }: Reply): string | undefined => headers['content-type'];

describe('GeoJSON', () => {
  const get = async (search: string): Promise<Collection> => {
    const reply = await contract.inFormat('geojson', search);
    assert.equal(typeOf(reply), 'application/json; charset=utf-8');
    const value: unknown = JSON.parse(textOf(reply));
    featureCollectionSchema.strict().parse(value);
    contract.holdTo('GetGeojson200ResponseBody', value);
    return value as Collection;
  };

  it('has the same results as JSON, as features, with the longitude first', async () => {
    for (const search of ['q=Paris', 'q=48.2,16.37', 'q=0,0', 'q=Springfield&limit=100&no_annotations=1']) {
      const { features, ...rest } = await get(search);
      const { results } = await contract.json(search);
      assert.equal(rest['type'], 'FeatureCollection');
      assert.equal(rest['total_results'], features.length);
      assert.deepEqual(
        features.map(({ geometry: { coordinates }, properties }) =>
          Object.assign({}, properties, { geometry: { lat: coordinates[1], lng: coordinates[0] } }),
        ),
        results,
      );
    }
  });

  it('gives errors as a collection of nothing', async () => {
    const reply = await contract.inFormat('geojson', 'q=');
    assert.equal(reply.status, 400);
    const body = JSON.parse(textOf(reply)) as Collection;
    assert.deepEqual([body.features, body['status']], [[], { code: 400, message: 'missing or bad query' }]);
  });
});

describe('XML', () => {
  const get = async (search: string): Promise<XmlElement> => {
    const reply = await contract.inFormat('xml', search);
    assert.equal(typeOf(reply), 'text/xml; charset=utf-8');
    return parseXml(textOf(reply));
  };

  it('has the same results as JSON in the tree that clients read', async () => {
    const root = await get('q=Paris, Texas');
    const [result] = (await contract.json('q=Paris, Texas')).results;
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
        const { results } = await contract.json(`q=${encodeURIComponent(q)}&limit=100`);
        assert.equal(elementAt(root, 'results')?.children.length, results.length);
      }
    }
  });

  it('gives errors as XML, and takes no callback', async () => {
    const reply = await contract.inFormat('xml', 'q=x&jsonp=show');
    assert.deepEqual(
      [reply.status, reply.reason, typeOf(reply)],
      [400, 'missing or bad query', 'text/xml; charset=utf-8'],
    );
    const root = parseXml(textOf(reply));
    assert.equal(elementAt(root, 'status', 'message')?.text, 'missing or bad query');
    assert.equal(elementAt(root, 'total_results')?.text, '0');
    assert.equal((await contract.inFormat('xml', 'q=Paris&jsonp=a-b')).status, 200);
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
    const value: unknown = JSON.parse(textOf(await contract.inFormat('google-v3-json', search)));
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
        const reply = await contract.inFormat(format, `${search}&jsonp=show`);
        assert.equal(typeOf(reply), 'application/javascript; charset=utf-8');
        assert.ok(textOf(reply).startsWith('/**/show({'));
        assert.deepEqual(
          run(textOf(reply), 'show'),
          JSON.parse(textOf(await contract.inFormat(format, search))),
        );
      }
    }
    assert.ok(
      textOf(await contract.inFormat('json', 'q=Paris&jsonp=App.geo.$show_1')).startsWith(
        '/**/App.geo.$show_1({',
      ),
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
      const reply = await contract.inFormat('json', `q=Paris&jsonp=${encodeURIComponent(callback)}`);
      assert.deepEqual([reply.status, reply.reason], [400, 'not a valid callback'], callback);
      assert.equal(typeOf(reply), 'application/json; charset=utf-8');
      const value: unknown = JSON.parse(textOf(reply));
      contract.holdTo('Response', value);
    }
    const twice = await contract.inFormat('json', 'q=Paris&jsonp=a&jsonp=b');
    assert.deepEqual([twice.status, typeOf(twice)], [400, 'application/json; charset=utf-8']);
    assert.equal((await contract.inFormat('json', 'q=Paris&jsonp=%FF')).status, 400);
    assert.equal((await contract.inFormat('json', 'q=Paris&jsonp=')).status, 200);
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
