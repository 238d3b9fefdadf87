import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { getHeapSnapshot } from 'node:v8';
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

/** Whether a string with the mark is alive, after all that is not has been collected. */
const isAlive = async (): Promise<boolean> => {
  let rest = Buffer.alloc(0);
  let found = false;
  for await (const chunk of getHeapSnapshot()) {
    const bytes = Buffer.concat([rest, chunk as Buffer]);
    found ||= bytes.includes(MARK);
    rest = bytes.subarray(-MARK.length);
  }
  return found;
};

describe('a user agent that was read', () => {
  const reader = createUserAgentReader(loadUserAgentRules(), {
    key: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8),
    forgetEvery: 3_600_000,
  });

  /** A function of its own: what it held on the stack is gone when it returns. */
  const readMarked = (): string => reader.read(marked()).os.family;

  it('is not kept alive by what was made of it', async (context) => {
    context.after(reader.close);
    assert.equal(await isAlive(), false);
    assert.equal(readMarked(), 'Android');
    assert.equal(reader.remembered(), 1);
    assert.equal(await isAlive(), false);
  });

  it('would be found if it were', async () => {
    const part = /SM-[A-Z0-9-]{12,}/.exec(marked())?.[0];
    assert.equal(await isAlive(), true);
    assert.match(part ?? '', /^SM-/);
  });
});
