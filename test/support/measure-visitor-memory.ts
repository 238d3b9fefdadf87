/** `node --test test/support/measure-visitor-memory.ts`: how long marks of visitors stay in memory, for docs/privacy/visitor.md. */
import { test } from 'node:test';
import { startServer } from './server.ts';
import { measureMemory } from './visitor-memory.ts';
import { openSite, VISITOR_ENV } from './visitors.ts';

test('how long marks of visitors stay in memory', async () => {
  const server = await startServer({ env: VISITOR_ENV });
  const site = await openSite(server);
  const steps = [500, 1000, 2000, 5000, 10_000, 20_000, 40_000];
  for (const round of [1, 2, 3]) {
    const found = await measureMemory(server, site, steps);
    console.log(
      `round ${round}: 500 marked requests, then requests of others → copies of the mark in the server (in the database)`,
    );
    for (const { requests, inServer, inDatabase } of found)
      console.log(`${String(requests).padStart(7)} → ${inServer} (${inDatabase})`);
  }
  await server.stop();
});
