import assert from 'node:assert/strict';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { contestFailures, failuresSection, type FloodPlan, type FloodRounds } from './failures.ts';
import { sectionText } from './report.ts';

const PLAN: FloodPlan = {
  rounds: 1,
  seconds: 0.6,
  perSecond: 50,
  wrongPerSecond: 500,
  // The smaller one after the larger one.
  shapes: [
    { name: 'a flood from 3 addresses', sources: 3, connectionsEach: 2 },
    { name: 'a flood from 1 address', sources: 1, connectionsEach: 1 },
  ],
};

interface Seen {
  readonly found: FloodRounds;
  readonly addresses: ReadonlySet<string>;
  /** The first word of each `Authorization`, and whether its key was well-formed. */
  readonly kinds: ReadonlySet<string>;
}

const kindOf = (authorization: string): string => {
  const [scheme = '', rest = ''] = authorization.split(' ');
  if (scheme === 'Basic') {
    const [publicKey] = Buffer.from(rest, 'base64').toString('latin1').split(':');
    return `Basic with ${publicKey}`;
  }
  return rest.endsWith('_') ? 'Bearer, malformed' : 'Bearer, well-formed';
};

/** Runs the contest against a server that gives `answer` for wrong keys. */
const run = async (answer: (status: 'good' | 'wrong') => number): Promise<Seen> => {
  const addresses = new Set<string>();
  const kinds = new Set<string>();
  const listener: RequestListener = ({ headers: { authorization = '' }, socket }, response) => {
    const isGood = authorization === 'Bearer good';
    if (!isGood) {
      addresses.add(socket.remoteAddress ?? '');
      kinds.add(kindOf(authorization));
    }
    response.writeHead(answer(isGood ? 'good' : 'wrong'), { 'content-length': 0 }).end();
  };
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const aim = {
    pid: process.pid,
    port,
    ca: undefined,
    targets: ['/a'],
    authorization: 'Bearer good',
    publicKeys: ['pk'],
  };
  try {
    return { found: await contestFailures(aim, PLAN), addresses, kinds };
  } finally {
    server.close();
    server.closeAllConnections();
  }
};

describe('the bench of wrong keys', () => {
  it('floods with every kind of wrong key from several addresses, and counts every good answer', async () => {
    const { found, addresses, kinds } = await run((who) => (who === 'good' ? 200 : 401));
    const [round] = found.busy[0]!;
    assert.deepEqual([found.idle[0]!.pace.requests, round!.pace.requests], [30, 30]);
    const { due, sent, statuses, cut } = round!.flood;
    assert.ok(due >= 300 && sent > 0 && sent <= due + 20, JSON.stringify(round!.flood));
    assert.deepEqual([Object.keys(statuses), cut], [['401'], 0]);
    assert.ok(statuses['401']! <= sent);
    // This process is the server, and nothing else.
    if (process.platform === 'linux') assert.ok(round!.serverCores > 0 && round!.serverCores < 2);
    if (process.platform === 'linux') assert.equal(addresses.size, 3);
    assert.deepEqual([...kinds].sort(), ['Basic with pk', 'Bearer, malformed', 'Bearer, well-formed']);
    const text = sectionText(failuresSection(found, PLAN));
    assert.match(text, /p99 of good callers beside a flood from 3 addresses, against alone +at most 2\.00×/);
    assert.match(text, /401: 100 %/);
  });

  it('does not praise a server that lets wrong keys in, looks at none, or refuses good callers', async () => {
    await assert.rejects(
      run(() => 200),
      /wrong keys were answered with {"200":\d+}/,
    );
    await assert.rejects(
      run((who) => (who === 'good' ? 200 : 503)),
      /no wrong key was looked at/,
    );
    await assert.rejects(
      run(() => 401),
      /30 of 30 good callers were not answered with 200/,
    );
  });
});
