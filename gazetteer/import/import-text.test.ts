import { deepEqual, equal, ok } from 'node:assert/strict';
import { test } from 'node:test';
import { assert, property, string } from 'fast-check';
import { MOST_TEXT } from './feature.ts';
import { excerpt, ImportError } from './import-error.ts';
import { createSkips } from './import-skips.ts';
import { cleanText } from './import-text.ts';

test('trims texts, composes letters, and removes what cannot be seen', () => {
  equal(cleanText('  Städtle  37 '), 'Städtle 37');
  equal(cleanText('Sta\u0308dtle'), 'Städtle');
  equal(cleanText('a\u0000b\u202ec\n'), 'a b c');
  equal(cleanText(' \u200b\ufeff '), undefined);
  equal(cleanText(''), undefined);
  equal(cleanText(undefined), undefined);
});

test('makes every text what features promise', () => {
  assert(
    property(string({ unit: 'binary', maxLength: 500 }), (text) => {
      const clean = cleanText(text);
      if (clean === undefined) return;
      ok(clean.length > 0 && clean.length <= MOST_TEXT);
      equal(clean, clean.trim());
      ok(clean.isWellFormed());
      ok(!/\p{Cc}/u.test(clean));
    }),
  );
});

test('repeats no more of a cell than forty printable characters', () => {
  equal(excerpt(`\u001b[31m${'x'.repeat(100)}`), `[31m${'x'.repeat(36)}`);
  equal(excerpt('\u202eevil\u0007'), 'evil');
});

test('says where, what and what to do in one sentence', () => {
  const error = new ImportError({
    file: 'a.csv',
    line: 7,
    field: 'LAT',
    what: 'it is no number',
    todo: 'repair it',
  });
  equal(error.message, 'a.csv, line 7, LAT: it is no number; repair it.');
});

test('counts what is left out and keeps the first ten', () => {
  const skips = createSkips();
  for (let line = 1; line <= 25; line += 1) skips.skip(line % 2 === 0 ? 'even' : 'odd', `line ${line}`);
  equal(skips.total, 25);
  deepEqual(Object.fromEntries(skips.reasons), { odd: 13, even: 12 });
  equal(skips.first.length, 10);
  equal(skips.first[0], 'line 1: odd');
});
