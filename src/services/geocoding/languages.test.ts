import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import fc from 'fast-check';
import { openTestGazetteer } from '../../../test/support/gazetteer.ts';
import type { Gazetteer } from './gazetteer.ts';
import { createLanguages, type CountryTexts, type Languages } from './languages.ts';

let gazetteer: Gazetteer;
let languages: Languages;
before(async () => {
  gazetteer = await openTestGazetteer();
  languages = createLanguages(gazetteer.countries);
});

const nameOf = (texts: CountryTexts, alpha2: string): string => {
  const index = gazetteer.countries.findIndex((country) => country.alpha2 === alpha2);
  const start = texts.nameStart[index]!;
  return texts.bytes.toString('utf8', start, start + texts.nameLength[index]!);
};

test('names countries in the language asked for', () => {
  assert.equal(nameOf(languages.choose('de', undefined), 'FR'), 'Frankreich');
  assert.equal(nameOf(languages.choose('pt-BR', undefined), 'DE'), 'Alemanha');
  assert.equal(nameOf(languages.choose('ZH', undefined), 'JP'), '日本');
});

test('names countries in their own language', () => {
  const native = languages.choose('native', undefined);
  assert.equal(nameOf(native, 'DE'), 'Deutschland');
  assert.equal(nameOf(native, 'JP'), '日本');
  assert.equal(nameOf(native, 'AT'), 'Österreich');
  assert.equal(nameOf(native, 'US'), 'United States');
});

test('falls back to Accept-Language by its weights, then to English', () => {
  assert.equal(nameOf(languages.choose(undefined, 'fr;q=0.5, es;q=0.9, xx'), 'DE'), 'Alemania');
  assert.equal(nameOf(languages.choose(undefined, '*'), 'DE'), 'Germany');
  assert.equal(nameOf(languages.choose(undefined, 'de;q=0, xx'), 'DE'), 'Germany');
  assert.equal(nameOf(languages.choose(undefined, undefined), 'DE'), 'Germany');
  assert.equal(nameOf(languages.choose('not a language', 'fr'), 'DE'), 'Germany');
});

test('says Hong Kong and Macao without a status', () => {
  assert.equal(nameOf(languages.choose('en', undefined), 'HK'), 'Hong Kong');
  assert.equal(nameOf(languages.choose('en', undefined), 'MO'), 'Macao');
});

test('takes any text for a tag or header, and any number of them', () => {
  const tag = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.stringMatching(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/),
    fc.constantFrom('en-a-b', 'x-private', 'de-de-de-de', 'i-default', '--', 'en-'),
  );
  fc.assert(
    fc.property(tag, fc.option(fc.string({ maxLength: 400 }), { nil: undefined }), (text, header) => {
      assert.ok(nameOf(languages.choose(text, header), 'DE').length > 1);
      assert.ok(nameOf(languages.choose(undefined, header), 'DE').length > 1);
    }),
    { numRuns: 500 },
  );
});

test('has one and the same texts for English, in which places have their main names, however many other languages were asked for', () => {
  const withNames = createLanguages(gazetteer.countries, gazetteer.localNames);
  const english = withNames.choose('en', undefined);
  const all =
    'af am ar as az be bg bn bs ca cs cy da de el es et eu fa fi fil fr ga gl gu he hi hr hu hy id is it ja ka kk km kn ko ky lo lt lv mk ml mn mr ms my nb ne nl or pa pl ps pt ro ru si sk sl so sq sr sv sw ta te th tk tr uk ur uz vi zh zu';
  for (const language of all.split(' ')) withNames.choose(language, undefined);
  // More spellings than are remembered.
  for (let region = 0; region < 600; region += 1)
    withNames.choose(`de-${String(region).padStart(3, '0')}`, undefined);
  assert.equal(withNames.choose('en', undefined), english);
});
