import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { MessageChannel, Worker } from 'node:worker_threads';
import { Problem } from '../foundation/problem.ts';
import { Secret } from '../foundation/secret.ts';
import { createRemoteHasher, serveHasher } from './broker.ts';
import { createHashThreads } from './hash-threads.ts';
import type { PasswordHasher } from './hasher.ts';

/** A hasher that answers with what it was asked, in the reverse order of asking, once `count` have been asked. */
const createEcho = (count: number): PasswordHasher => {
  const waiting: (() => void)[] = [];
  const turn = (): Promise<void> =>
    new Promise((resolve) => {
      waiting.push(resolve);
      if (waiting.length === count) for (const release of waiting.reverse()) release();
    });
  return {
    hash: async (password, source) => {
      await turn();
      return `${password.expose()} ${source}`;
    },
    verify: async (password, phc, source) => {
      await turn();
      return { ok: phc === undefined, outdated: password.expose() === source };
    },
    assess: async (password, userInputs) => {
      await turn();
      return { score: 1, isCommon: true, hint: [password.expose(), ...userInputs].join(' ') };
    },
    close: async () => undefined,
  };
};

const failing = (error: Error): PasswordHasher => ({
  ...createEcho(1),
  hash: async () => {
    throw error;
  },
});

const connect = (hasher: PasswordHasher): PasswordHasher => {
  const { port1, port2 } = new MessageChannel();
  serveHasher(port1, hasher);
  return createRemoteHasher(port2);
};

/** Runs this in a thread that answers requests; `hasher` and `Secret` are in scope, and what it returns is what comes. */
const inThread = async (
  hasher: PasswordHasher,
  body: string,
): Promise<{ result: Promise<unknown>; worker: Worker; exit: Promise<unknown> }> => {
  const { port1, port2 } = new MessageChannel();
  serveHasher(port1, hasher);
  const source = `
    import { parentPort, workerData } from 'node:worker_threads';
    const { createRemoteHasher } = await import(workerData.broker);
    const { Secret } = await import(workerData.secret);
    const hasher = createRemoteHasher(workerData.port);
    parentPort.postMessage({ ready: true });
    const run = async () => { ${body} };
    parentPort.postMessage({ result: await run() });`;
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(source)}`), {
    workerData: {
      port: port2,
      broker: new URL('broker.ts', import.meta.url).href,
      secret: new URL('../foundation/secret.ts', import.meta.url).href,
    },
    transferList: [port2],
  });
  const exit = once(worker, 'exit');
  await once(worker, 'message');
  const result = Promise.race([
    once(worker, 'message').then(([message]: { result: unknown }[]) => message?.result),
    exit.then(() => 'ended'),
  ]);
  return { result, worker, exit };
};

describe('the hasher across a border', () => {
  it('answers each question with its own answer, whatever the order', async () => {
    const remote = connect(createEcho(4));
    const answers = await Promise.all([
      remote.hash(new Secret('a'), '1'),
      remote.verify(new Secret('same'), undefined, 'same'),
      remote.verify(new Secret('b'), 'phc', '3'),
      remote.assess(new Secret('c'), ['d', 'e'], '4'),
    ]);
    assert.deepEqual(answers, [
      'a 1',
      { ok: true, outdated: true },
      { ok: false, outdated: false },
      { score: 1, isCommon: true, hint: 'c d e' },
    ]);
    await remote.close();
  });

  it('brings a Problem over as it is, without its cause', async () => {
    const options = {
      detail: 'Wait.',
      field: 'password',
      headers: { 'retry-after': '7' },
      extensions: { methods: ['totp'] as const },
      cause: new Error('x'),
    };
    const problem = new Problem(503, 'busy', 'Too much', options);
    const remote = connect(failing(problem));
    await assert.rejects(remote.hash(new Secret('a'), 'a'), (error) => {
      assert.ok(error instanceof Problem);
      const { status, code, title, detail, field, headers, extensions, cause } = error;
      assert.deepEqual(
        { status, code, title, detail, field, headers, extensions, cause },
        { status: 503, code: 'busy', title: 'Too much', ...options, cause: undefined },
      );
      return true;
    });
    await remote.close();
  });

  it('brings a bug over as a bug, without its message', async () => {
    const remote = connect(failing(new TypeError('velvet otter')));
    await assert.rejects(
      remote.hash(new Secret('velvet otter'), 'a'),
      (error) => error instanceof Error && !(error instanceof Problem) && !error.message.includes('velvet'),
    );
    await remote.close();
  });

  it('rejects with 503 what is open when the port closes, and what comes after', async () => {
    const { port1, port2 } = new MessageChannel();
    serveHasher(port1, createEcho(100));
    const remote = createRemoteHasher(port2);
    const open = [remote.hash(new Secret('a'), 'a'), remote.verify(new Secret('a'), undefined, 'a')];
    const settled = Promise.allSettled(open);
    port1.close();
    for (const result of await settled)
      assert.ok(
        result.status === 'rejected' && result.reason instanceof Problem && result.reason.status === 503,
      );
    await assert.rejects(remote.hash(new Secret('a'), 'a'), { status: 503 });
    await remote.close();
  });

  it('hashes for a real thread, and lets it end by itself', async () => {
    const hasher = createHashThreads({ count: 1, queueLimit: 8 });
    const { result, exit } = await inThread(
      hasher,
      `const phc = await hasher.hash(new Secret('velvet'), 'a');
       const verdict = await hasher.verify(new Secret('velvet'), phc, 'a');
       const wrong = await hasher.verify(new Secret('velvet'), undefined, 'a');
       const { score } = await hasher.assess(new Secret('velvet'), [], 'a');
       return [verdict.ok, wrong.ok, score < 3];`,
    );
    assert.deepEqual(await result, [true, false, true]);
    await exit;
    await hasher.close();
  });

  it('goes on for others when a thread ends in the middle of a question', async () => {
    const hasher = createHashThreads({ count: 1, queueLimit: 8 });
    const gone = await inThread(hasher, `return hasher.hash(new Secret('velvet'), 'a');`);
    await gone.worker.terminate();
    assert.equal(await gone.result, 'ended');
    const next = await inThread(hasher, `return (await hasher.hash(new Secret('velvet'), 'a')).slice(0, 8);`);
    assert.equal(await next.result, '$scrypt$');
    await hasher.close();
  });
});
