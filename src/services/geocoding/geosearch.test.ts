/** The geosearch protocol, as its route answers it. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import fc from 'fast-check';
import { openContract, textOf, type Contract } from '../../../test/support/contract.ts';
import { geosearchSchema } from './geosearch-schemas.ts';

let contract: Contract;
before(async () => {
  contract = await openContract();
});

describe('geosearch', () => {
  interface Suggestion {
    readonly _type: string;
    readonly name: string;
    readonly formatted: string;
    readonly geometry: { readonly lat: string; readonly lng: string };
  }
  const suggest = async (search: string, headers = {}): Promise<readonly Suggestion[]> => {
    const reply = await contract.ask('/geosearch', search, headers);
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
      assert.match(formatted, /United States of America$/);
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
        const reply = await contract.ask('/geosearch', search.toString());
        assert.ok([200, 400, 410].includes(reply.status));
        geosearchSchema.strict().parse(JSON.parse(textOf(reply)));
      }),
      { numRuns: 500 },
    );
  });
});
