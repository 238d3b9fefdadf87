/**
 * Whether this thread keeps up, and which requests it does not even begin while it does not (decision 22).
 *
 * Node takes all requests that have arrived in one turn of its event loop, one after the other, in about the order in
 * which they came. How long a turn has lasted is therefore how long the next request of it has waited at least, and the
 * last ones of a long turn are the newest. So a turn gets a time, and what comes after it is not worked on: as many
 * requests as are too many, and these alone. A burst is no overload (RFC 8289; "Fail at Scale", ACM Queue 13/8: a queue
 * that drains is a good one), hence the patience before anything is turned away.
 */
import type { Clock } from '../foundation/clock.ts';
import { Problem } from '../foundation/problem.ts';

export interface OverloadLimits {
  /** Work in one turn of the event loop, in milliseconds, after which the rest of it is too late. */
  readonly turnMs: number;
  /** How long turns may go on being longer than that before anything is turned away. */
  readonly patienceMs: number;
  /** How long after the last request that was turned away the patience is that of two turns. */
  readonly alertMs: number;
  /** The longest that a connection is left alone. */
  readonly mostRestMs: number;
  /** Requests of every turn that are worked on however late they are, so that something always goes on. */
  readonly leastPerTurn: number;
  /** How many times cheaper than the work turning away has to be, by measurement. */
  readonly leastGain: number;
}

const DEFAULT_OVERLOAD_LIMITS: OverloadLimits = {
  turnMs: 50,
  patienceMs: 300,
  alertMs: 10_000,
  // The least that a 503 says of when to come back.
  mostRestMs: 1000,
  leastPerTurn: 8,
  leastGain: 3,
};

/** What to tell the operator; each once for a time of overload, however long it is. */
export interface OverloadHooks {
  readonly onBegin: () => void;
  /** @param shed how many requests were turned away. */
  readonly onEnd: (shed: number) => void;
}

export interface OverloadOptions {
  readonly clock: Clock;
  readonly hooks: OverloadHooks;
  readonly limits?: Partial<OverloadLimits>;
  /** Calls back when the turn is over; `setImmediate`, which Node runs after the last event of a turn. */
  readonly afterTurn?: (callback: () => void) => void;
}

export interface Overload {
  /** Counts one request; false where it is to be turned away unread. @param at `clock.monotonic()`. */
  admits(at: number): boolean;
  /**
   * Milliseconds for which the connection of the request that was just turned away is to be left alone. All of a turn
   * together come back at twice the rate at which requests are worked on: turning them away again leaves time for the work,
   * also where nobody who is turned away waits by himself.
   */
  restMs(): number;
  /** One more connection, whose handshake is work of this turn. */
  noteConnection(): void;
  /** Whether turns have been too long for longer than patience lasts. */
  isBehind(): boolean;
  /** Ends the watch for the end of an overload. */
  close(): void;
}

const NEVER = Number.NEGATIVE_INFINITY;

/** What requests cost of late, by the time until the next one of the same turn. */
interface Cost {
  count: number;
  milliseconds: number;
}

/** After so long what is known of costs counts half. */
const MEMORY_MS = 1000;
/** Requests that are turned away to see what that costs. */
const SAMPLE = 128;

const halve = (cost: Cost): void => {
  cost.count /= 2;
  cost.milliseconds /= 2;
};

