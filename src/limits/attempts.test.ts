import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import { createAttemptsBuffer, openAttempts, type AttemptRate } from './attempts.ts';

const NOON = Date.UTC(2026, 10, 22, 12);
const KEY = Buffer.alloc(32, 7);
const RATE: AttemptRate = { burst: 5, everyMs: 30_000 };

const openFresh = (sets = 64): ReturnType<typeof openAttempts> =>
  openAttempts(createAttemptsBuffer(sets), KEY);

/** Spends in as many threads, all at one instant unless `stepMs` moves it; how many each had admitted. */
const spendInThreads = (
  buffer: SharedArrayBuffer,
  plan: { threads: number; rounds: number; buckets: number; rate: AttemptRate; stepMs: number },
): Promise<number[][]> => {
  const source = `
    import { parentPort, workerData } from 'node:worker_threads';
    const { openAttempts } = await import(workerData.module);
    const { buffer, key, gate, threads, rounds, buckets, rate, stepMs } = workerData;
    const attempts = openAttempts(buffer, key);
    const admitted = Array.from({ length: buckets }, () => 0);
    // All begin together, or the first would be done before the last is there.
    const ready = new Int32Array(gate);
    if (Atomics.add(ready, 0, 1) + 1 === threads) Atomics.notify(ready, 0);
    for (let seen = Atomics.load(ready, 0); seen < threads; seen = Atomics.load(ready, 0)) Atomics.wait(ready, 0, seen, 5);
    for (let round = 0; round < rounds; round += 1)
      for (let bucket = 0; bucket < buckets; bucket += 1)
        if (attempts.spend('bucket ' + bucket, rate, ${NOON} + round * stepMs).ok) admitted[bucket] += 1;
    parentPort.postMessage(admitted);`;
  const url = new URL(`data:text/javascript,${encodeURIComponent(source)}`);
  const gate = new SharedArrayBuffer(4);
  const module = new URL('attempts.ts', import.meta.url).href;
  return Promise.all(
    Array.from(
      { length: plan.threads },
      () =>
        new Promise<number[]>((resolve, reject) => {
          const worker = new Worker(url, { workerData: { buffer, key: KEY, gate, module, ...plan } });
          worker.once('message', resolve);
          worker.once('error', reject);
        }),
    ),
  );
};

const sumOf = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0);

