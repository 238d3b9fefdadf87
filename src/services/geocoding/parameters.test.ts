/** Parameters of the contract that change which results there are, or what stands around them. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { openContract, textOf, type Contract } from '../../../test/support/contract.ts';
import { elementAt, parseXml } from '../../../test/support/xml.ts';
import { FORMATS } from './formats.ts';

let contract: Contract;
before(async () => {
  contract = await openContract();
});

type Json = Record<string, unknown>;

describe('parameters', () => {
  it('min_confidence leaves out what is less sure, and fills the limit with the rest', async () => {
    const all = await contract.json('q=Springfield&limit=100');
    const least = 4;
    const sure = all.results.filter(({ confidence }) => confidence >= least);
    assert.ok(sure.length > 3 && sure.length < all.results.length);
    assert.deepEqual(
      (await contract.json(`q=Springfield&min_confidence=${least}&limit=3`)).results,
      sure.slice(0, 3),
    );
    for (const odd of ['0', '11', '-1', '4.5', 'x', '', 'NaN', '1e1'])
      assert.equal(
        (await contract.json(`q=Springfield&limit=100&min_confidence=${odd}`)).total_results,
        all.total_results,
        odd,
      );
    const here = await contract.json('q=48.2084,16.3725');
    assert.equal(here.total_results, 1);
    assert.equal((await contract.json('q=48.2084,16.3725&min_confidence=10')).total_results, 0);
  });

  it('of no sense are ignored: bounds and proximity that are no place', async () => {
    const plain = (await contract.json('q=Springfield')).results;
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
      assert.deepEqual((await contract.json(`q=Springfield&${odd}`)).results, plain, odd.slice(0, 60));
    assert.deepEqual(
      (await contract.json('q=Springfield&bounds=-180,-90,180,90')).results,
      plain,
      'the whole Earth',
    );
  });

  it('countrycode takes several countries, territories by their own codes', async () => {
    const countries = async (codes: string): Promise<readonly (string | undefined)[]> =>
      [
        ...new Set(
          (await contract.json(`q=Saint-Pierre&limit=100&countrycode=${codes}`)).results.map(
            ({ components }) => components['country_code'],
          ),
        ),
      ].toSorted((a = '', b = '') => a.localeCompare(b));
    assert.deepEqual(await countries('fr'), ['fr']);
    assert.deepEqual(await countries('re'), ['re']);
    assert.deepEqual(await countries('FR, re ,mq,xyz,1'), ['fr', 'mq', 're']);
  });

  it('add_request repeats the request in each format', async () => {
    for (const format of FORMATS.filter((one) => one !== 'google-v3-json')) {
      const text = textOf(
        await contract.inFormat(format, 'q=Paris&add_request=1&min_confidence=2&limit=7&key=abcdefghij'),
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
