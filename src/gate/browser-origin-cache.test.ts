import assert from 'node:assert/strict';
import { it } from 'node:test';
import { isAlive } from '../../test/support/heap.ts';
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
  assert.equal(await isAlive(MARK), false);
  const part = nameIn(target());
  assert.equal(await isAlive(MARK), true, `would be found: ${part.length}`);
});
