/**
 * Answers that refuse strangers, on their way out at a pace of their own (decision 27).
 *
 * Looking at a wrong key costs many times what sending it costs. So a connection that brought one is not read until its answer
 * is out, and answers go out evenly, so many a second and no more: what strangers cost a thread is decided here and not by
 * them. No answer leaves before a look-up would be over, and all leave on the same strokes of the clock, so that the time
 * until one comes does not tell whether anything was looked up.
 */
import type { Clock } from '../foundation/clock.ts';
import type { Connection } from './edge-connection.ts';

export interface RefusalPace {
  /** From when a request was complete until its refusal leaves at the earliest, in milliseconds; more than a look-up takes. */
  readonly leastMs: number;
  /** Refusals leave at multiples of so many milliseconds by the monotonic clock. */
  readonly strokeMs: number;
  /** Refusals of one thread in a second. */
  readonly perSecond: number;
  /** Of those, so many may leave at once after a quiet time. */
  readonly atOnce: number;
  /** In how many seconds all connections that wait are answered once; with more of them the pace is faster. */
  readonly mostSeconds: number;
  /** Refusals in a row on one connection that do not wait behind other connections'. */
  readonly early: number;
  /** Refusals in a second that are more than mistakes. */
  readonly pressed: number;
  /** New connections that suspects may open in a second of a thread while it refuses more than that. */
  readonly suspectsPerSecond: number;
}

export const DEFAULT_REFUSAL_PACE: RefusalPace = {
  leastMs: 10,
  strokeMs: 5,
  perSecond: 150,
  atOnce: 20,
  mostSeconds: 10,
  early: 3,
  // Fewer than suspects may bring, so that they do not take turns with themselves.
  pressed: 40,
  suspectsPerSecond: 50,
};

/** One answer that is ready to be sent. */
export interface Refusal {
  /** `clock.monotonic()` of when the request was complete. */
  readonly beganAt: number;
  /** Whether its source has had its share already, so that it goes after those that have not. */
  readonly isLate: boolean;
  readonly send: () => void;
}

export interface Refusals {
  /** Keeps an answer until it may leave; nothing more is read from its connection until then. */
  hold(connection: Connection, refusal: Refusal): void;
  /** Whether the next request of this connection waits in `behind` until an earlier one has been refused or answered. */
  mustWait(connection: Connection): boolean;
  /** Something that had to wait for an answer has it: serves what waits behind it. */
  proceed(connection: Connection): void;
  /** The connection is gone. */
  forget(connection: Connection): void;
  /** From now on nothing waits; what does leaves at once. */
  end(): void;
  /** Whether more were refused in this second or the last one than people and programs do by mistake. */
  isPressed(): boolean;
}

interface Held extends Refusal {
  readonly connection: Connection;
  /** `clock.monotonic()`. */
  readonly dueAt: number;
}

const isSlowed = ({ held, behind }: Connection): boolean => held > 0 || behind.length > 0;

/** Who has waited for so long takes turns with those who came first. */
const OVERDUE_MS = 5000;

/** The first that is due; those that are not came within the last milliseconds. */
const nextIn = (lane: ReadonlySet<Held>, at: number): Held | undefined => {
  for (const held of lane) if (held.dueAt <= at) return held;
  return undefined;
};

const proceed = (connection: Connection): void => {
  const { behind, socket } = connection;
  // One at a time: the next is looked at when this one was answered, and not at all while it is being refused.
  while (connection.held === 0 && connection.waiting + connection.reading === 0) {
    const next = behind.shift();
    if (next === undefined) break;
    next();
  }
  if (!isSlowed(connection) && socket.isPaused() && !socket.destroyed) socket.resume();
};

