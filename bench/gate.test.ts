import assert from 'node:assert/strict';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { startChild } from './child.ts';
import { CONSTANT } from './constant-routes.ts';
import type { Contender, Opened, OpenPeer } from './contender.ts';
import { contestGate } from './gate.ts';
import { gateSection } from './gate-section.ts';
import { sectionText } from './report.ts';
import type { BeginHarness } from './gate-harness.ts';

const PLAN = { warmUp: 0.1, round: 0.3, rounds: 2 };
const FIELDS = ['authorization: Bearer a', 'authorization: Bearer b'];
const WRONG = ['authorization: Bearer c'];

/** Two contenders on one server in a process of its own: with a check of keys that takes some microseconds, and without. */
const openHarness = async () => {
  const server = startChild('gate-harness.ts', 1);
  const { port } = await server.ask<Opened>({
    ask: 'open',
    keys: ['a', 'b'],
    spinMicroseconds: 200,
  } satisfies BeginHarness);
  const side = { server, port, fields: FIELDS, wrong: WRONG };
  const contenders: Contender[] = [
    { ...side, name: 'with', target: '/keyed' },
    { ...side, name: 'without', target: '/open', isOpen: true },
  ];
  return { server, contenders };
};

/** What the bench says of one contender that answers so. */
const judge = async (answer: RequestListener): Promise<void> => {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const child = {
    ask: async <Answer>() => ({ cpuMicroseconds: 0, residentBytes: 0 }) as Answer,
    stop: async () => undefined,
  };
  const contender = { name: 'it', server: child, port, target: '/', fields: FIELDS, wrong: WRONG };
  try {
    await contestGate([contender], { warmUp: 0.1, round: 0.2, rounds: 1 });
  } finally {
    server.close();
    server.closeAllConnections();
  }
};

const isKnown = (authorization: string | undefined): boolean =>
  authorization === 'Bearer a' || authorization === 'Bearer b';

describe('the bench of the gate', () => {
  it('sees what a check of keys costs, and says so', async () => {
    const { server, contenders } = await openHarness();
    try {
      const rounds = await contestGate(contenders, PLAN);
      assert.deepEqual(
        rounds.map(({ length }) => length),
        [2, 2],
      );
      for (const [index, keyed] of rounds[0]!.entries()) {
        const open = rounds[1]![index]!;
        // 200 µs are spent on purpose; whatever else runs on this machine, they are there.
        assert.ok(keyed.cpuMicroseconds - open.cpuMicroseconds > 100, JSON.stringify([keyed, open]));
        assert.ok(open.perSecond > 0 && open.loadBusy > 0);
      }
      const spun = { keyed: [3, 3], open: [1, 1] };
      const absent = [{ name: 'somebody else', why: 'not installed' }];
      const both = [...rounds, ...rounds];
      const twice = [...contenders, ...contenders];
      const text = sectionText(
        gateSection({ contenders: twice, rounds: both, absent, spun, keys: 1000, plan: PLAN }),
      );
      assert.match(text, /somebody else +not installed/);
      assert.match(text, /the same in one process without a network +at most 5\.00 µs +2\.00 µs +yes/);
      assert.match(text, /CPU a request over HTTP +at most 5\.00 µs +\d+ µs +NO/);
    } finally {
      await server.stop();
    }
  });

  it('does not measure who lets wrong keys in, or nobody', async () => {
    const letIn: RequestListener = (_message, response) => void response.end(CONSTANT);
    await assert.rejects(judge(letIn), /it answered no key with 200/);
    const onlyAnyKey: RequestListener = ({ headers }, response) =>
      void response.writeHead(headers.authorization === undefined ? 401 : 200).end(CONSTANT);
    await assert.rejects(judge(onlyAnyKey), /it answered a wrong key with 200/);
    const nobody: RequestListener = (_message, response) => void response.writeHead(401).end();
    await assert.rejects(judge(nobody), /it answered a good key with 401/);
    const otherwise: RequestListener = ({ headers }, response) =>
      void response.writeHead(isKnown(headers.authorization) ? 200 : 401).end('something else');
    await assert.rejects(judge(otherwise), /it answered a good key with 200 and 14 characters/);
  });

  it('does not count answers that go wrong under load', async () => {
    let answered = 0;
    const breaks: RequestListener = ({ headers }, response) => {
      answered += 1;
      const isGood = isKnown(headers.authorization) && answered < 50;
      const status = isGood ? 200 : isKnown(headers.authorization) ? 503 : 401;
      response.writeHead(status, { 'Content-Length': CONSTANT.length }).end(CONSTANT);
    };
    await assert.rejects(judge(breaks), /of \d+ answers were not 200/);
    let asked = 0;
    const shortens: RequestListener = ({ headers }, response) => {
      asked += 1;
      const body = asked < 50 ? CONSTANT : '{}';
      const status = isKnown(headers.authorization) ? 200 : 401;
      response.writeHead(status, { 'content-length': body.length }).end(body);
    };
    await assert.rejects(judge(shortens), /it answered with [\d.]+ bytes in the mean/);
  });

  it('says which peer does not start, and goes on', async () => {
    const server = startChild('gate-harness.ts', 1);
    const open = { ask: 'open', keys: [], backendPort: 1 } satisfies OpenPeer;
    await assert.rejects(server.ask(open), /there is no key to know/);
    await server.stop();
  });
});
