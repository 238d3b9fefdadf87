/** Tables in memory that outlive a request hold what they are for, and nothing of the request that it was cut from. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isAlive } from './support/heap.ts';
import type { KnownKey } from '../src/gate/key-cache.ts';
import { createRecentKeys } from '../src/gate/recent-keys.ts';
import { parseQuery } from '../src/http/query.ts';
import { createLanguages } from '../src/services/geocoding/languages.ts';

/** In bytes, so that the test itself has no string of it. */
const MARK = Buffer.from([113, 122, 55, 107, 119, 52, 106, 118, 57, 120, 50, 109, 113, 56, 122, 51]);
const KEY = `vs_sk_live_${'k'.repeat(40)}`;

/** A parameter, cut from a query with the mark in another. */
const cut = (name: string, value: string): string => {
  const search = Buffer.concat([Buffer.from(`q=`), MARK, Buffer.from(`&${name}=${value}`)]).toString(
    'latin1',
  );
  return parseQuery(search).values.get(name) ?? '';
};

test('a key of the last second keeps nothing of the address that it came in', async () => {
  const recent = createRecentKeys(600_000);
  const known = { publicKey: 'vs_pk_live_a', mark: 0, expiresAt: 0 } as unknown as KnownKey;
  ((): void => recent.put(cut('key', KEY), known, 0))();
  assert.equal(await isAlive(MARK), false);
  assert.equal(recent.get(KEY, 0), known);
});

test('a language keeps nothing of the address that it came in, and what is none is not kept', async () => {
  const languages = createLanguages([]);
  ((): void => void languages.choose(cut('language', 'ca-ES-valencia-100'), undefined))();
  assert.equal(await isAlive(MARK), false);
  ((): void => void languages.choose(MARK.toString('latin1'), undefined))();
  assert.equal(await isAlive(MARK), false);
});

test('a part that is kept as it was cut would be found', async () => {
  const kept = [cut('key', KEY)];
  assert.equal(await isAlive(MARK), true);
  assert.equal(kept[0], KEY);
});
