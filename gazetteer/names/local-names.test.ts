import assert from 'node:assert/strict';
import { test } from 'node:test';
import { packLocalNames, readLocalNames, unpackLocalNames } from './local-names-file.ts';
import { readMoFile } from './mo-file.ts';
import { readAdminNames, readPlaces } from '../sources.ts';

test('the committed names are of places and states that there are, tidy, and other than the main name', () => {
  const main = new Map(readAdminNames(1));
  for (const { geonameId, name } of readPlaces()) main.set(String(geonameId), name);
  const names = readLocalNames();
  assert.ok(names.size > 15_000);
  let count = 0;
  for (const [key, list] of names) {
    const own = main.get(key);
    assert.ok(own !== undefined, key);
    assert.equal(new Set(list.map(({ language }) => language)).size, list.length, key);
    for (const { language, name } of list) {
      count += 1;
      assert.notEqual(name, own);
      assert.equal(name, name.normalize('NFC').trim());
      assert.match(name, /^[^\p{Cc}\t,;=]*\p{L}[^\p{Cc}\t,;=]*$/u);
      assert.equal(Intl.getCanonicalLocales(language).length, 1);
    }
  }
  assert.ok(count > 150_000);
});

test('names are packed and unpacked without a loss', () => {
  const names = new Map([
    ['2867714', [{ language: 'de', name: 'München' }]],
    ['DE.02', [{ language: 'ar', name: 'بفاريا' }]],
  ]);
  assert.deepEqual(unpackLocalNames(packLocalNames(names)), names);
});

/** A catalogue of gettext with these messages, laid out as its manual says. */
const catalogueOf = (messages: readonly (readonly [string, string])[]): Buffer => {
  const head = Buffer.alloc(28);
  const table = Buffer.alloc(messages.length * 16);
  head.writeUInt32LE(0x9504_12de, 0);
  head.writeUInt32LE(messages.length, 8);
  head.writeUInt32LE(28, 12);
  head.writeUInt32LE(28 + messages.length * 8, 16);
  const texts: Buffer[] = [];
  let at = 28 + table.length;
  for (const side of [0, 1] as const)
    messages.forEach((message, index) => {
      const text = Buffer.from(message[side]);
      const entry = (side * messages.length + index) * 8;
      table.writeUInt32LE(text.length, entry);
      table.writeUInt32LE(at, entry + 4);
      texts.push(text, Buffer.alloc(1));
      at += text.length + 1;
    });
  return Buffer.concat([head, table, ...texts]);
};

test('a catalogue of gettext is read without its header, and refused where it is cut short or none', () => {
  const file = catalogueOf([
    ['', 'Project-Id-Version: geonames\n'],
    ['2867714', 'München'],
  ]);
  assert.deepEqual(readMoFile(file), new Map([['2867714', 'München']]));
  assert.throws(() => readMoFile(file.subarray(0, file.length - 4)), /cut short/);
  assert.throws(() => readMoFile(Buffer.from('no catalogue at all, but long enough')), /no catalogue/);
});
