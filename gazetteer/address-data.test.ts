import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { packagedTemplates, readAddressData } from './address-data.ts';

test('the committed address data is what the script writes', () => {
  const committed = new URL('../src/services/geocoding/address/address-data.json', import.meta.url);
  assert.equal(readFileSync(committed, 'utf8'), `${JSON.stringify(readAddressData(packagedTemplates()))}\n`);
});
