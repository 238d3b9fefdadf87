import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { startChild } from './child.ts';
import type { Opened } from './contender.ts';
import type { BeginHarness } from './gate-harness.ts';
import { sectionText } from './report.ts';
import { contestWorkers, workersSection, type WorkersRound } from './workers.ts';

const PLAN = { warmUp: 0.1, round: 0.5, rounds: 1 };

const roundOf = (parts: Partial<WorkersRound>): WorkersRound => ({
  perSecond: 1000,
  serverCores: 1,
  loadCores: 0.5,
  idleCores: 0,
  perCpuSecond: 1000,
  p50Ms: 1,
  p99Ms: 2,
  ...parts,
});

const gainIn = (one: Partial<WorkersRound>, two: Partial<WorkersRound>): string | undefined =>
  /÷ one, requests for CPU time +at least 1\.70× +([\d.]+)×/.exec(
    sectionText(workersSection([[roundOf(one)], [roundOf(two)]], PLAN)),
  )?.[1];

describe('the bench of workers', () => {
  it('measures what a server answers for its CPU time', async () => {
    const server = startChild('gate-harness.ts', undefined);
    try {
      const begin = { ask: 'open', keys: ['a'], spinMicroseconds: 500 } satisfies BeginHarness;
      const { port } = await server.ask<Opened>(begin);
      const served = { pid: server.pid, port, ca: undefined, authorization: 'Bearer a' };
      const [[round] = []] = await contestWorkers([served], ['/keyed'], PLAN);
      assert.ok(round !== undefined);
      if (process.platform !== 'linux') return;
      // Half a millisecond of work each: some two thousand fit into a second.
      assert.ok(round.perCpuSecond > 100 && round.perCpuSecond < 2500, JSON.stringify(round));
      assert.ok(Math.abs(round.perSecond - round.perCpuSecond * round.serverCores) < round.perSecond / 10);
    } finally {
      await server.stop();
    }
  });

  it('gives two workers twice what one does where each request costs the same, and less where it costs more', () => {
    assert.equal(gainIn({}, {}), '2.00');
    assert.equal(gainIn({}, { perCpuSecond: 800 }), '1.60');
    assert.equal(gainIn({ serverCores: 1.25 }, {}), '1.60', 'one worker may use more than a core');
    assert.equal(
      gainIn({ serverCores: 0.5, perSecond: 500 }, {}),
      '2.00',
      'somebody else had half of its core',
    );
  });

  it('does not count answers that are none', async () => {
    const server = createServer((_message, response) =>
      response.writeHead(503, { 'content-length': 0 }).end(),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const served = { pid: process.pid, port, ca: undefined, authorization: 'Bearer a' };
    await assert.rejects(contestWorkers([served], ['/'], PLAN), /answers were not 200/);
    server.close();
    server.closeAllConnections();
  });
});
