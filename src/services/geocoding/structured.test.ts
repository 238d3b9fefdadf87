import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Problem } from '../../foundation/problem.ts';
import { parseQuery } from '../../http/query.ts';
import { openTestGazetteer } from '../../../test/support/gazetteer.ts';
import type { ForwardQuery } from './request.ts';
import { structuredQuery } from './structured.ts';

const asked = (search: string): ForwardQuery => structuredQuery(parseQuery(search));

test('looks for the narrowest part in the wider ones', () => {
  const query = asked('city=Springfield&county=Sangamon&state=Illinois&country=us');
  assert.equal(query.text, 'Springfield, Sangamon, Illinois, us');
  assert.deepEqual(query.types, ['city', 'town', 'village', 'suburb']);
  assert.deepEqual(query.otherwise, ['Springfield, Illinois, us'], 'the county may be let go');
  assert.deepEqual(asked('county=Sangamon&state=Illinois').types, ['county']);
  assert.equal(asked('county=Sangamon&state=Illinois').otherwise, undefined, 'it is what is looked for');
});

test('puts a postcode before its city, and lets it go where it does not hold', () => {
  const query = asked('city=Berlin&postcode=10115&country=Germany');
  assert.equal(query.text, '10115 Berlin, Germany');
  assert.deepEqual(query.otherwise, ['Berlin, Germany']);
  assert.deepEqual(asked('postcode=62701&country=us').types, ['postcode']);
  assert.equal(asked('postcode=62701&country=us').text, '62701, us');
});

test('writes a street and its house number as an address', () => {
  const query = asked(
    'street=Main+Street&housenumber=12&postcode=62701&city=Springfield&state=Illinois&country=us',
  );
  assert.equal(query.text, 'Main Street 12, 62701 Springfield, Illinois, us');
  assert.equal(query.street, true);
  assert.equal(query.types, undefined);
  assert.equal(asked('street=Main+Street').text, 'Main Street');
  assert.equal(asked('street=A,+B;+C&city=Vaduz').text, 'A  B  C, Vaduz', 'a comma would begin another part');
});

test('refuses a house number without a street, and no parts at all', () => {
  for (const search of ['', 'housenumber=12', 'street=', 'street=%00'])
    assert.throws(() => asked(search), Problem, search);
});

test('finds a city by its postcode as well, whether the code is known or not', async () => {
  const gazetteer = await openTestGazetteer();
  const first = (search: string): string => {
    const [id] = gazetteer.forward(asked(search));
    if (id === undefined) return 'nothing';
    const { type, name, country } = gazetteer.entity(id);
    return `${type} ${name}, ${country}`;
  };
  assert.equal(first('city=Springfield&postcode=62701'), 'city Springfield, US');
  assert.equal(first('city=Berlin&postcode=10115'), 'city Berlin, DE');
  assert.equal(first('postcode=62701&country=us'), 'postcode 62701, US');
  assert.equal(first('city=Paris&country=Atlantis'), 'nothing');
});
