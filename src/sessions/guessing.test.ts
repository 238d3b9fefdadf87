import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Problem } from '../foundation/problem.ts';
import { createAttemptsBuffer, openAttempts } from '../limits/attempts.ts';
import { createGuessing, type Guesser } from './guessing.ts';

const open = () => createGuessing(openAttempts(createAttemptsBuffer(64), Buffer.alloc(32, 7)));

const START = Date.UTC(2026, 10, 22, 12);
const unfamiliar = (source: string): Guesser => ({ source, familiar: undefined });

const isAdmitted = (work: () => void): boolean => {
  try {
    work();
    return true;
  } catch (error) {
    assert.ok(error instanceof Problem && error.status === 429, String(error));
    assert.match(error.headers['retry-after'] ?? '', /^[1-9]\d*$/);
    return false;
  }
};

test('whatever the sources and pauses, unfamiliar browsers get 30 tries at an address and one more each minute', () => {
  const step = fc.record({
    pauseMs: fc.integer({ min: 0, max: 20_000 }),
    source: fc.integer({ min: 0, max: 500 }),
  });
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 200 }), (steps) => {
      const guessing = open();
      let now = START;
      let admitted = 0;
      for (const { pauseMs, source } of steps) {
        now += pauseMs;
        const guesser = unfamiliar(String(source));
        if (isAdmitted(() => guessing.password('a@example.com', guesser, now))) {
          admitted += 1;
          guessing.wrongPassword(guesser, now);
        }
      }
      assert.ok(admitted <= 30 + (now - START) / 60_000);
    }),
    { numRuns: 50 },
  );
});

test('whatever strangers do, a familiar browser has its five tries', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 100 }), (sources) => {
      const guessing = open();
      for (const source of sources) {
        const guesser = unfamiliar(String(source));
        if (isAdmitted(() => guessing.password('a@example.com', guesser, START)))
          guessing.wrongPassword(guesser, START);
        isAdmitted(() => guessing.code('usr_a', guesser, START));
      }
      const owner = { source: '1', familiar: 'usr_a 1' };
      for (let index = 0; index < 5; index += 1) {
        assert.ok(isAdmitted(() => guessing.password('a@example.com', owner, START)));
        assert.ok(isAdmitted(() => guessing.code('usr_a', owner, START)));
      }
      assert.ok(!isAdmitted(() => guessing.password('a@example.com', owner, START)));
    }),
    { numRuns: 50 },
  );
});

test('a source that was slowed may go on after a while, and who was right is not slowed', () => {
  const guessing = open();
  const guesser = unfamiliar('10.0.0.1');
  for (let index = 0; index < 10; index += 1) {
    guessing.password(`a${index}@example.com`, guesser, START);
    guessing.wrongPassword(guesser, START);
  }
  assert.ok(!isAdmitted(() => guessing.password('b@example.com', guesser, START + 19_000)));
  assert.ok(isAdmitted(() => guessing.password('b@example.com', guesser, START + 21_000)));
  const other = unfamiliar('10.0.0.2');
  for (let index = 0; index < 20; index += 1) {
    guessing.password('c@example.com', other, START);
    guessing.rightPassword('c@example.com', other);
  }
});

test('mails to an address are spaced so that a link that works is always there', () => {
  const guessing = open();
  const sent: number[] = [];
  for (let now = START; now < START + 3 * 3_600_000; now += 10_000)
    if (guessing.mayMail('password-reset', 'a@example.com', now)) sent.push(now);
  for (const [index, at] of sent.entries()) {
    const next = sent[index + 1];
    if (next !== undefined)
      assert.ok(next - at < 30 * 60_000, 'the next link comes before the last one is over');
  }
  assert.ok(guessing.mayMail('sign-up', 'a@example.com', START), 'sign-ups do not count against resets');
});