/** Watches one thread. A request costs it a few additions and comparisons, a turn one `setImmediate`. */
export const createOverload = (options: OverloadOptions): Overload => {
  const { clock, hooks, afterTurn = setImmediate } = options;
  const { turnMs, patienceMs, alertMs, mostRestMs, leastPerTurn, leastGain } = {
    ...DEFAULT_OVERLOAD_LIMITS,
    ...options.limits,
  };
  const work: Cost = { count: 0, milliseconds: 0 };
  const refusal: Cost = { count: 0, milliseconds: 0 };
  /** What became of the last request of this turn, and when it came. */
  let last: Cost | undefined;
  let lastAt = 0;
  let halvedAt = 0;
  let isInTurn = false;
  let turnBeganAt = 0;
  let turnEndedAt = 0;
  /** Requests of this turn that are worked on, and connections that are left alone because of it. */
  let taken = 0;
  let resting = 0;
  /** Since when every turn has been too long; undefined while the last one was not. */
  let lateSince: number | undefined;
  let shed = 0;
  let lastShedAt = NEVER;
  let timer: NodeJS.Timeout | undefined;

  const endTurn = (): void => {
    isInTurn = false;
    turnEndedAt = clock.monotonic();
    if (turnEndedAt - turnBeganAt <= turnMs) lateSince = undefined;
    else lateSince ??= turnBeganAt;
  };

  /** Where nothing came for as long as a turn may last, nothing was waiting. */
  const noteIdleness = (at: number): void => {
    if (!isInTurn && at - turnEndedAt > turnMs) lateSince = undefined;
  };

  const beginTurn = (at: number): void => {
    noteIdleness(at);
    isInTurn = true;
    turnBeganAt = at;
    last = undefined;
    taken = 0;
    resting = 0;
    afterTurn(endTurn);
  };

  const learn = (at: number): void => {
    if (last === undefined) return;
    last.count += 1;
    last.milliseconds += at - lastAt;
    if (at - halvedAt < MEMORY_MS) return;
    halvedAt = at;
    halve(work);
    halve(refusal);
  };

  /** An answer from memory takes hardly longer than a 503: then the queue is as short as it gets by answering. */
  const isWorthIt = (): boolean =>
    refusal.count < SAMPLE ||
    leastGain * refusal.milliseconds * work.count <= work.milliseconds * refusal.count;

  const watchForEnd = (waitMs: number): void => {
    timer = setTimeout(() => {
      const left = lastShedAt + alertMs - clock.monotonic();
      if (left > 0) {
        watchForEnd(left);
        return;
      }
      timer = undefined;
      const count = shed;
      shed = 0;
      hooks.onEnd(count);
    }, waitMs).unref();
  };

  const noteShed = (at: number): void => {
    lastShedAt = at;
    shed += 1;
    if (timer !== undefined) return;
    watchForEnd(alertMs);
    hooks.onBegin();
  };

  return {
    admits: (at) => {
      if (!isInTurn) beginTurn(at);
      learn(at);
      lastAt = at;
      const isInTime = taken < leastPerTurn || at - turnBeganAt <= turnMs;
      const patience = at - lastShedAt > alertMs ? patienceMs : 2 * turnMs;
      const isBurst = at - (lateSince ?? turnBeganAt) <= patience;
      if (isInTime || isBurst || !isWorthIt()) {
        taken += 1;
        last = work;
        return true;
      }
      last = refusal;
      noteShed(at);
      return false;
    },
    restMs: () => {
      resting += 1;
      // Beyond the longest rest they are spread over it: together they would only be the next thing that is too much.
      return Math.floor(((resting * work.milliseconds) / (2 * Math.max(1, work.count))) % mostRestMs);
    },
    noteConnection: () => {
      if (!isInTurn) beginTurn(clock.monotonic());
    },
    isBehind: () => {
      const at = clock.monotonic();
      noteIdleness(at);
      const since = lateSince ?? (isInTurn ? turnBeganAt : undefined);
      return since !== undefined && at - since > patienceMs;
    },
    close: () => clearTimeout(timer),
  };
};

/** The name under which requests that were turned away are counted. */
export const SHED = 'http.shed';

const overloaded = (seconds: number): Problem =>
  new Problem(503, 'overloaded', 'Too much is asked at the moment', {
    detail:
      'The server works on what came before. Nothing of this request was done; try again in a few seconds.',
    headers: { 'retry-after': String(seconds) },
  });

/** Made once: an error that is thrown a hundred thousand times a second must not look for its stack each time. */
const OVERLOADED: readonly Problem[] = [1, 2, 3].map(overloaded);

let told = 0;

/** 503 `overloaded`, with 1, 2 or 3 seconds in turn, so that those who are turned away do not come back all at once. */
export const turnedAway = (): Problem => {
  told = (told + 1) % OVERLOADED.length;
  return OVERLOADED[told] ?? overloaded(1);
};
