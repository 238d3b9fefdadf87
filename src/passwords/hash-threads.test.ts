import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { after, describe, it } from 'node:test';
import { Problem } from '../foundation/problem.ts';
import { Secret } from '../foundation/secret.ts';
import { createHashThreads } from './hash-threads.ts';
import type { PasswordHasher } from './hasher.ts';

const RIGHT = new Secret('velvet otter marches');
const WRONG = new Secret('velvet otter marched');

/** A thread whose code is this; `job` and `parentPort` are in scope. */
const scriptOf = (onJob: string): URL =>
  new URL(
    `data:text/javascript,${encodeURIComponent(`import { parentPort } from 'node:worker_threads'; parentPort.on('message', (job) => { ${onJob} });`)}`,
  );

/** Takes a little while, and answers with the password. */
const SLOW = scriptOf(`setTimeout(() => parentPort.postMessage({ kind: 'hash', phc: job.password }), 30);`);

const codeOf = async (promise: Promise<unknown>): Promise<string> => {
  try {
    await promise;
    return 'done';
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return `${error.status} ${error.code}`;
  }
};

describe('hash threads', () => {
  const bugs: unknown[] = [];
  const hasher = createHashThreads({ count: 1, queueLimit: 8, onBug: (error) => bugs.push(error) });
  after(() => hasher.close());

  it('hash, and tell the right password from a wrong one', async () => {
    const phc = await hasher.hash(RIGHT, 'a');
    assert.match(phc, /^\$scrypt\$ln=17,r=8,p=1\$/);
    assert.deepEqual(await hasher.verify(RIGHT, phc, 'a'), { ok: true, outdated: false });
    assert.deepEqual(await hasher.verify(WRONG, phc, 'a'), { ok: false, outdated: false });
    assert.deepEqual(await hasher.verify(new Secret(RIGHT.expose().normalize('NFD')), phc, 'a'), {
      ok: true,
      outdated: false,
    });
  });

  it('say when a hash was made at another cost', async () => {
    const old = '$scrypt$ln=12,r=8,p=1$AAECAwQFBgcICQoLDA0ODw$1ETxy16fB30/lS5nbrgNWXkt62PxfxuDxEV+dAcibiM';
    const right = new Secret('correct hörse 電池');
    assert.deepEqual(await hasher.verify(right, old, 'a'), { ok: true, outdated: true });
  });

  it('say no for an account that does not exist, a hash that is none, and a password that nobody can have', async () => {
    const no = { ok: false, outdated: false };
    assert.deepEqual(await hasher.verify(RIGHT, undefined, 'a'), no);
    assert.deepEqual(await hasher.verify(new Secret(''), undefined, 'a'), no);
    assert.deepEqual(bugs, []);
    assert.equal((await hasher.verify(RIGHT, '$scrypt$ln=63,r=8,p=1$AA$AA', 'a')).ok, false);
    assert.equal(bugs.length, 1);
    const phc = await hasher.hash(new Secret(''), 'a');
    assert.equal((await hasher.verify(new Secret('x'.repeat(100_000)), phc, 'a')).ok, false);
    await assert.rejects(hasher.hash(new Secret('x'.repeat(1025)), 'a'), RangeError);
  });

  it('assess', async () => {
    const { score, isCommon, hint } = await hasher.assess(new Secret('password'), [], 'a');
    assert.deepEqual([score, isCommon, typeof hint], [0, true, 'string']);
  });

  it('run below everything else', { skip: process.platform !== 'linux' && 'only Linux has it' }, () => {
    const niceness = readdirSync('/proc/self/task').map((task) => {
      const status = readFileSync(`/proc/self/task/${task}/stat`, 'utf8');
      return Number(status.slice(status.lastIndexOf(')') + 2).split(' ')[16]);
    });
    assert.equal(niceness.filter((nice) => nice === 19).length, 1, String(niceness));
    assert.equal(niceness[0], 0, 'the main thread keeps its own');
  });
});

