import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { startChild } from './child.ts';
import { sectionText } from './report.ts';
import { contestSignIns, signInSection } from './signins.ts';
import type { BeginHarness } from './signins-harness.ts';

const PLAN = { rounds: 1, seconds: 1, perSecond: 50 };

describe('the bench of sign-ins', () => {
  it('measures a server that hashes, and every request that it sent', async () => {
    const harness = startChild('signins-harness.ts', 1);
    try {
      const port = await harness.ask<number>({ ask: 'begin', threads: 1 } satisfies BeginHarness);
      const aim = { port, ca: undefined, targets: ['/a', '/b'], authorization: 'Bearer a' };
      const found = await contestSignIns(aim, PLAN);
      const [idle, busy] = [found.idle[0]!, found.busy[0]!];
      assert.deepEqual([idle.requests, busy.pace.requests], [50, 50]);
      // Eight are under way at any time, and each has to be answered before the round ends.
      assert.ok(busy.crowd.statuses['401']! >= 8, JSON.stringify(busy.crowd.statuses));
      assert.deepEqual(Object.keys(busy.crowd.statuses), ['401']);
      assert.match(
        sectionText(signInSection(found, PLAN)),
        /p99 with eight sign-ins in flight, against none/,
      );
    } finally {
      await harness.stop();
    }
  });

  it('does not take a server that has no sign-ins for one that is not slowed by them', async () => {
    const server = createServer((request, response) => {
      response.writeHead(request.method === 'POST' ? 404 : 200).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const aim = { port, ca: undefined, targets: ['/a'], authorization: 'Bearer a' };
    await assert.rejects(contestSignIns(aim, PLAN), /no sign-in was hashed; they were answered with {"404"/);
    server.close();
    server.closeAllConnections();
  });
});
