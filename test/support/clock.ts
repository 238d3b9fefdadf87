import type { Clock } from '../../src/foundation/clock.ts';

export interface TestClock extends Clock {
  advance(milliseconds: number): void;
}

/** A clock that stands still until it is moved. */
export const testClock = (start = Date.UTC(2026, 10, 22, 12)): TestClock => {
  let time = start;
  return {
    now: () => time,
    monotonic: () => time,
    advance: (milliseconds) => {
      time += milliseconds;
    },
  };
};
