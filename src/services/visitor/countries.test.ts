import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { textOf } from './byte-text.ts';
import { knownCountries, type CountryFacts } from './countries.ts';

/** ISO 3166-1 as of 2026: 249 codes, without those that are user-assigned (XK) or exceptionally reserved (AC, TA). */
const ISO = (
  'AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC CD ' +
  'CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF ' +
  'GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN ' +
  'KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA ' +
  'NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI ' +
  'SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI ' +
  'VN VU WF WS YE YT ZA ZM ZW'
).split(' ');

const countries = knownCountries();
const of = (code: string): CountryFacts => {
  const known = countries.get(code);
  assert.ok(known !== undefined, code);
  return known.facts;
};
const CONTINENTS = /^(?:Africa|Antarctica|Asia|Europe|North America|Oceania|South America)$/;

describe('the table of countries', () => {
  it('has all 249 of ISO 3166-1, and three more that data use', () => {
    assert.equal(ISO.length, 249);
    for (const code of ISO) of(code);
    assert.deepEqual([...countries.keys()].filter((code) => !ISO.includes(code)).sort(), ['AC', 'TA', 'XK']);
  });

  it('says of each what makes sense', () => {
    for (const [code, { facts }] of countries) {
      assert.equal(facts.code, code);
      for (const text of [facts.name, facts.native_name, facts.capital ?? 'x'])
        assert.match(text, /^(?:[\p{L}\p{M}\p{N} .,'’()\-–&־·/]|\u200C)+$/u, `${code}: ${text}`);
      assert.match(facts.continent.name, CONTINENTS, code);
      assert.match(facts.calling_code ?? '+1', /^\+[1-9]\d{0,3}$/, code);
      assert.match(facts.flag, /^[\u{1F1E6}-\u{1F1FF}]{2}$/u);
      const letters = Array.from(facts.flag, (sign) =>
        String.fromCharCode((sign.codePointAt(0) ?? 0) - 0x1_f1_a5),
      );
      assert.equal(letters.join(''), code, 'the flag spells the code');
      for (const language of facts.languages) {
        assert.match(language.code, /^[a-z]{2}$/);
        assert.ok(language.name.length > 1 && language.native_name.length > 1, language.code);
      }
      if (code !== 'AQ') assert.ok(facts.languages.length > 0 && facts.currencies.length > 0, code);
    }
  });

  it('gives money that people pay with, and how it is written', () => {
    const funds = new Set(['BOV', 'CHE', 'CHW', 'CLF', 'USN', 'UYI', 'XDR']);
    for (const { facts } of countries.values()) {
      const { code, currency, currencies } = facts;
      assert.equal(new Set(currencies).size, currencies.length, code);
      for (const one of currencies) assert.ok(/^[A-Z]{3}$/.test(one) && !funds.has(one), `${code} ${one}`);
      assert.equal(currency?.code, currencies[0], code);
      if (currency === undefined) continue;
      assert.ok(currency.symbol.length > 0 && currency.name.length > 2, code);
      assert.ok(currency.decimals >= 0 && currency.decimals <= 4, code);
      assert.ok((currency.prefix === '') !== (currency.suffix === ''), `${code} ${currency.format}`);
      assert.ok(
        currency.format.startsWith(currency.prefix) && currency.format.endsWith(currency.suffix),
        code,
      );
      assert.match(currency.format, /1.?2.?3/, `${code}: digits that every page can read`);
      assert.doesNotMatch(JSON.stringify(currency), /[\u200E\u200F\u061C]/, code);
    }
    const written = (code: string): string | undefined => of(code).currency?.format.replaceAll(/\s/gu, ' ');
    assert.deepEqual(['US', 'DE', 'FR', 'JP', 'IN', 'GB', 'CH', 'KW'].map(written), [
      '$1,234.56',
      '1.234,56 €',
      '1 234,56 €',
      '￥1,235',
      '₹1,234.56',
      '£1,234.56',
      "CHF 1'234.56",
      '1,234.560 د.ك.',
    ]);
    assert.deepEqual(of('CH').currencies, ['CHF']);
    assert.deepEqual(of('UY').currencies, ['UYU']);
  });

  it('counts 27 members of the European Union, and their regions with codes of their own', () => {
    const members = [...countries.values()].filter(({ facts }) => facts.is_eu).map(({ facts }) => facts.code);
    const regions = ['AX', 'GF', 'GP', 'MF', 'MQ', 'RE', 'YT'];
    assert.equal(members.filter((code) => !regions.includes(code)).length, 27);
    assert.deepEqual(
      members.filter((code) => regions.includes(code)),
      regions,
    );
    for (const outside of ['GB', 'CH', 'NO', 'IS', 'GL', 'FO', 'TR', 'PM', 'NC'])
      assert.ok(!of(outside).is_eu, outside);
  });

  it('stands in prebuilt JSON as it is', () => {
    for (const { facts, json, contract } of countries.values()) {
      assert.deepEqual(JSON.parse(textOf(json)), facts);
      const { countryCode, countryName, currencies, languages } = JSON.parse(
        `{${textOf(contract)}}`,
      ) as Record<string, unknown>;
      assert.deepEqual(
        [countryCode, countryName, currencies, languages],
        [facts.code, facts.name, facts.currencies, facts.languages.map(({ code }) => code)],
      );
    }
  });
});