/** Makes the pace of one thread. */
export const createRefusals = (clock: Clock, changes: Partial<RefusalPace> = {}): Refusals => {
  const pace: RefusalPace = { ...DEFAULT_REFUSAL_PACE, ...changes };
  /** In the order in which they came; those who seldom fail, and those who go on failing. */
  const [first, last] = [new Set<Held>(), new Set<Held>()];
  /** Of trusted proxies, which have only so many connections for all their clients: these wait for their stroke and no longer. */
  const passing = new Set<Held>();
  let slowed = 0;
  let isTurnOfOverdue = false;
  let allowance = pace.atOnce;
  let countedAt = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;
  let hasEnded = false;
  let toPause: Connection[] = [];

  /** Refusals of a second, which is `second`, and of the one before. */
  let [second, refused, refusedBefore] = [0, 0, 0];

  const count = (): void => {
    const current = Math.floor(clock.monotonic() / 1000);
    if (current === second) return;
    refusedBefore = current === second + 1 ? refused : 0;
    refused = 0;
    second = current;
  };

  const pauseAll = (): void => {
    const connections = toPause;
    toPause = [];
    for (const connection of connections)
      if (isSlowed(connection) && !connection.socket.destroyed) connection.socket.pause();
  };

  /** When a turn is over: until then Node sets a connection going again at the end of each request that it reads. */
  const pauseSoon = (connection: Connection): void => {
    if (toPause.length === 0) setImmediate(pauseAll);
    toPause.push(connection);
  };

  const release = (held: Held): void => {
    const { connection } = held;
    if (connection.isProxy) {
      connection.waiting -= 1;
    } else {
      connection.held -= 1;
      if (connection.held === 0) slowed -= 1;
    }
    held.send();
    proceed(connection);
  };

  /** Whose turn it is: first failures, and every other time who has waited for seconds, so that nobody is kept waiting by others. */
  const nextOf = (at: number): Held | undefined => {
    const late = nextIn(last, at);
    isTurnOfOverdue = !isTurnOfOverdue;
    if (late !== undefined && isTurnOfOverdue && at - late.beganAt > OVERDUE_MS) return late;
    return nextIn(first, at) ?? late;
  };

  const plan = (): void => {
    if (timer !== undefined || first.size + last.size + passing.size === 0) return;
    const at = clock.monotonic();
    const next = (Math.floor(at / pace.strokeMs) + 1) * pace.strokeMs;
    timer = setTimeout(strike, Math.ceil(next - at)).unref();
  };

  const strike = (): void => {
    timer = undefined;
    const at = clock.monotonic();
    const perSecond = Math.max(pace.perSecond, slowed / pace.mostSeconds);
    allowance = Math.min(pace.atOnce, allowance + ((at - countedAt) / 1000) * perSecond);
    countedAt = at;
    for (const held of passing) {
      if (held.dueAt > at) continue;
      passing.delete(held);
      release(held);
    }
    while (allowance >= 1) {
      const held = nextOf(at);
      if (held === undefined) break;
      first.delete(held);
      last.delete(held);
      // Nobody is there to be sent anything.
      if (!held.connection.socket.destroyed) allowance -= 1;
      release(held);
    }
    plan();
  };

  return {
    hold: (connection, refusal) => {
      count();
      refused += 1;
      if (hasEnded) {
        refusal.send();
        return;
      }
      const { leastMs, strokeMs, early } = pace;
      const dueAt = Math.ceil((refusal.beganAt + leastMs) / strokeMs) * strokeMs;
      const held: Held = { ...refusal, connection, dueAt };
      if (connection.isProxy) {
        // Who failed is one of many who come through it; the others go on.
        connection.waiting += 1;
        passing.add(held);
      } else {
        connection.refused += 1;
        if (connection.held === 0) slowed += 1;
        connection.held += 1;
        pauseSoon(connection);
        (refusal.isLate || connection.refused > early ? last : first).add(held);
      }
      plan();
    },
    // Who failed lately has one request looked at at a time, however many were sent ahead.
    mustWait: (connection) =>
      isSlowed(connection) || (connection.refused > 0 && connection.waiting + connection.reading > 0),
    proceed,
    forget: (connection) => {
      connection.behind.length = 0;
    },
    end: () => {
      hasEnded = true;
      clearTimeout(timer);
      for (const lane of [first, last, passing]) {
        for (const held of lane) {
          lane.delete(held);
          release(held);
        }
      }
    },
    isPressed: () => {
      count();
      return Math.max(refused, refusedBefore) > pace.pressed;
    },
  };
};
