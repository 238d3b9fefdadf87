import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { createWaitingLine } from './waiting-line.ts';

describe('the waiting line', () => {
  it('serves in the order of coming, and has room again for every one that leaves', () => {
    const line = createWaitingLine<number>({ limit: 3, limitPerSource: 3 });
    assert.deepEqual(
      [1, 2, 3, 4].map((job) => line.join(job, 'a')),
      ['joined', 'joined', 'joined', 'too_many'],
    );
    assert.equal(line.next(), 1);
    assert.equal(line.join(5, 'a'), 'joined');
    assert.deepEqual([line.next(), line.next(), line.next(), line.next()], [2, 3, 5, undefined]);
  });

  it('is full for everybody, and has too many for one source alone', () => {
    const line = createWaitingLine<number>({ limit: 3, limitPerSource: 2 });
    assert.deepEqual(
      ['a', 'a', 'a', 'b', 'b', 'c'].map((source, job) => line.join(job, source)),
      ['joined', 'joined', 'too_many', 'joined', 'full', 'full'],
    );
  });

  it('never holds more than its limits, and loses nobody', () => {
    const step = fc.oneof(fc.constant('leave' as const), fc.constantFrom('a', 'b', 'c', 'd'));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const line = createWaitingLine<string>({ limit: 5, limitPerSource: 2 });
        const waiting: string[] = [];
        for (const source of steps) {
          if (source === 'leave') assert.equal(line.next(), waiting.shift());
          else if (line.join(source, source) === 'joined') waiting.push(source);
          assert.equal(line.length, waiting.length);
          assert.ok(waiting.length <= 5);
          for (const name of 'abcd') assert.ok(waiting.filter((other) => other === name).length <= 2);
        }
      }),
    );
  });
});
