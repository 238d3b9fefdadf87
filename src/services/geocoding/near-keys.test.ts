import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import fc from 'fast-check';
import { openTestGazetteer } from '../../../test/support/gazetteer.ts';
import { foldInto, foldKey } from './fold.ts';
import type { EntityView, Gazetteer } from './gazetteer.ts';
import { createKeyIndex } from './key-index.ts';
import { createNearKeys, type NearKeys } from './near-keys.ts';
import type { ForwardQuery } from './request.ts';

let gazetteer: Gazetteer;
let near: NearKeys;
/** A run of keys as text, to compare with what a slow search over all of them finds. */
let sample: string[];

const textOf = (key: number): string => {
  const { keyBytes, keyStart } = gazetteer.sections;
  return Buffer.from(keyBytes.subarray(keyStart[key], keyStart[key + 1])).toString();
};

before(async () => {
  gazetteer = await openTestGazetteer();
  near = createNearKeys(gazetteer.sections, createKeyIndex(gazetteer.sections));
  const keys = gazetteer.sections.keyStart.length - 1;
  sample = Array.from({ length: 4_000 }, (_, index) => textOf(Math.floor((index * keys) / 4_000)));
});

const neighbours = (text: string, errors: 1 | 2): string[] => {
  const bytes = Buffer.alloc(1_024);
  near.restart();
  const count = near.find(bytes, 0, foldInto(text, bytes), errors);
  return [...near.keys.subarray(0, count)].map(textOf);
};

/** Optimal string alignment (Damerau 1964), the slow way, over letters. */
const distance = (a: readonly string[], b: readonly string[]): number => {
  const rows = Array.from({ length: a.length + 1 }, (_, row) =>
    Array.from({ length: b.length + 1 }, (__, column) => (row === 0 ? column : column === 0 ? row : 0)),
  );
  for (let row = 1; row <= a.length; row++) {
    for (let column = 1; column <= b.length; column++) {
      const change = a[row - 1] === b[column - 1] ? 0 : 1;
      let least = Math.min(
        rows[row - 1]![column]! + 1,
        rows[row]![column - 1]! + 1,
        rows[row - 1]![column - 1]! + change,
      );
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1])
        least = Math.min(least, rows[row - 2]![column - 2]! + 1);
      rows[row]![column] = least;
    }
  }
  return rows[a.length]![b.length]!;
};

const found = (text: string, options: Partial<ForwardQuery> = {}): EntityView[] =>
  gazetteer.forward({ text, limit: 10, fuzzy: true, ...options }).map((id) => gazetteer.entity(id));

const EXAMPLES: readonly (readonly [string, string])[] = [
  ['Berln', 'Berlin DE'],
  ['Bwrlin', 'Berlin DE'],
  ['eBrlin', 'Berlin DE'],
  ['Berliin', 'Berlin DE'],
  ['Pari, Texas', 'Paris US'],
  ['Paris texs', 'Paris US'],
  ['Sprngfield, Illinois', 'Springfield US'],
  ['Springfield, Ilinois', 'Springfield US'],
  ['12 Main Street, Sprngfield, Illinois', 'Springfield US'],
  ['San Fransisco', 'San Francisco US'],
  ['sanfrancisco', 'San Francisco US'],
  ['Novosibrisk', 'Novosibirsk RU'],
  ['Cincinatti', 'Cincinnati US'],
  ['Phillidelphia', 'Philadelphia US'],
  ['Мосва', 'Moscow RU'],
  ['Αθνα', 'Athens GR'],
  ['Massachusets', 'Massachusetts US'],
];
for (const [text, answer] of EXAMPLES) {
  test(`forgives "${text}" and finds ${answer}`, () => {
    const [first] = found(text);
    assert.equal(`${first?.name ?? 'nothing'} ${first?.country ?? ''}`, answer);
  });
}

test('finds nothing that is farther away than it says, and nothing twice', () => {
  for (const text of ['berlin', 'san jose', 'москва', 'saint louis', 'københavn', 'novosibrisk']) {
    for (const errors of [1, 2] as const) {
      const names = neighbours(text, errors);
      assert.equal(new Set(names).size, names.length);
      const letters = Array.from(Buffer.from(foldKey(text), 'latin1').toString());
      for (const name of names) assert.ok(distance(letters, Array.from(name)) <= errors, `${text} ${name}`);
    }
  }
});

test('finds every key of the sample from every one-letter error in it', () => {
  const plain = sample.filter((key) => /^[a-z ]{4,30}$/u.test(key));
  assert.ok(plain.length > 1_000);
  fc.assert(
    fc.property(
      fc.constantFrom(...plain),
      fc.nat(),
      fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz'.split('')),
      fc.integer({ min: 0, max: 3 }),
      (key, where, letter, kind) => {
        const letters = Array.from(key);
        const at = where % letters.length;
        if (kind === 0) letters.splice(at, 1);
        else if (kind === 1) letters.splice(at, 0, letter);
        else if (kind === 2) letters[at] = letter;
        else if (at + 1 < letters.length) letters.splice(at, 2, letters[at + 1]!, letters[at]!);
        const text = letters.join('');
        // Folding tidies spaces, so that a text may be another than was typed, or too short to look for.
        if (Buffer.from(foldKey(text), 'latin1').toString() !== text || text.length < 3) return;
        if (text === key) return;
        const names = neighbours(text, 1);
        assert.ok(names.includes(key) || names.length === near.keys.length, `${text} for ${key}`);
      },
    ),
    { numRuns: 2_000 },
  );
});

test('gives the same first results for names that are written right', () => {
  const { type } = gazetteer.records;
  for (let id = 0; id < gazetteer.size; id += 211) {
    if (type(id) < 3) continue;
    const text = gazetteer.entity(id).name;
    const exact = gazetteer.forward({ text, limit: 10 });
    if (exact.length === 0) continue;
    assert.deepEqual(gazetteer.forward({ text, limit: 10, fuzzy: true }).slice(0, exact.length), exact, text);
  }
});

test('forgives nothing unless it is asked to, and no number at all', () => {
  assert.deepEqual(found('Berln', { fuzzy: false }), []);
  assert.deepEqual(found('1011 5'), []);
  assert.deepEqual(found('xq'), []);
});

test('never throws on anything typed', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (text) => {
      assert.ok(found(text).length <= 10);
    }),
    { numRuns: 500 },
  );
});
