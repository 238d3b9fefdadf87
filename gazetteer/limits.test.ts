import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkLimit, MOST_ENTITIES } from './limits.ts';

test('refuses more than the index can number, and says how many and what to do', () => {
  checkLimit('places', MOST_ENTITIES, MOST_ENTITIES);
  assert.throws(
    () => checkLimit('places', MOST_ENTITIES + 1, MOST_ENTITIES),
    /at most 1,073,741,823 places, and there are 1,073,741,824: leave out files or countries/u,
  );
});
