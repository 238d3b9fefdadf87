import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { openTestGazetteer, requestOf } from '../../../test/support/gazetteer.ts';
import { elementAt, parseXml } from '../../../test/support/xml.ts';
import { createAnswer } from './answer.ts';
import type { Envelope } from './envelope.ts';
import type { Format } from './formats.ts';
import type { Gazetteer } from './gazetteer.ts';
import { parseGeocodeCall } from './parameters.ts';

let gazetteer: Gazetteer;
before(async () => {
  gazetteer = await openTestGazetteer();
});

const ask = (search: string, format: Format = 'json', headers: Record<string, string> = {}): string => {
  const answer = createAnswer({ base: gazetteer, extracts: [] }, 'https://localhost:8443');
  const call = parseGeocodeCall(requestOf(search, headers), format);
  const { body, isBytes } = answer(call, { now: 1_700_000_000_000, quota: undefined });
  return Buffer.from(String(body), isBytes === true ? 'latin1' : 'utf8').toString();
};

interface Shown {
  readonly formatted: string;
  readonly components: Readonly<Record<string, string>>;
}

const first = (search: string, headers?: Record<string, string>): Shown => {
  const { results } = JSON.parse(ask(search, 'json', headers)) as Envelope;
  assert.ok(results[0] !== undefined, search);
  return results[0] as unknown as Shown;
};

describe('names in ten languages', () => {
  const munich: [string, string, string, string, string][] = [
    ['de', 'München', 'Bayern', 'Deutschland', 'Europa'],
    ['en', 'Munich', 'Bavaria', 'Germany', 'Europe'],
    ['es', 'Múnich', 'Baviera', 'Alemania', 'Europa'],
    ['fr', 'Munich', 'Bavière', 'Allemagne', 'Europe'],
    ['it', 'Monaco di Baviera', 'Baviera', 'Germania', 'Europa'],
    ['pt', 'Munique', 'Baviera', 'Alemanha', 'Europa'],
    ['ja', 'ミュンヘン', 'バイエルン州', 'ドイツ', 'ヨーロッパ'],
    ['ar', 'ميونخ', 'بفاريا', 'ألمانيا', 'أوروبا'],
    ['ru', 'Мюнхен', 'Бавария', 'Германия', 'Европа'],
    ['zh', '慕尼黑', '巴伐利亚', '德国', '欧洲'],
  ];
  for (const [language, city, state, country, continent] of munich)
    it(`has them in ${language}`, () => {
      const { components, formatted } = first(`q=Munich&language=${language}`);
      assert.equal(components['city'], city);
      assert.equal(components['_normalized_city'], city);
      assert.equal(components['state'], state);
      assert.equal(components['country'], country);
      assert.equal(components['continent'], continent);
      assert.equal(formatted, `${city}, ${state}, ${country}`);
    });

  it('takes the language of a regional tag, and of a header', () => {
    assert.equal(first('q=Munich&language=pt-BR').components['city'], 'Munique');
    assert.equal(
      first('q=Munich', { 'accept-language': 'it-CH, en;q=0.5' }).components['city'],
      'Monaco di Baviera',
    );
    assert.equal(first('q=Munich&language=zh-TW').components['state'], '巴伐利亞');
    assert.equal(first('q=Munich&language=xx').components['city'], 'Munich');
  });

  it('shows Serbian names in Cyrillic only to whom they were asked for in it', () => {
    assert.equal(first('q=Munich&language=sr').components['city'], 'Минхен');
    assert.equal(first('q=Munich&language=sr-Latn').components['city'], 'Munich');
  });

  it('shows what places call themselves, and main names where a country has several languages', () => {
    assert.equal(first('q=Munich&language=native').formatted, 'München, Bayern, Deutschland');
    assert.equal(first('q=Kyoto&language=native').components['city'], '京都市');
    assert.equal(first('q=Geneva,Switzerland&language=native').components['city'], 'Genève');
  });

  it('keeps the main name where a language has none', () => {
    assert.equal(first('q=Paris,Texas&language=ja').formatted, 'Paris, テキサス州, アメリカ合衆国');
  });

  it('says a county that is called like its town in the language of the town', () => {
    const { components } = first('q=Paris,France&language=ar');
    assert.equal(components['county'], components['city']);
  });

  it('finds a place and a state by what they are called elsewhere', () => {
    for (const [asked, found] of [
      ['Mailand', 'Milan'],
      ['Kopenhagen', 'Copenhagen'],
      ['Praga', 'Prague'],
      ['Парыж', 'Paris'],
      ['ミュンヘン', 'Munich'],
    ] as const)
      assert.equal(first(`q=${encodeURIComponent(asked)}`).components['city'], found);
    assert.equal(first('q=Kalifornien').components['state'], 'California');
    assert.equal(first('q=Munich,Baviera').components['city'], 'Munich');
  });
});

describe('text from right to left', () => {
  it('comes through as it is in JSON and XML', () => {
    const root = parseXml(ask('q=Munich&language=ar', 'xml'));
    assert.equal(elementAt(root, 'results', 'result', 'components', 'city')?.text, 'ميونخ');
    assert.equal(elementAt(root, 'results', 'result', 'formatted')?.text, 'ميونخ, بفاريا, ألمانيا');
    for (const language of ['ar', 'fa', 'he']) {
      const text = ask(`q=Berlin&language=${language}`);
      assert.doesNotMatch(text, /\ufffd|\\u202|Ã|Ø/u);
      assert.match((JSON.parse(text) as Envelope).results[0]?.formatted ?? '', /^[\u0590-\u06ff]/u);
    }
  });
});