describe('the line in front of hash threads', () => {
  const open = (options: { count?: number; queueLimit?: number; script?: URL } = {}): PasswordHasher =>
    createHashThreads({ count: 1, queueLimit: 4, script: SLOW, ...options });

  it('answers everything in the order of coming', async () => {
    const hasher = open();
    const order: string[] = [];
    await Promise.all(
      ['a', 'b', 'c', 'd', 'e'].map(async (name) => order.push(await hasher.hash(new Secret(name), name))),
    );
    assert.deepEqual(order, ['a', 'b', 'c', 'd', 'e']);
    await hasher.close();
  });

  it('refuses with 503 what it has no room for, and has room again later', async () => {
    const hasher = open();
    const codes = await Promise.all(
      Array.from({ length: 7 }, (_, source) => codeOf(hasher.hash(RIGHT, String(source)))),
    );
    assert.deepEqual(codes, [...Array.from({ length: 5 }, () => 'done'), '503 busy', '503 busy']);
    assert.equal(await codeOf(hasher.hash(RIGHT, 'later')), 'done');
    await hasher.close();
  });

  it('refuses with 429 the third that one source lets wait, and lets others in', async () => {
    const hasher = open();
    const codes = await Promise.all(
      ['a', 'a', 'a', 'a', 'b'].map((source) => codeOf(hasher.hash(RIGHT, source))),
    );
    assert.deepEqual(codes, ['done', 'done', 'done', '429 rate_limited', 'done']);
    await hasher.close();
  });

  it('says in each refusal when to try again', async () => {
    const hasher = open({ queueLimit: 0 });
    const first = hasher.hash(RIGHT, 'a');
    await assert.rejects(
      hasher.hash(RIGHT, 'b'),
      (error: Problem) => Number(error.headers['retry-after']) > 0,
    );
    await first;
    await hasher.close();
  });

  it('shares its work between as many threads as it is given, and starts none that it does not need', async () => {
    const counting = scriptOf(
      `import('node:worker_threads').then(({ threadId }) => setTimeout(() => parentPort.postMessage({ kind: 'hash', phc: String(threadId) }), 30));`,
    );
    const hasher = open({ count: 3, script: counting });
    const alone = [await hasher.hash(RIGHT, 'a'), await hasher.hash(RIGHT, 'a')];
    assert.equal(new Set(alone).size, 1);
    const many = await Promise.all(
      ['a', 'b', 'c', 'd', 'e', 'f'].map((source) => hasher.hash(RIGHT, source)),
    );
    assert.equal(new Set(many).size, 3);
    await hasher.close();
  });

  it('fails with 503 the job of a thread that dies, and gives the next one a new thread', async () => {
    const bugs: unknown[] = [];
    const script = scriptOf(`
      if (job.password === 'die') throw new Error('dead');
      if (job.password === 'leave') process.exit(0);
      if (job.password === 'fail') parentPort.postMessage({ kind: 'failed', error: 'RangeError' });
      else parentPort.postMessage({ kind: 'hash', phc: job.password });`);
    const hasher = createHashThreads({ count: 1, queueLimit: 8, script, onBug: (error) => bugs.push(error) });
    const codes = await Promise.all(
      ['die', 'x', 'leave', 'y', 'fail', 'z'].map((name) => codeOf(hasher.hash(new Secret(name), name))),
    );
    assert.deepEqual(codes, ['503 busy', 'done', '503 busy', 'done', '503 busy', 'done']);
    assert.equal(bugs.length, 2);
    await hasher.close();
  });

  it('gives up a thread that does not answer', async () => {
    const script = scriptOf(
      `if (job.password === 'hang') for (;;); else parentPort.postMessage({ kind: 'hash', phc: '' });`,
    );
    const hasher = createHashThreads({ count: 1, queueLimit: 8, patienceMs: 500, script });
    const [hung, next] = await Promise.all([
      codeOf(hasher.hash(new Secret('hang'), 'a')),
      codeOf(hasher.hash(new Secret('x'), 'b')),
    ]);
    assert.deepEqual([hung, next], ['503 busy', 'done']);
    await hasher.close();
  });

  it('fails what asks for a thread that cannot start, and does not try for ever', async () => {
    const hasher = open({ script: new URL('file:///nowhere/thread.ts') });
    const codes = await Promise.all(['a', 'b', 'c'].map((source) => codeOf(hasher.hash(RIGHT, source))));
    assert.deepEqual(codes, ['503 busy', '503 busy', '503 busy']);
    await hasher.close();
  });

  it('answers everything with 503 when it is closed, and everything after', async () => {
    const hasher = open();
    const codes = ['a', 'b', 'c'].map((source) => codeOf(hasher.hash(RIGHT, source)));
    await hasher.close();
    assert.deepEqual(await Promise.all(codes), ['503 busy', '503 busy', '503 busy']);
    assert.equal(await codeOf(hasher.hash(RIGHT, 'd')), '503 busy');
    await hasher.close();
  });

  it('keeps no process alive that has nothing to hash, and one that has', () => {
    const module = new URL('hash-threads.ts', import.meta.url).href;
    const secret = new URL('../foundation/secret.ts', import.meta.url).href;
    const program = `
      const { createHashThreads } = await import(${JSON.stringify(module)});
      const { Secret } = await import(${JSON.stringify(secret)});
      const hasher = createHashThreads({ count: 2, queueLimit: 8 });
      await hasher.hash(new Secret('a'), 'a');
      console.log('hashed');`;
    const { status, stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
      encoding: 'utf8',
      timeout: 60_000,
    });
    assert.deepEqual([status, stdout], [0, 'hashed\n']);
  });
});
