import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { openAddressFormatter } from '../formatted.ts';
import { isPlainText, wordsOf } from './plain-text.ts';

describe('a plain text', () => {
  it('is a name of letters', () => {
    for (const name of ['Berlin', 'Saint-Jean-d’Angély', 'St. Louis', 'München', '東京', 'ميونخ', "L'Aquila"])
      assert.ok(isPlainText(name, []), name);
  });

  it('is nothing with a digit, a comma, a loose mark, or two spaces', () => {
    for (const name of [
      '75000',
      'Paris 15',
      'Springfield, Illinois',
      '- x',
      'a  b',
      ' a',
      'a ',
      'New York',
      '',
      '.',
    ])
      assert.ok(!isPlainText(name, []), name);
  });

  it('has no word of a rule', () => {
    const words = wordsOf([
      ['London\\nEngland\\nUnited Kingdom', 'x'],
      ['City of Nottingham', 'x'],
      ['(Distrito Capital|Capital District)', 'x'],
    ]);
    assert.deepEqual(words, ['London', 'Nottingham', 'Distrito', 'Capital', 'District']);
    assert.ok(!isPlainText('London Colney', words));
    assert.ok(isPlainText('City of Westminster', words));
  });
});

describe('a plain value', () => {
  const formatter = openAddressFormatter();

  it('is written as a rule of the country has it', () => {
    assert.equal(formatter.plain('de', 'county', 'Landkreis Konstanz'), 'Konstanz');
    assert.equal(formatter.plain('DE', 'state', 'Bayern'), 'Bayern');
    assert.equal(formatter.plain('ru', 'state', 'Тверская область', { abbreviate: true }), 'Тверская обл');
  });

  it('is none where the template alone can tell', () => {
    assert.equal(formatter.plain('us', 'state', 'Washington, D.C.'), undefined);
    assert.equal(formatter.plain('gb', 'city', 'London'), undefined);
    assert.equal(formatter.plain('nl', 'state', 'Curaçao'), undefined);
  });

  it('stands in the address between names that have nothing to do with it', () => {
    const letters = fc
      .stringMatching(/^\p{Lu}\p{Ll}{3,8}$/u)
      .filter((text) => text !== 'Sonstwo' && text !== 'Irgend');
    fc.assert(
      fc.property(
        fc.constantFrom('de', 'fr', 'it', 'us', 'jp', 'kr', 'gb', 'ru'),
        letters,
        (country, value) => {
          const written = formatter.plain(country, 'city', value);
          const lines = formatter.lines({
            city: value,
            state: 'Irgend',
            country: 'Sonstwo',
            country_code: country,
          });
          if (written !== undefined) assert.ok(lines.join(', ').includes(written));
        },
      ),
    );
  });
});
