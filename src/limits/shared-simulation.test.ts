/** What nodes that share a rate admit, in simulated time over the real code; decision 17 has the whole table. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  admittedAlone,
  admittedBy,
  arrivalsOf,
  excessOf,
  seededRandom,
  type Load,
  type Scene,
} from '../../test/support/simulated-nodes.ts';

interface Trial {
  readonly perSecond: number;
  readonly burst?: number;
  readonly load: Load;
  /** How often the limit is asked for. */
  readonly times: number;
  readonly nodes?: number;
  readonly reaches?: Scene['reaches'];
}

const SECONDS = 20;
const SEEDS = [1, 2, 3];

interface Found {
  readonly admitted: number;
  /** By one process with the whole limit. */
  readonly alone: number;
  /** Most requests beyond the limit in any window. */
  readonly excess: number;
}

const run = ({ perSecond, burst = perSecond, load, times, nodes = 3, reaches }: Trial): readonly Found[] =>
  SEEDS.map((seed) => {
    const random = seededRandom(seed * 7919 + perSecond);
    const arrivals = arrivalsOf({
      load,
      nodes,
      perSecond: perSecond * times,
      milliseconds: SECONDS * 1000,
      random,
    });
    const scene: Scene = {
      nodes,
      perSecond,
      burst,
      arrivals,
      random,
      ...(reaches === undefined ? {} : { reaches }),
    };
    const admitted = admittedBy(scene);
    return {
      admitted: admitted.length,
      alone: admittedAlone(scene).length,
      excess: excessOf(admitted, perSecond, burst),
    };
  });

const LOADS: readonly Load[] = ['even', 'one', 'moving', 'uneven'];

describe('three nodes that share a limit, asked for ten times as much', () => {
  for (const perSecond of [10, 100, 1000]) {
    for (const load of LOADS) {
      it(`admit at most two per cent more than ${perSecond} a second, and at most two less, with ${load} load`, () => {
        for (const { admitted, alone, excess } of run({ perSecond, load, times: 10 })) {
          const limit = perSecond * SECONDS + perSecond;
          assert.ok(excess <= limit * 0.02, `${excess} beyond the limit in some window`);
          assert.ok(admitted <= limit * 1.02, `${admitted} of ${limit}`);
          assert.ok(admitted >= alone * 0.98, `${admitted} where one process admits ${alone}`);
        }
      });
    }
  }

  it('never admit more than a request each beyond a limit of one a second', () => {
    for (const load of LOADS)
      for (const { excess, admitted } of run({ perSecond: 1, load, times: 10 })) {
        assert.ok(excess <= 2.01, `${excess} with ${load} load`);
        assert.ok(admitted >= SECONDS * 0.8, `${admitted} with ${load} load`);
      }
  });
});

describe('three nodes that share a limit, asked for less', () => {
  for (const perSecond of [10, 100, 1000]) {
    it(`refuse hardly anything of four fifths of ${perSecond} a second, wherever it comes`, () => {
      for (const load of LOADS)
        for (const { admitted, alone } of run({ perSecond, load, times: 0.8 }))
          assert.ok(admitted >= alone * 0.9, `${admitted} where one process admits ${alone}, ${load} load`);
    });
  }
});

describe('nodes that cannot share for a while', () => {
  it('keep to their parts', () => {
    // Nobody reaches the engine in the second half.
    const reaches = (_node: number, at: number): boolean => at < (SECONDS * 1000) / 2;
    for (const { admitted, excess } of run({ perSecond: 100, load: 'even', times: 10, reaches })) {
      assert.ok(excess <= 0.05 * 100 * SECONDS, `${excess} beyond the limit`);
      assert.ok(admitted >= 100 * SECONDS * 0.95, String(admitted));
    }
  });

  it('leave the others a node’s part when it is gone for good', () => {
    // The first of them is cut off before it was ever asked, and asked for nothing.
    const reaches = (node: number): boolean => node !== 2;
    for (const { admitted, alone } of run({ perSecond: 100, load: 'one', times: 10, reaches }))
      assert.ok(admitted >= alone * 0.98, `${admitted} where one process admits ${alone}`);
  });
});

describe('the simulation', () => {
  it('finds nodes that each take the whole limit, and nodes that have a third each', () => {
    const never = (): boolean => false;
    for (const { excess } of run({ perSecond: 100, load: 'even', times: 10, reaches: never }))
      assert.ok(excess > 100 * SECONDS, `${excess}: nobody knows of anybody`);
    for (const { admitted, alone } of run({ perSecond: 100, load: 'one', times: 10, nodes: 1 }))
      assert.equal(admitted, alone, 'one node admits what one process does');
  });

  it('counts the worst window', () => {
    assert.equal(excessOf([0, 0, 0], 1, 1), 2);
    assert.equal(excessOf([0, 1000, 2000], 1, 1), 0);
    assert.equal(excessOf([0, 500, 1000, 5000], 1, 1), 1);
  });
});
