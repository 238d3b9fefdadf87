/** How much work it is to understand where a street is said to be. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { extractOf, liechtenstein, fine } from '../../../../test/support/extract.ts';
import { openTestGazetteer } from '../../../../test/support/gazetteer.ts';
import { cutAddress } from './address-words.ts';
import { createAddressSearch } from './address-search.ts';
import { createAreaWords } from './area-words.ts';
import { createExtractKeys } from './extract-keys.ts';

const base = await openTestGazetteer();
const { extract } = await liechtenstein(base);

test('looks up each run of words at most once, however many areas they name', () => {
  const { sections, records } = extract;
  const keys = createExtractKeys(sections);
  let lookups = 0;
  const counted = {
    ...keys,
    find: (key: string) => {
      lookups += 1;
      return keys.find(key);
    },
  };
  const areas = createAreaWords(sections, records, counted);
  for (const area of ['9490', 'vaduz', 'unknown', '99999']) {
    lookups = 0;
    const address = cutAddress(`landstrasse ${`${area} `.repeat(14)} zzz`);
    assert.ok(address);
    const { words } = address;
    assert.equal(words.length, 16);
    assert.equal(
      areas.read(address, (word) => word === 0),
      undefined,
    );
    assert.ok(lookups <= (words.length * words.length) / 2, `${lookups} look-ups for ${area}`);
  }
  const whole = cutAddress(`landstrasse ${'9490 '.repeat(15)}`);
  assert.ok(whole);
  assert.equal(areas.read(whole, (word) => word === 0)?.length, 15);
});

test('a beginning looks at so many things and no more, also where filters leave all of them out', async () => {
  const pois = Array.from({ length: 6_000 }, (_, at) => ({
    kind: 'poi' as const,
    lat: fine(51 + Math.floor(at / 100) / 1_000),
    lng: fine(14 + (at % 100) / 1_000),
    name: 'Automat',
    category: 'commerce',
    type: 'shop',
  }));
  const { sections, records } = await extractOf(base, pois);
  const looked = new Set<number>();
  const watched = {
    ...records,
    spot: (id: number, field: number) => {
      looked.add(id);
      return records.spot(id, field);
    },
  };
  const search = createAddressSearch(sections, watched);
  const query = { text: 'Autom', limit: 10, isPrefix: true, keepDuplicates: true };
  assert.equal(search(query).records.length, 10);
  looked.clear();
  assert.equal(search({ ...query, countries: ['FR'] }).records.length, 0);
  assert.ok(looked.size > 0 && looked.size <= 4_096, `${looked.size} were looked at`);
});
