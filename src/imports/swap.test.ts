import assert from 'node:assert/strict';
import { describe, it, mock } from 'node:test';
import { createSwap } from './swap.ts';

describe('taking new data into use in a thread', () => {
  it('tries again until it works, and says a failure once', () => {
    mock.timers.enable({ apis: ['setTimeout'] });
    try {
      let failures = 3;
      const taken: string[] = [];
      const told: unknown[] = [];
      const swap = createSwap<string>({
        take: (next) => {
          if (failures-- > 0) throw new Error('no memory');
          taken.push(next);
        },
        onFailure: (error) => told.push(error),
      });
      swap('new');
      assert.deepEqual([taken, told.length], [[], 1]);
      mock.timers.tick(500);
      mock.timers.tick(1000);
      assert.deepEqual(taken, []);
      mock.timers.tick(2000);
      assert.deepEqual([taken, told.length], [['new'], 1]);
      mock.timers.tick(600_000);
      assert.deepEqual(taken, ['new']);
    } finally {
      mock.timers.reset();
    }
  });

  it('forgets what failed as soon as something newer comes', () => {
    mock.timers.enable({ apis: ['setTimeout'] });
    try {
      const taken: string[] = [];
      const swap = createSwap<string>({
        take: (next) => {
          if (next === 'damaged') throw new Error('no');
          taken.push(next);
        },
        onFailure: () => undefined,
      });
      swap('damaged');
      swap('newer');
      mock.timers.tick(600_000);
      assert.deepEqual(taken, ['newer']);
    } finally {
      mock.timers.reset();
    }
  });
});
