/** Structured questions and batches, over the wire. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { type Answer, type House, openHouse, withKey } from './support/house.ts';

let house: House;
before(async () => {
  house = await openHouse();
});

interface Line {
  readonly line: number;
  readonly id?: string;
  readonly results?: readonly { readonly formatted: string; readonly components: Record<string, string> }[];
  readonly error?: { readonly code: string; readonly message: string; readonly field?: string };
}

const post = (body: string, type = 'application/x-ndjson', of = house): Promise<Answer> => {
  const { headers } = withKey(of);
  return of.get('/v1/geocode/batch', {
    method: 'POST',
    headers: { ...headers, 'content-type': type },
    body,
  });
};

const linesOf = ({ status, body }: Answer): Line[] => {
  assert.equal(status, 200, body);
  assert.ok(body.endsWith('\n'));
  return body
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
};

const placeOf = (line: Line | undefined): string => line?.results?.[0]?.formatted ?? 'nothing';

describe('a batch', () => {
  it('answers JSON lines in their order, each with its own parameters', async () => {
    const answer = await post(
      [
        '{"id":"a","q":"Paris, Texas"}',
        '',
        '{"q":"48.8566,2.3522"}',
        '{"q":"Berln","fuzzy":true,"limit":3}',
        '{"id":7,"city":"Springfield","state":"IL","country":"us"}',
        '{"q":"San","autocomplete":1,"limit":"5"}',
      ].join('\n'),
    );
    assert.match(String(answer.headers['content-type']), /^application\/x-ndjson/);
    const lines = linesOf(answer);
    assert.deepEqual(
      lines.map(({ line }) => line),
      [1, 2, 3, 4, 5],
    );
    assert.equal(lines[0]?.id, 'a');
    assert.match(placeOf(lines[0]), /^Paris, .*United States/);
    assert.match(placeOf(lines[1]), /France$/);
    assert.match(placeOf(lines[2]), /^Berlin/);
    assert.equal(lines[2]?.results?.length, 3);
    assert.equal(lines[3]?.id, '7');
    assert.match(placeOf(lines[3]), /^Springfield, .*(?:Illinois|IL)/);
    assert.equal(lines[4]?.results?.length, 5);
  });

  it('reads CSV with quotes, and fields that it does not know', async () => {
    const lines = linesOf(
      await post(
        'id,q,note\r\n1,"Paris, Texas",x\r\n2,"say ""Berlin""",\r\n3,Roma\r\n',
        'text/csv; charset=utf-8',
      ),
    );
    assert.equal(lines.length, 3);
    assert.match(placeOf(lines[0]), /United States/);
    assert.equal(lines[2]?.id, '3');
    assert.match(placeOf(lines[2]), /Ital/);
  });

  it('gives a wrong line an error of its own and goes on', async () => {
    const lines = linesOf(
      await post(
        [
          '{"q":"Berlin"}',
          '{"q":',
          '[1]',
          '{"q":{"a":1}}',
          '{"q":"x"}',
          '{"q":"95,200"}',
          '{}',
          `{"q":"${'x'.repeat(1_025)}"}`,
          `{"q":"${'x'.repeat(5_000)}"}`,
          '{"city":"\\u0000x"}',
          '{"q":"Rome"}',
        ].join('\n'),
      ),
    );
    assert.deepEqual(
      lines.map(({ error }) => error?.code),
      [
        undefined,
        'invalid_line',
        'invalid_line',
        'invalid_line',
        'bad_query',
        'bad_coordinates',
        'bad_query',
        'query_too_long',
        'line_too_long',
        'invalid_request',
        undefined,
      ],
    );
    assert.equal(lines[9]?.error?.field, 'city');
    const csv = linesOf(await post('q\n"open\nBerlin,more\nBerlin', 'text/csv'));
    assert.deepEqual(
      csv.map(({ error }) => error?.code),
      ['invalid_line', 'invalid_line', undefined],
    );
  });

  it('refuses what is no batch, and more than a thousand lines', async () => {
    const codes = async (body: string, type?: string): Promise<unknown> => {
      const answer = await post(body, type);
      return [answer.status, answer.json()['code']];
    };
    assert.deepEqual(await codes(''), [400, 'invalid_body']);
    assert.deepEqual(await codes('\n \n'), [400, 'invalid_body']);
    assert.deepEqual(await codes('q\n', 'text/csv'), [400, 'invalid_body']);
    assert.deepEqual(await codes('{"q":"Rome"}', 'text/plain'), [415, 'unsupported_media_type']);
    assert.deepEqual(await codes('{"q":"Rome"}\n'.repeat(1_001)), [413, 'too_many_lines']);
    assert.equal(linesOf(await post('{"q":"Rome"}\n'.repeat(1_000))).length, 1_000);
  });

  it('spends one unit a line, and nothing where it is refused or there are not enough', async () => {
    const limited = await openHouse({ perSecond: 100, perDay: 10 });
    const remaining = async (): Promise<number> => {
      const answer = await limited.get('/geocode/v1/json?q=Rome', withKey(limited));
      return Number(answer.headers['x-ratelimit-remaining']);
    };
    assert.equal(await remaining(), 9);
    assert.equal(
      linesOf(await post('{"q":"Rome"}\n{"q":"x"}\n{"q":"Bonn"}\n', undefined, limited)).length,
      3,
    );
    assert.equal(await remaining(), 5);
    assert.equal((await post('q\n"Rome"\n', 'text/csv', limited)).status, 200);
    assert.equal((await post('', undefined, limited)).status, 400);
    assert.equal(await remaining(), 3);
    assert.equal((await post('{"q":"Rome"}\n'.repeat(4), undefined, limited)).status, 402);
    assert.equal(await remaining(), 2);
  });

  it('needs a secret key', async () => {
    const answer = await house.get('/v1/geocode/batch', {
      method: 'POST',
      headers: { 'content-type': 'text/csv' },
      body: 'q\nRome',
    });
    assert.equal(answer.status, 401);
  });
});

describe('a structured question', () => {
  const ask = async (search: string): Promise<string[]> => {
    const answer = await house.get(`/v1/geocode/search?${search}`, withKey(house));
    assert.equal(answer.status, 200, answer.body);
    const { results } = answer.json() as { results: { formatted: string; components: { _type: string } }[] };
    return results.map(({ formatted, components }) => `${components._type} ${formatted}`);
  };

  it('finds the narrowest part within the wider ones, and only places of that kind', async () => {
    assert.match((await ask('city=Paris&state=Texas'))[0]!, /^town Paris, .*United States/);
    assert.match((await ask('state=Georgia'))[0]!, /^state Georgia/);
    assert.match((await ask('country=Georgia'))[0]!, /^country Georgia/);
    assert.match((await ask('county=Travis+County&state=TX&country=us'))[0]!, /^county Travis County/);
    assert.match(
      (await ask('city=Springfield&county=Sangamon&state=Illinois&postcode=62701'))[0]!,
      /^city Springfield/,
    );
    assert.deepEqual(await ask('city=Paris&country=Atlantis'), []);
    for (const found of await ask('city=Luxembourg')) assert.doesNotMatch(found, /^country/);
  });

  it('lets a county go in which nothing is found', async () => {
    assert.match((await ask('city=Springfield&county=Nowhere&state=Illinois'))[0]!, /^city Springfield/);
  });

  it('forgives typing errors on demand', async () => {
    assert.deepEqual(await ask('city=Sprngfield&state=Illinois'), []);
    assert.match((await ask('city=Sprngfield&state=Illinois&fuzzy=1'))[0]!, /^city Springfield/);
  });

  it('refuses what is no question, and names the field', async () => {
    for (const [search, field] of [
      ['', 'city'],
      ['city=', 'city'],
      [`city=${'x'.repeat(201)}`, 'city'],
      ['state=%00x', 'state'],
      ['country=de&country=fr', 'country'],
      ['city=%ff', 'city'],
    ]) {
      const answer = await house.get(`/v1/geocode/search?${search!}`, withKey(house));
      assert.equal(answer.status, 400, search);
      assert.equal(answer.json()['field'], field, search);
    }
  });
});
