import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { MOST_REWORDINGS, rewordings, withoutKindWords } from './wordings.ts';

test('leaves out what only says the kind, before a name or after it', () => {
  assert.equal(withoutKindWords('City of Chicago, Illinois').trim(), 'Chicago, Illinois');
  assert.equal(withoutKindWords('Cook County, Illinois'), 'Cook, Illinois');
  assert.equal(withoutKindWords('City of Yuba City').trim(), 'Yuba City', 'only one of them');
  assert.equal(withoutKindWords('Paris, Texas'), 'Paris, Texas');
  assert.equal(withoutKindWords('City, Town'), 'City, Town', 'a name is left over');
});

const REWORDED: readonly (readonly [string, string])[] = [
  ['Berlin, Germany, Europe', 'Berlin, Germany'],
  ['Weiden in der Oberpfalz', 'Weiden, Oberpfalz'],
  ['Frankenthal (Pfalz)', 'Frankenthal, Pfalz, '],
  ['Bozen/Bolzano', 'Bozen, Bolzano'],
  ['Cottbus - Chóśebuz', 'Cottbus, Chóśebuz'],
  ['Cd. Juárez', 'Ciudad  Juárez'],
  ['Pt. Angeles', 'Port  Angeles'],
  ['Pt. Pleasant', 'Point  Pleasant'],
  ['St. Pölten', 'Sankt  Pölten'],
  ['Gorzów Wlkp.', 'Gorzów Wielkopolski '],
  ['Trinidad and the Tobago', 'Trinidad & Tobago'],
  ['Town of Mtn. View (CA)', 'Mountain  View, CA, '],
];

for (const [text, wording] of REWORDED) {
  test(`rewords "${text}" as "${wording.trim()}"`, () => {
    const found = rewordings(text).map((one) => one.trim());
    assert.ok(found.includes(wording.trim()), found.join(' | '));
  });
}

test('leaves alone what needs no other wording', () => {
  for (const text of [
    'Paris',
    'Paris, Texas',
    'South Africa',
    'Frankfurt am Main',
    "Sant'Angelo",
    'Stuttgart',
  ])
    assert.deepEqual(rewordings(text), [], text);
});

test('gives a few different wordings of whatever is typed, and gives the same ones again', () => {
  const part = fc.constantFrom(
    'City of',
    'St.',
    'Pt',
    '(',
    ')',
    '/',
    ' - ',
    'and the',
    'Europe',
    ',',
    'Paris',
    'śl.',
    'in der',
  );
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.array(part, { maxLength: 20 }).map((parts) => parts.join(' ')),
  );
  fc.assert(
    fc.property(text, (query) => {
      const found = rewordings(query);
      assert.ok(found.length <= MOST_REWORDINGS && new Set(found).size === found.length);
      assert.ok(!found.includes(query.replaceAll(/\s+/gu, ' ')));
      assert.deepEqual(rewordings(query), found);
    }),
    { numRuns: 1_000 },
  );
});
