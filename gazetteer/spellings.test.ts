import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bareAreaName, furtherAreaNames, listedAreas } from './area-names.ts';
import { readAdminNames } from './sources.ts';
import { locatedSpellings, variantsOf } from './spellings.ts';

test('every division with further names is one of the data', () => {
  const names = new Set(
    [...readAdminNames(1), ...readAdminNames(2)].map(([code, name]) => `${code.slice(0, 2)} ${name}`),
  );
  const unknown = listedAreas().filter(([country, name]) => !names.has(`${country} ${name}`));
  assert.deepEqual(unknown, []);
  for (const code of ['US.TN', 'US.MA']) assert.ok(readAdminNames(1).has(code));
});

test('gives a division the names that people write', () => {
  assert.deepEqual(furtherAreaNames('US.TN', 'Tennessee'), ['Tenn']);
  assert.deepEqual(furtherAreaNames('DE.02', 'Bavaria'), ['Bayern']);
  assert.deepEqual(furtherAreaNames('NO.01', 'Viken'), []);
});

test('gives second-order divisions theirs, and leaves out what only says the kind', () => {
  assert.deepEqual(furtherAreaNames('DE.02.093', 'Upper Palatinate'), ['Oberpfalz']);
  assert.equal(bareAreaName('Cook County'), 'Cook');
  assert.equal(bareAreaName('Powiat miński'), 'miński');
  assert.equal(bareAreaName('City and County of San Francisco'), 'San Francisco');
  assert.equal(bareAreaName('Comuna 1'), undefined, 'a number is no name');
  assert.equal(bareAreaName('Bavaria'), undefined);
});

test('shortens links in Czech, Dutch and English names', () => {
  assert.deepEqual(locatedSpellings('Ústí nad Labem', 'CZ'), ['Ústí n Labem', 'Ústí n L']);
  assert.deepEqual(locatedSpellings('Alphen aan den Rijn', 'NL'), ['Alphen a d Rijn']);
  assert.deepEqual(locatedSpellings('Burton upon Trent', 'GB'), ['Burton on Trent']);
  assert.deepEqual(locatedSpellings('Stoke-on-Trent', 'GB'), ['Stoke-upon-Trent']);
  assert.deepEqual(locatedSpellings('London', 'GB'), []);
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
