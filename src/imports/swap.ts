/** Takes new data into use in one thread, and tries again where that fails. */

/** Milliseconds until the first further try; doubled for each one after that up to the most. */
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 60_000;

export interface SwapOptions<Data> {
  /** Takes it whole or not at all; all lookups are synchronous, so nothing is in the middle of one meanwhile. */
  readonly take: (next: Data) => void;
  /** Told of the first failure of each data; what was in use before goes on answering. */
  readonly onFailure: (error: unknown) => void;
}

/** @returns what takes the next data; the newest always goes before what still failed. */
export const createSwap = <Data>({ take, onFailure }: SwapOptions<Data>): ((next: Data) => void) => {
  let waiting: NodeJS.Timeout | undefined;
  const attempt = (next: Data, pause: number): void => {
    try {
      take(next);
    } catch (error) {
      if (pause === FIRST_PAUSE_MS) onFailure(error);
      waiting = setTimeout(attempt, pause, next, Math.min(2 * pause, LONGEST_PAUSE_MS)).unref();
    }
  };
  return (next) => {
    clearTimeout(waiting);
    attempt(next, FIRST_PAUSE_MS);
  };
};
