import assert from 'node:assert/strict';
import { it } from 'node:test';
import { getHeapSnapshot } from 'node:v8';
import { createBrowserOriginCache, type KnownProject } from './browser-origin-cache.ts';

/** In bytes, so that the test itself has no string of it. */
const MARK = Buffer.from([113, 122, 55, 107, 119, 52, 106, 118, 57, 120, 50, 109, 113, 56, 122, 52]);

const KNOWN: KnownProject = {
  project: 'prj_01m81yv269f0yssvs2mjdfjx30',
  key: undefined,
  isInNetworks: undefined,
  origins: new Map(),
  wildcards: new Map(),
  local: undefined,
  expiresAt: Number.POSITIVE_INFINITY,
};

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

/** The target of a request, in which the name of the project stands. */
const target = (): string =>
  `${Buffer.concat([Buffer.from(`/api/?pid=${KNOWN.project}&mail=`), MARK]).toString('latin1')}@example.com`;

const nameIn = (text: string): string => text.slice(text.indexOf('=') + 1, text.indexOf('&'));

it('a project that is remembered keeps nothing else of the request that named it', async () => {
  const cache = createBrowserOriginCache(10);
  // A function of its own: what it held on the stack is gone when it returns.
  const remember = (): void => cache.put(nameIn(target()), KNOWN);
  remember();
  assert.equal(cache.get(KNOWN.project), KNOWN);
  assert.equal(await isAlive(), false);
  const part = nameIn(target());
  assert.equal(await isAlive(), true, `would be found: ${part.length}`);
});
