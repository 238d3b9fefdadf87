import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { openTestGazetteer } from '../../../../test/support/gazetteer.ts';
import type { AnnotationData } from './annotation-data.ts';
import { AT_SEA, countryMembers } from './country-members.ts';

const data = JSON.parse(
  readFileSync(new URL('annotation-data.json', import.meta.url), 'utf8'),
) as AnnotationData;

interface Facts {
  UN_M49: { regions: Record<string, string>; statistical_groupings: string[] };
  callingcode?: number;
  currency?: { iso_code: string; iso_numeric: string };
  flag: string;
}

const membersOf = (alpha2: string): ReturnType<typeof countryMembers> => {
  const country = data.countries[alpha2]!;
  return countryMembers(alpha2, country, data.currencies[country.currency ?? '']);
};
const factsOf = (alpha2: string): Facts =>
  JSON.parse(`{${membersOf(alpha2).facts.toString().slice(0, -1)}}`) as Facts;

test('says of Great Britain what the contract’s published answer says', () => {
  assert.equal(
    membersOf('GB').facts.toString(),
    '"UN_M49":{"regions":{"EUROPE":"150","GB":"826","NORTHERN_EUROPE":"154","WORLD":"001"},' +
      '"statistical_groupings":["MEDC"]},"callingcode":44,"currency":{"alternate_symbols":[],"decimal_mark":".",' +
      '"html_entity":"&#x00A3;","iso_code":"GBP","iso_numeric":"826","name":"British Pound",' +
      '"smallest_denomination":1,"subunit":"Penny","subunit_to_unit":100,"symbol":"£","symbol_first":1,' +
      '"thousands_separator":","},"flag":"🇬🇧",',
  );
  assert.equal(membersOf('GB').roads.toString(), '"roadinfo":{"drive_on":"left","speed_in":"mph"}');
  assert.equal(membersOf('GB').wikidata.toString(), ',"wikidata":"Q145"');
});

test('says of Haiti, Brazil and the United States what the contract’s descriptions say', () => {
  assert.deepEqual(factsOf('HT').UN_M49, {
    regions: { AMERICAS: '019', CARIBBEAN: '029', HT: '332', LATIN_AMERICA: '419', WORLD: '001' },
    statistical_groupings: ['LDC', 'LEDC', 'SIDS'],
  });
  assert.deepEqual(factsOf('BR').UN_M49, {
    regions: { AMERICAS: '019', BR: '076', LATIN_AMERICA: '419', SOUTH_AMERICA: '005', WORLD: '001' },
    statistical_groupings: ['LEDC'],
  });
  assert.deepEqual(factsOf('US').UN_M49, {
    regions: { AMERICAS: '019', NORTHERN_AMERICA: '021', US: '840', WORLD: '001' },
    statistical_groupings: ['MEDC'],
  });
  assert.equal(factsOf('BR').callingcode, 55);
  assert.deepEqual(
    ['US', 'IT', 'JP', 'CH', 'HR', 'BG', 'PA', 'SX'].map((code) => factsOf(code).currency?.iso_code),
    ['USD', 'EUR', 'JPY', 'CHF', 'EUR', 'EUR', 'PAB', 'XCG'],
  );
});

test('counts the groupings as the United Nations do', () => {
  const members = Object.values(data.countries);
  const count = (name: string): number => members.filter(({ groupings }) => groupings.includes(name)).length;
  assert.equal(count('LDC'), 44);
  assert.equal(count('LLDC'), 32);
  assert.equal(count('SIDS'), 57);
  for (const { groupings } of members) {
    assert.ok(groupings.length === 0 || groupings.includes('LEDC') !== groupings.includes('MEDC'));
    // The least developed are not developed.
    assert.ok(!groupings.includes('LDC') || groupings.includes('LEDC'));
  }
});

test('knows every country of the index: codes, flag, side of the road, zone of the telephone', async () => {
  const currencies = new Set(Intl.supportedValuesOf('currency'));
  for (const { alpha2 } of (await openTestGazetteer()).countries) {
    const country = data.countries[alpha2];
    assert.ok(country !== undefined, alpha2);
    const { UN_M49: m49, callingcode, currency, flag } = factsOf(alpha2);
    const letters = alpha2
      .split('')
      .map((letter) => String.fromCodePoint(0x1f1e6 + letter.charCodeAt(0) - 65));
    assert.equal(flag, letters.join(''));
    assert.ok(Object.values(m49.regions).every((code) => /^\d{3}$/u.test(code)));
    // The regions that the data names, the country where it has a number, and the world: none without a name.
    assert.equal(
      Object.keys(m49.regions).length,
      country.regions.length + (country.m49 === undefined ? 1 : 2),
      alpha2,
    );
    assert.deepEqual(Object.keys(m49.regions), Object.keys(m49.regions).toSorted());
    assert.ok(callingcode === undefined || (callingcode > 0 && callingcode < 1_000));
    if (currency === undefined) assert.equal(alpha2, 'AQ');
    else {
      assert.match(currency.iso_numeric, /^\d{3}$/u);
      assert.ok(currencies.has(currency.iso_code), currency.iso_code);
      assert.deepEqual(Object.keys(currency), Object.keys(currency).toSorted());
    }
    assert.match(
      membersOf(alpha2).roads.toString(),
      /^"roadinfo":\{"drive_on":"(?:left|right)","speed_in":"(?:km\/h|mph)"\}$/u,
    );
    assert.match(country.wikidata, /^Q\d+$/u);
  }
});

test('drives on the left where people do', () => {
  const left = ['GB', 'IE', 'IN', 'JP', 'AU', 'ZA', 'TH', 'KE', 'MT', 'CY', 'HK', 'GG', 'VI'];
  for (const alpha2 of left) assert.equal(data.countries[alpha2]?.driveOn, 'left', alpha2);
  for (const alpha2 of ['US', 'DE', 'FR', 'CN', 'BR', 'EG', 'NG', 'GI', 'RU'])
    assert.equal(data.countries[alpha2]?.driveOn, 'right', alpha2);
});

test('says at sea that it is in the world', () => {
  assert.deepEqual(JSON.parse(`{${AT_SEA.facts.toString().slice(0, -1)}}`), {
    UN_M49: { regions: { WORLD: '001' }, statistical_groupings: [] },
  });
});
