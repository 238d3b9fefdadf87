/**
 * Whether a worker may trust the keys it remembers, through eight bytes shared by the watch and all workers:
 * how often the watch has confirmed that it hears of changes, and how many changes it has passed on.
 */

const BEATS = 0;
const CHANGES = 1;

export const createFreshnessBuffer = (): SharedArrayBuffer => new SharedArrayBuffer(8);

export interface FreshnessSource {
  /** The watch has just asked the database and passed everything on. */
  beat(): void;
  /** A change is about to be passed on; returns its number. */
  announceChange(): number;
}

export const createFreshnessSource = (buffer: SharedArrayBuffer): FreshnessSource => {
  const cells = new Int32Array(buffer);
  return {
    beat: () => {
      Atomics.add(cells, BEATS, 1);
    },
    announceChange: () => (Atomics.add(cells, CHANGES, 1) + 1) | 0,
  };
};

export interface Freshness {
  /** False while a change is on its way to this worker, or when no beat came for `patienceMs`. */
  isCurrent(): boolean;
  /** This worker has applied the change of this number. */
  applied(change: number): void;
  close(): void;
}

const CHECK_MS = 100;

/** @param patienceMs how long the watch may be silent, in milliseconds, before each key is asked for again. */
export const createFreshness = (buffer: SharedArrayBuffer, patienceMs = 900): Freshness => {
  const cells = new Int32Array(buffer);
  let lastBeat = Atomics.load(cells, BEATS);
  let appliedChange = Atomics.load(cells, CHANGES);
  let silentMs = 0;
  const timer = setInterval(() => {
    const beat = Atomics.load(cells, BEATS);
    silentMs = beat === lastBeat ? silentMs + CHECK_MS : 0;
    lastBeat = beat;
  }, CHECK_MS).unref();
  return {
    isCurrent: () => silentMs < patienceMs && Atomics.load(cells, CHANGES) === appliedChange,
    applied: (change) => {
      appliedChange = change;
    },
    close: () => {
      clearInterval(timer);
    },
  };
};
