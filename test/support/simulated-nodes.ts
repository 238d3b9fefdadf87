/** Nodes that share a rate, in simulated time: the real ledger, rate and book of shares; only engine, clocks and callers are made. */
import { createLedgerBuffer, openLedger, type Ledger } from '../../src/limits/ledger.ts';
import { takeFromRate } from '../../src/limits/rate.ts';
import { createSharedBook, type SharedBook } from '../../src/limits/shared-book.ts';
import type { NodeState } from '../../src/limits/shared-exchange.ts';
import { createPeers, type Peers } from '../../src/limits/shared-peers.ts';

/** One request: when, in milliseconds from the beginning, and at which node. */
export interface Arrival {
  readonly at: number;
  readonly node: number;
}

export interface Scene {
  readonly nodes: number;
  readonly perSecond: number;
  readonly burst: number;
  /** In order of time. */
  readonly arrivals: readonly Arrival[];
  readonly random: () => number;
  /** Milliseconds between two exchanges of one node; 100 where left out. */
  readonly everyMs?: number;
  /** Whether an exchange of this node at this time reaches the engine; always where left out. */
  readonly reaches?: (node: number, at: number) => boolean;
}

/** A generator of numbers from 0 to 1 that gives the same ones for the same seed (mulberry32). */
export const seededRandom = (seed: number): (() => number) => {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

const SUBJECT = 'prj_simulated';
const EPOCH_MS = Date.UTC(2026, 10, 22, 12);

interface Node {
  readonly ledger: Ledger;
  readonly slot: number;
  readonly book: SharedBook;
  readonly peers: Peers;
  /** Of its own clocks. */
  readonly wall: number;
  readonly steady: number;
  beat: number;
}

interface Step {
  readonly at: number;
  readonly run: () => void;
}

/** Runs the scene; when requests were admitted, in milliseconds from the beginning. */
export const admittedBy = (scene: Scene): readonly number[] => {
  const { nodes, perSecond, burst, arrivals, random, everyMs = 100, reaches = () => true } = scene;
  const board = new Map<string, NodeState>();
  const all: Node[] = Array.from({ length: nodes }, () => {
    const ledger = openLedger(createLedgerBuffer(16));
    return {
      ledger,
      slot: ledger.slotOf(SUBJECT),
      book: createSharedBook(ledger),
      peers: createPeers(),
      // Minutes apart: nobody may compare them.
      wall: EPOCH_MS + random() * 600_000,
      steady: random() * 1e7,
      beat: 1,
    };
  });
  const steps: Step[] = [];
  const later = (step: Step): void => {
    let place = steps.length;
    while (place > 0 && steps[place - 1]!.at < step.at) place -= 1;
    steps.splice(place, 0, step);
  };
  const momentOf = (node: Node, at: number): { now: number; at: number } => ({
    now: Math.floor(node.wall + at),
    at: node.steady + at,
  });
  const exchange = (index: number, at: number): void => {
    const node = all[index]!;
    const name = String(index).padStart(16, '0');
    node.book.look(momentOf(node, at));
    const mine = { node: name, beat: (node.beat += 1), state: node.book.write() };
    // There and back again; now and then a slow one.
    const [there, back] = [1 + random() * 4, 1 + random() * 4 + (random() < 0.02 ? 60 : 0)];
    let others: readonly NodeState[] | undefined;
    later({
      at: at + there,
      run: () => {
        if (!reaches(index, at)) return;
        board.set(name, mine);
        others = [...board.values()].filter((state) => state.node !== name);
      },
    });
    later({
      at: at + there + back,
      run: () => {
        const moment = momentOf(node, at + there + back);
        if (others !== undefined)
          node.book.apply(node.peers.hear(others, moment.at), node.peers.names, moment);
      },
    });
    const next = at + Math.max(everyMs, there + back);
    later({ at: next, run: () => exchange(index, next) });
  };
  // They know each other before the first request comes.
  for (let index = 0; index < nodes; index += 1) {
    const first = -1000 + random() * everyMs;
    later({ at: first, run: () => exchange(index, first) });
  }
  const admitted: number[] = [];
  for (const { at, node: index } of arrivals) {
    for (let step = steps.at(-1); step !== undefined && step.at <= at; step = steps.at(-1)) {
      steps.pop();
      step.run();
    }
    const node = all[index]!;
    if (takeFromRate(node.ledger, node.slot, perSecond, burst, momentOf(node, at).now) === 0)
      admitted.push(at);
  }
  return admitted;
};

/** What one process with the whole limit would have admitted of the same requests. */
export const admittedAlone = ({ perSecond, burst, arrivals }: Scene): readonly number[] => {
  const ledger = openLedger(createLedgerBuffer(16));
  const slot = ledger.slotOf(SUBJECT);
  return arrivals
    .filter(({ at }) => takeFromRate(ledger, slot, perSecond, burst, Math.floor(EPOCH_MS + at)) === 0)
    .map(({ at }) => at);
};

/** How many requests at most were admitted in any window beyond what the limit says of one so long: `burst + perSecond × t`. */
export const excessOf = (admitted: readonly number[], perSecond: number, burst: number): number => {
  // The largest sum of a run (Kadane): each request counts one, and the time before it takes away what came free in it.
  let [running, worst, last] = [0, 0, Number.NEGATIVE_INFINITY];
  for (const at of admitted) {
    running = Math.max(0, running - ((at - last) / 1000) * perSecond) + 1;
    last = at;
    worst = Math.max(worst, running - burst);
  }
  return worst;
};

/** How load falls on the nodes. */
export const LOADS = {
  /** Evenly, each request at any of them. */
  even:
    ({ nodes, random }) =>
    () =>
      Math.floor(random() * nodes),
  one: () => () => 0,
  /** All of it on one node, each second on the next. */
  moving:
    ({ nodes }) =>
    (at: number) =>
      Math.floor(at / 1000) % nodes,
  /** Nine tenths on one node. */
  uneven:
    ({ nodes, random }) =>
    () =>
      random() < 0.9 ? 0 : 1 + Math.floor(random() * (nodes - 1)),
} as const satisfies Readonly<
  Record<string, (scene: { readonly nodes: number; readonly random: () => number }) => (at: number) => number>
>;
export type Load = keyof typeof LOADS;

/** Requests at random times (Poisson), `perSecond` on average; only in the first `onMs` of every `periodMs` where given. */
export const arrivalsOf = (plan: {
  readonly load: Load;
  readonly nodes: number;
  readonly perSecond: number;
  readonly milliseconds: number;
  readonly random: () => number;
  readonly pulse?: { readonly onMs: number; readonly periodMs: number };
}): readonly Arrival[] => {
  const { load, nodes, perSecond, milliseconds, random, pulse } = plan;
  const nodeAt = LOADS[load]({ nodes, random });
  const arrivals: Arrival[] = [];
  let at = 0;
  for (;;) {
    at += (-Math.log(1 - random()) * 1000) / perSecond;
    if (at >= milliseconds) return arrivals;
    if (pulse === undefined || at % pulse.periodMs < pulse.onMs) arrivals.push({ at, node: nodeAt(at) });
  }
};
