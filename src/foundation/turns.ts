/** Takes turns by name: so many of one name at once, the others of it behind them, in the order in which they came. */

export interface TurnsOptions {
  /** Of one name at once. */
  readonly most: number;
  /** Of one name that wait; the next one is refused. */
  readonly mostWaiting: number;
  /** What a refused one rejects with. */
  readonly refusal: () => Error;
}

/** Runs work when its name has its turn; rejects with the refusal, or with what the work throws. */
export type Turns = <Value>(name: string, work: () => Promise<Value>) => Promise<Value>;

interface Line {
  running: number;
  readonly waiting: (() => void)[];
}

export const createTurns = ({ most, mostWaiting, refusal }: TurnsOptions): Turns => {
  const lines = new Map<string, Line>();
  return async (name, work) => {
    const line = lines.get(name) ?? { running: 0, waiting: [] };
    lines.set(name, line);
    if (line.running < most) line.running += 1;
    else {
      if (line.waiting.length >= mostWaiting) throw refusal();
      // Whoever ends hands its turn on, so that nobody comes between.
      await new Promise<void>((resolve) => line.waiting.push(resolve));
    }
    try {
      return await work();
    } finally {
      const next = line.waiting.shift();
      if (next === undefined) line.running -= 1;
      else next();
      if (line.running === 0) lines.delete(name);
    }
  };
};
