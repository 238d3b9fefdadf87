import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseAllDocuments } from 'yaml';
import type { AddressData } from './address-data.ts';
import { createAddressFormatter } from './formatter.ts';
import type { Components } from './template.ts';

const data = JSON.parse(readFileSync(new URL('address-data.json', import.meta.url), 'utf8')) as AddressData;
const formatter = createAddressFormatter(data);

interface Case {
  readonly components: Components;
  readonly expected: string;
  readonly description?: string;
}

/** Published cases of OpenCage's address-formatting; not part of the project. */
const PUBLISHED = join(import.meta.dirname, '../../../../../shared/data/address-formatting/testcases');

const casesOf = (folder: string): Case[] =>
  readdirSync(join(PUBLISHED, folder)).flatMap((file) =>
    parseAllDocuments(readFileSync(join(PUBLISHED, folder, file), 'utf8'), { schema: 'failsafe' }).flatMap(
      (document) => {
        const found = document.toJS() as Case | null;
        return found?.components === undefined
          ? []
          : [{ ...found, description: `${file}: ${found.description ?? ''}` }];
      },
    ),
  );

describe('an address', () => {
  it(
    'is written as in all published cases',
    { skip: existsSync(PUBLISHED) ? false : 'the published cases are not beside the project' },
    () => {
      const folders = ['countries', 'other', 'abbreviations'];
      const cases = folders.map((folder) => ({ folder, found: casesOf(folder) }));
      const wrong = cases.flatMap(({ folder, found }) =>
        found.filter(({ components, expected }) => {
          const lines = formatter.lines(components, { abbreviate: folder === 'abbreviations' });
          return `${lines.join('\n')}\n` !== expected;
        }),
      );
      assert.equal(cases.flatMap(({ found }) => found).length, 469);
      assert.deepEqual(
        wrong.map(({ description }) => description),
        [],
      );
    },
  );

  const street = { house_number: '12', road: 'Lindenstraße', postcode: '10969' };
  const written: [string, Components, string[]][] = [
    [
      'the number after the street in Germany',
      { ...street, city: 'Berlin', state: 'Berlin', country: 'Deutschland', country_code: 'de' },
      ['Lindenstraße 12', '10969 Berlin', 'Deutschland'],
    ],
    [
      'the state as a code in the United States',
      {
        road: 'Main Street',
        house_number: '5',
        city: 'Paris',
        state: 'Texas',
        postcode: '75460',
        country_code: 'us',
      },
      ['5 Main Street', 'Paris, TX 75460'],
    ],
    [
      'the dependent territory with the country that it belongs to',
      { city: 'San Juan', country: 'Puerto Rico', country_code: 'pr', postcode: '00901' },
      ['San Juan, PR 00901', 'United States of America'],
    ],
    ['the country of a code that no form is for', { city: 'Nowhere', country_code: 'qq' }, ['Nowhere']],
    ['what there is where there is no code', { city: 'Nowhere', country: 'Land' }, ['Nowhere', 'Land']],
    ['nothing', {}, []],
  ];
  for (const [what, components, lines] of written)
    it(`has ${what}`, () => assert.deepEqual(formatter.lines(components), lines));

  it('leaves out what stands there where the address alone is wanted', () => {
    const house = { ...street, building: 'Altes Haus', museum: 'Museum', city: 'Berlin', country_code: 'de' };
    assert.deepEqual(formatter.lines(house), ['Museum', 'Altes Haus', 'Lindenstraße 12', '10969 Berlin']);
    assert.deepEqual(formatter.lines(house, { addressOnly: true }), ['Lindenstraße 12', '10969 Berlin']);
  });

  it('leaves what it was given as it is', () => {
    const given = Object.freeze({ city: 'San Juan', country: 'Puerto Rico', country_code: 'pr' });
    assert.doesNotThrow(() => formatter.lines(given));
  });

  it('has no empty or doubled line, no loose comma and no tag, whatever the components hold', () => {
    const names = [...new Set(data.aliases.flat()), '__proto__', 'constructor', 'of_a_later_version'];
    const text = fc.oneof(
      fc.string({ maxLength: 30 }),
      fc.constantFrom('', ' ', ',', 'Berlin', 'New York', '12345', '$1', 'http://a.b'),
    );
    const components = fc.tuple(
      fc.constantFrom(...Object.keys(data.territories), 'zz'),
      fc.dictionary(fc.constantFrom(...names), text, { maxKeys: 12 }),
    );
    fc.assert(
      fc.property(components, ([code, given]) => {
        const lines = formatter.lines({ ...given, country_code: code });
        for (const line of lines) {
          assert.equal(line, line.trim());
          assert.notEqual(line, '');
          assert.doesNotMatch(line, /^,|,$|, ,|\{\{\{|undefined/);
        }
        const others = lines.filter((line) => line.toLowerCase() !== 'new york');
        assert.equal(new Set(others).size, others.length);
      }),
      { numRuns: 2000 },
    );
  });
});
