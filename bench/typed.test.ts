import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openTestGazetteer } from '../test/support/gazetteer.ts';
import { drawTypos, recallOf } from './typed.ts';

test('finds at least 95 of 100 names of places from one typing error, among the first ten', async () => {
  const gazetteer = await openTestGazetteer();
  const typos = drawTypos(gazetteer, 2_000);
  assert.ok(typos.filter(({ text, name }) => text !== name).length > 1_900);
  const forgiving = recallOf(gazetteer, typos, (text) => gazetteer.forward({ text, limit: 10, fuzzy: true }));
  assert.ok(forgiving >= 0.95, String(forgiving));
  const strict = recallOf(gazetteer, typos, (text) => gazetteer.forward({ text, limit: 10 }));
  assert.ok(strict < 0.5, String(strict));
});
