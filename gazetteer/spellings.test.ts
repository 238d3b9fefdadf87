import assert from 'node:assert/strict';
import { test } from 'node:test';
import { furtherAreaNames, listedAreas } from './area-names.ts';
import { readAdminNames } from './sources.ts';
import { locatedSpellings, variantsOf } from './spellings.ts';

test('every division with further names is one of the data', () => {
  const names = new Set([...readAdminNames(1)].map(([code, name]) => `${code.slice(0, 2)} ${name}`));
  const unknown = listedAreas().filter(([country, name]) => !names.has(`${country} ${name}`));
  assert.deepEqual(unknown, []);
  for (const code of ['US.TN', 'US.MA']) assert.ok(readAdminNames(1).has(code));
});

test('gives a division the names that people write', () => {
  assert.deepEqual(furtherAreaNames('US.TN', 'Tennessee'), ['Tenn']);
  assert.deepEqual(furtherAreaNames('DE.02', 'Bavaria'), ['Bayern']);
  assert.deepEqual(furtherAreaNames('NO.01', 'Viken'), []);
});

test('shortens what tells towns of one name apart, in German and French', () => {
  const frankfurt = locatedSpellings('Frankfurt am Main', 'DE');
  for (const name of ['Frankfurt Main', 'Frankfurt a Main', 'Frankfurt a M', 'Frankfurt aM'])
    assert.ok(frankfurt.includes(name), name);
  assert.ok(locatedSpellings('Rothenburg ob der Tauber', 'DE').includes('Rothenburg odT'));
  assert.deepEqual(locatedSpellings('Neuilly-sur-Seine', 'FR'), ['Neuilly-s-Seine']);
  assert.deepEqual(locatedSpellings('Frankfurt am Main', 'US'), []);
});

test('writes abbreviations out and shortens them', () => {
  assert.deepEqual(variantsOf('st louis'), ['saint louis']);
  assert.deepEqual(variantsOf('mount vernon'), ['mt vernon']);
  assert.deepEqual(variantsOf('east saint louis'), ['east st louis', 'e saint louis', 'e st louis']);
  assert.deepEqual(variantsOf('northampton'), []);
  assert.deepEqual(variantsOf('berlin'), []);
});
