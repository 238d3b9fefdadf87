import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import fc from 'fast-check';
import { openTestGazetteer } from '../../../test/support/gazetteer.ts';
import { foldInto } from './fold.ts';
import type { Gazetteer } from './gazetteer.ts';
import { beginningWorth, createKeyLeaders } from './key-leaders.ts';
import { createLanguages } from './languages.ts';
import type { SuggestQuery } from './request.ts';

let gazetteer: Gazetteer;
before(async () => {
  gazetteer = await openTestGazetteer();
});

const suggest = (text: string, options: Partial<SuggestQuery> = {}): string[] =>
  gazetteer.suggest({ text, limit: 10, ...options }).map((id) => {
    const { name, state, country } = gazetteer.entity(id);
    return `${name}, ${state ?? '-'}, ${country}`;
  });

const EXAMPLES: readonly (readonly [string, string])[] = [
  ['Par', 'Paris, Île-de-France, FR'],
  ['par', 'Paris, Île-de-France, FR'],
  ['berl', 'Berlin, State of Berlin, DE'],
  ['Münc', 'Munich, Bavaria, DE'],
  ['munc', 'Munich, Bavaria, DE'],
  ['muenc', 'Munich, Bavaria, DE'],
  ['Parigi', 'Paris, Île-de-France, FR'],
  ['Londr', 'London, England, GB'],
  ['Моск', 'Moscow, Moscow, RU'],
  ['北', 'Beijing, Beijing, CN'],
  ['new yo', 'New York City, New York, US'],
  ['san fr', 'San Francisco, California, US'],
  ['st. lou', 'St. Louis, Missouri, US'],
  ['paris te', 'Paris, Texas, US'],
  ['Paris, Te', 'Paris, Texas, US'],
  ['Frankf, Germ', 'Frankfurt am Main, Hesse, DE'],
  ['Paris, Texas, U', 'Paris, Texas, US'],
  ['Londn', 'London, England, GB'],
  ['germ', 'Germany, -, DE'],
];
for (const [text, answer] of EXAMPLES) {
  test(`suggests ${answer} for "${text}"`, () => {
    const found = suggest(text);
    assert.ok(found.includes(answer), found.join('; '));
  });
}

/** What comes first in a language for three letters, or two. */
const FIRST: readonly (readonly [string, string, string])[] = [
  ['en', 'Tok', 'Tokyo, Tokyo, JP'],
  ['en', 'Mil', 'Milan, Lombardy, IT'],
  ['en', 'Mun', 'Munich, Bavaria, DE'],
  ['en', 'Par', 'Paris, Île-de-France, FR'],
  ['en', 'Ber', 'Berlin, State of Berlin, DE'],
  ['en', 'Pra', 'Prague, Prague, CZ'],
  ['en', 'Ger', 'Germany, -, DE'],
  ['en', 'Ind', 'India, -, IN'],
  ['en', 'Wa', 'Warsaw, Mazovia, PL'],
  ['de', 'Deu', 'Germany, -, DE'],
  ['de', 'Mün', 'Munich, Bavaria, DE'],
  ['de', 'Mail', 'Milan, Lombardy, IT'],
  ['de', 'Öst', 'Austria, -, AT'],
  ['de', 'War', 'Warsaw, Mazovia, PL'],
  ['hu', 'Magy', 'Hungary, -, HU'],
  ['it', 'Mona', 'Munich, Bavaria, DE'],
  ['fr', 'All', 'Germany, -, DE'],
  ['pl', 'Nie', 'Germany, -, DE'],
  ['fr', 'Lond', 'London, England, GB'],
  ['ru', 'Мюн', 'Munich, Bavaria, DE'],
];
test('puts what three letters mean to the asker first', () => {
  const languages = createLanguages(gazetteer.countries, gazetteer.localNames);
  const found = FIRST.map(([language, text]) => [
    language,
    text,
    suggest(text, { namedIn: languages.choose(language, undefined) })[0],
  ]);
  assert.deepEqual(found, FIRST);
});

test('suggests no country by its name in another language where a place begins so', () => {
  for (const text of ['San', 'Ma', 'Ban', 'Ath', 'Ala', 'Wa']) {
    const found = suggest(text);
    for (const name of ['Saint Lucia', 'Hungary', 'United States', 'Ethiopia', 'Netherlands', 'Vanuatu'])
      assert.ok(!found.some((one) => one.startsWith(`${name}, -`)), `${text}: ${found.join('; ')}`);
  }
});

test('puts a name that is typed whole before longer ones of the same weight', () => {
  assert.equal(suggest('York')[0], 'York, England, GB');
  assert.equal(suggest('Paris, Te')[0], 'Paris, Texas, US');
});

test('keeps to countries, kinds and bounds, and moves up what is near', () => {
  assert.ok(suggest('par', { countries: ['US'] }).every((found) => found.endsWith(', US')));
  const kinds = gazetteer.suggest({ text: 'ge', limit: 10, types: ['country'] });
  assert.ok(kinds.length >= 2 && kinds.every((id) => gazetteer.entity(id).type === 'country'));
  const bounds = { west: 5, south: 47, east: 15, north: 55 };
  for (const id of gazetteer.suggest({ text: 'ha', limit: 10, bounds })) {
    const { lat, lng } = gazetteer.entity(id);
    assert.ok(lng >= 5 && lng <= 15 && lat >= 47 && lat <= 55);
  }
  const near = suggest('spring', { proximity: { lat: 44.05, lng: -123.09 } });
  assert.ok(near.slice(0, 2).includes('Springfield, Oregon, US'), near.join('; '));
});

test('gives nothing twice, and the first of many as the few', () => {
  for (const text of ['s', 'sa', 'san', 'san j', 'а', '東']) {
    const many = gazetteer.suggest({ text, limit: 100 });
    assert.equal(new Set(many).size, many.length);
    assert.deepEqual(gazetteer.suggest({ text, limit: 5 }), many.slice(0, 5));
  }
});

test('gives the most important of all that begin so, as a reading of all of them would', () => {
  const { sections, records } = gazetteer;
  const leaders = createKeyLeaders(sections);
  const { keyPostings, postings, score } = sections;
  for (const text of ['b', 'ber', 'saint', 'novo', 'м', 'la ', 'q']) {
    const bytes = Buffer.alloc(64);
    const end = foldInto(text, bytes);
    const range = leaders.rangeOf(bytes, 0, end);
    let best = -1;
    for (let key = range.first; key < range.end; key++) {
      for (let at = keyPostings[key]!; at < keyPostings[key + 1]!; at++)
        best = Math.max(best, beginningWorth(score, records, postings[at]!));
    }
    const seen: number[] = [];
    // No name is as long as that, so that none gets the bonus of a whole one.
    leaders.visit(range, 10_000, 200, (posting) => {
      seen.push(beginningWorth(score, records, posting));
      return true;
    });
    assert.ok(Math.abs(seen[0]! - best) < 0.0001, `${text}: ${seen[0]} for ${best}`);
    for (const [index, worth] of seen.entries())
      assert.ok(index === 0 || worth <= seen[index - 1]! + 0.0001, `${text}: ${index}`);
  }
});

test('answers anything typed within its limit', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string({ unit: 'grapheme', maxLength: 40 }), fc.string({ unit: 'binary', maxLength: 40 })),
      fc.integer({ min: 1, max: 100 }),
      (text, limit) => {
        const found = gazetteer.suggest({ text, limit });
        assert.ok(found.length <= limit && new Set(found).size === found.length);
      },
    ),
    { numRuns: 1_000 },
  );
});
