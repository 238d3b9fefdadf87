import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isAlive } from '../../../../test/support/heap.ts';
import { createUserAgentReader } from './reader.ts';
import { loadUserAgentRules } from './rules.ts';

/** In bytes, so that the test itself has no string of it. */
const MARK = Buffer.from([113, 122, 55, 107, 119, 52, 106, 118, 57, 120, 50, 109, 113, 56, 122, 51]);

/** A user agent with the mark where no rule takes it, and a model long enough for V8 to cut it out of the whole. */
const marked = (): string =>
  Buffer.concat([
    Buffer.from('Mozilla/5.0 (Linux; Android 13; SAMSUNG SM-S918B-LONGMODEL) AppleWebKit/537.36 ('),
    MARK,
    Buffer.from(') Chrome/116.0.5845.163 Mobile Safari/537.36'),
  ]).toString('latin1');

describe('a user agent that was read', () => {
  const reader = createUserAgentReader(loadUserAgentRules(), {
    key: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8),
    forgetEvery: 3_600_000,
  });

  /** A function of its own: what it held on the stack is gone when it returns. */
  const readMarked = (): string => reader.read(marked()).os.family;

  it('is not kept alive by what was made of it', async (context) => {
    context.after(reader.close);
    assert.equal(await isAlive(MARK), false);
    assert.equal(readMarked(), 'Android');
    assert.equal(reader.remembered(), 1);
    assert.equal(await isAlive(MARK), false);
  });

  it('would be found if it were', async () => {
    const part = /SM-[A-Z0-9-]{12,}/.exec(marked())?.[0];
    assert.equal(await isAlive(MARK), true);
    assert.match(part ?? '', /^SM-/);
  });
});
