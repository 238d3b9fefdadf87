/**
 * What lingers of visitors in memory: copies of a mark are counted in the server's own memory, right after its requests and
 * after those of others have taken the place. A build that keeps its visitors in a Map has them still. How many requests
 * that takes is said in docs/privacy/visitor.md, and measured by test/support/measure-visitor-memory.ts.
 */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { leakUrl } from './support/leak.ts';
import { noMemory } from './support/look-inside.ts';
import { countInMemory, markForms } from './support/process-memory.ts';
import { startServer, type RunningServer } from './support/server.ts';
import { measureMemory } from './support/visitor-memory.ts';
import { openSite, VISITOR_ENV, type VisitedSite } from './support/visitors.ts';

/** Of the copies right after the requests; strings of a Map are a fifth of them. */
const ENOUGH = 0.05;

const skip = await noMemory();

describe('the memory of the server', { skip }, () => {
  let server: RunningServer;
  let site: VisitedSite;
  before(async () => {
    server = await startServer({ env: VISITOR_ENV });
    site = await openSite(server);
  });

  it('holds next to nothing of a visitor once others have come, and the database never did', async (t) => {
    const found = await measureMemory(server, site, [10_000, 20_000, 40_000], ENOUGH);
    t.diagnostic(JSON.stringify(found));
    const [first, last] = [found[0], found.at(-1)];
    assert.ok(first !== undefined && first.inServer > 0, 'a mark is seen where it is');
    assert.ok(last !== undefined && last.inServer <= first.inServer * ENOUGH, JSON.stringify(found));
    assert.deepEqual(
      found.map(({ inDatabase }) => inDatabase),
      found.map(() => 0),
    );
  });

  it('still holds what a build keeps in a Map', async () => {
    await server.stop();
    const { home } = server;
    const leaking = await startServer({ home, env: VISITOR_ENV, imports: [leakUrl('remember-visitors')] });
    const found = await measureMemory(leaking, site, [10_000], ENOUGH);
    await leaking.stop();
    const [first, last] = [found[0]?.inServer ?? 0, found.at(-1)?.inServer ?? 0];
    assert.ok(last >= 500 && last > first * ENOUGH, JSON.stringify(found));
  });
});

describe('the search of memory', { skip }, () => {
  it('finds a text in one byte and in two bytes a character', () => {
    const text = ['a9k2', 'x7q4', 'm1v8'].join('');
    const kept = [Buffer.from(text, 'latin1'), Buffer.from(text, 'utf16le')];
    assert.ok(countInMemory(process.pid, markForms(text)).every((count) => count > 0));
    assert.equal(kept.length, 2);
  });
});