describe('attempts', () => {
  it('tell what a bucket has left and when it has more, without spending', () => {
    const attempts = openFresh();
    assert.deepEqual(attempts.read('a', RATE, NOON), { remaining: 5, moreAfterMs: 0 });
    attempts.spend('a', RATE, NOON);
    assert.deepEqual(attempts.read('a', RATE, NOON), { remaining: 4, moreAfterMs: 30_000 });
    for (let round = 0; round < 9; round += 1) attempts.spend('a', RATE, NOON);
    assert.deepEqual(attempts.read('a', RATE, NOON + 10_000), { remaining: 0, moreAfterMs: 20_000 });
    assert.deepEqual(attempts.read('b', RATE, NOON), { remaining: 5, moreAfterMs: 0 });
  });

  it('admit a burst, then say how long until the next, and admit it then', () => {
    const attempts = openFresh();
    for (let count = 0; count < 5; count += 1)
      assert.deepEqual(attempts.spend('a', RATE, NOON), { ok: true });
    assert.deepEqual(attempts.spend('a', RATE, NOON), { ok: false, retryAfterMs: 30_000 });
    assert.deepEqual(attempts.spend('a', RATE, NOON + 29_999), { ok: false, retryAfterMs: 1 });
    assert.deepEqual(attempts.spend('a', RATE, NOON + 30_000), { ok: true });
    assert.equal(attempts.spend('a', RATE, NOON + 30_000).ok, false);
  });

  it('cost nothing when they are refused or only looked at', () => {
    const attempts = openFresh();
    for (let count = 0; count < 4; count += 1) attempts.spend('a', RATE, NOON);
    for (let count = 0; count < 50; count += 1) assert.ok(attempts.peek('a', RATE, NOON).ok);
    assert.ok(attempts.spend('a', RATE, NOON).ok);
    for (let count = 0; count < 50; count += 1)
      assert.deepEqual(attempts.spend('a', RATE, NOON), attempts.peek('a', RATE, NOON));
    assert.ok(attempts.spend('a', RATE, NOON + 30_000).ok);
  });

  it('are whole again when they are forgotten, and so is nobody else’s', () => {
    const attempts = openFresh();
    for (const bucket of ['a', 'b'])
      for (let count = 0; count < 5; count += 1) attempts.spend(bucket, RATE, NOON);
    attempts.forget('a');
    attempts.forget('never seen');
    assert.ok(attempts.spend('a', RATE, NOON).ok);
    assert.equal(attempts.spend('b', RATE, NOON).ok, false);
  });

  it('are the same in every opening of one buffer with one key, and others’ with another key', () => {
    const buffer = createAttemptsBuffer(64);
    const [one, two, other] = [KEY, KEY, Buffer.alloc(32, 8)].map((key) => openAttempts(buffer, key));
    for (let count = 0; count < 5; count += 1) one!.spend('a', RATE, NOON);
    assert.equal(two!.spend('a', RATE, NOON).ok, false);
    assert.equal(other!.spend('a', RATE, NOON).ok, true);
  });

  it('never admit more than the burst and one more each interval, in any window, whatever the timing', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(400), { minLength: 1, maxLength: 200 }),
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 1, max: 500 }),
        (gaps, burst, everyMs) => {
          const attempts = openFresh(1);
          const times: number[] = [];
          let now = NOON;
          for (const gap of gaps) {
            now += gap;
            if (attempts.spend('a', { burst, everyMs }, now).ok) times.push(now);
          }
          return times.every((start, first) =>
            times
              .slice(first)
              .every((end, index) => index + 1 <= burst + Math.floor((end - start) / everyMs)),
          );
        },
      ),
    );
  });

  it('never keep an attempt back that waited as long as it was told to', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(100), { maxLength: 60 }), fc.integer({ min: 1, max: 4 }), (gaps, burst) => {
        const attempts = openFresh(1);
        let now = NOON;
        for (const gap of gaps) {
          now += gap;
          const verdict = attempts.spend('a', { burst, everyMs: 50 }, now);
          if (verdict.ok) continue;
          assert.ok(verdict.retryAfterMs > 0 && verdict.retryAfterMs <= 50);
          assert.ok(attempts.peek('a', { burst, everyMs: 50 }, now + verdict.retryAfterMs).ok);
        }
      }),
    );
  });

  it('of different buckets do not touch each other', () => {
    const attempts = openFresh(1 << 10);
    for (let bucket = 0; bucket < 500; bucket += 1)
      for (let count = 0; count < 5; count += 1)
        assert.ok(attempts.spend(`bucket ${bucket}`, RATE, NOON).ok, `bucket ${bucket}, attempt ${count}`);
    for (let bucket = 0; bucket < 500; bucket += 1)
      assert.equal(attempts.spend(`bucket ${bucket}`, RATE, NOON).ok, false, `bucket ${bucket}`);
  });

  it('hold for all threads together', async () => {
    const plan = { threads: 3, rounds: 2000, buckets: 3, rate: { burst: 500, everyMs: 1000 }, stepMs: 0 };
    const counts = await spendInThreads(createAttemptsBuffer(16), plan);
    for (let bucket = 0; bucket < 3; bucket += 1)
      assert.equal(sumOf(counts.map((admitted) => admitted[bucket]!)), 500, `bucket ${bucket}`);
  });

  it('hold for all threads together when many meet a bucket for the first time, and while time goes on', async () => {
    const plan = { threads: 3, rounds: 40, buckets: 400, rate: { burst: 2, everyMs: 1000 }, stepMs: 100 };
    const counts = await spendInThreads(createAttemptsBuffer(1 << 10), plan);
    for (let bucket = 0; bucket < plan.buckets; bucket += 1) {
      const admitted = sumOf(counts.map((thread) => thread[bucket]!));
      assert.ok(admitted >= 2 && admitted <= 2 + 3, `bucket ${bucket}: ${admitted}`);
    }
  });

  it('of a bucket that is guessed at for long outlive a flood of fresh ones in a full table', () => {
    const attempts = openFresh(1);
    for (let count = 0; count < 5; count += 1) attempts.spend('victim', RATE, NOON);
    for (let stranger = 0; stranger < 1000; stranger += 1)
      assert.ok(attempts.spend(`stranger ${stranger}`, RATE, NOON + stranger).ok);
    assert.equal(attempts.spend('victim', RATE, NOON + 1000).ok, false);
  });

  it('never wait longer than a burst takes, even where the clock was set back', () => {
    const attempts = openFresh();
    for (let count = 0; count < 5; count += 1) attempts.spend('a', RATE, NOON + 86_400_000);
    const verdict = attempts.spend('a', RATE, NOON);
    assert.ok(!verdict.ok && verdict.retryAfterMs <= 30_000);
  });

  it('go on where a thread was ended in the middle of adding one', () => {
    const buffer = createAttemptsBuffer(1);
    // The lock of the only set, held by nobody any more.
    new BigInt64Array(buffer)[0] = 5n;
    const attempts = openAttempts(buffer, KEY);
    for (let count = 0; count < 5; count += 1) assert.ok(attempts.spend('a', RATE, NOON).ok);
    assert.equal(attempts.spend('a', RATE, NOON).ok, false);
    assert.ok(attempts.spend('b', RATE, NOON).ok);
  });

  it('leave nothing of a bucket’s name in memory that is shared', () => {
    const buffer = createAttemptsBuffer(64);
    openAttempts(buffer, KEY).spend('203.0.113.9 somebody@example.org', RATE, NOON);
    const bytes = Buffer.from(new Uint8Array(buffer));
    for (const part of ['203.0', 'some', 'exam']) assert.equal(bytes.includes(part), false);
  });
});
