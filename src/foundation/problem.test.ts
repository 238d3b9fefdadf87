import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Problem } from './problem.ts';

describe('a problem', () => {
  it('knows where it was made only where something may be wrong with us', () => {
    const refusal = new Problem(401, 'invalid_key', 'No valid key');
    assert.equal(refusal.stack, 'Problem: invalid_key: No valid key');
    const trouble = new Problem(503, 'unavailable', 'Away');
    assert.match(trouble.stack ?? '', /problem\.test\.ts/);
    assert.match(new Error('after it').stack ?? '', /problem\.test\.ts/);
  });
});
