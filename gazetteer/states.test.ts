import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readAdminNames } from './sources.ts';
import { stateCode } from './states.ts';

const names = readAdminNames(1);

const EXPECTED: readonly (readonly [string, string, string])[] = [
  ['US', 'Texas', 'TX'],
  ['US', 'District of Columbia', 'DC'],
  ['CA', 'Alberta', 'AB'],
  ['CA', 'Newfoundland and Labrador', 'NL'],
  ['CA', 'Nova Scotia', 'NS'],
  ['CA', 'Ontario', 'ON'],
  ['CA', 'Quebec', 'QC'],
  ['CA', 'Nunavut', 'NU'],
  ['AU', 'New South Wales', 'NSW'],
  ['AU', 'Western Australia', 'WA'],
  ['AU', 'Tasmania', 'TAS'],
  ['DE', 'Bavaria', 'BY'],
  ['DE', 'Thuringia', 'TH'],
  ['DE', 'State of Berlin', 'BE'],
  ['DE', 'Saarland', 'SL'],
  ['AT', 'Burgenland', '1'],
  ['AT', 'Vienna', '9'],
  ['AT', 'Tyrol', '7'],
  ['CH', 'Zurich', 'ZH'],
  ['GB', 'Scotland', 'SCT'],
  ['BE', 'Flanders', 'VLG'],
];

for (const [country, name, code] of EXPECTED) {
  test(`knows ${name} as ${country}-${code}`, () => {
    const [found] = [...names].find(([key, value]) => key.startsWith(`${country}.`) && value === name) ?? [];
    assert.ok(found !== undefined);
    assert.equal(stateCode(country, found.slice(3)), code);
  });
}

test('says nothing where the code is not certain', () => {
  assert.equal(stateCode('FR', '11'), undefined);
  assert.equal(stateCode('CA', '06'), undefined);
  assert.equal(stateCode('DE', '17'), undefined);
  assert.equal(stateCode('CA', 'XX'), undefined);
});
