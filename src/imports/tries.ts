/** When to load files again that could not be used, and what of it the log has been told already. */

/** Looks that are let pass after the first try that failed; twice as many after each further one, up to the most. */
const FIRST_PAUSE = 1;
const LONGEST_PAUSE = 128;

/** The memory of one folder that is looked at again and again. */
export interface Tries {
  /** Before anything is loaded for the first time. @param state tells one state of the files from another. */
  begin(state: string): void;
  /** Whether to load what this state is of: it is another one, or it is time for another try. */
  isDue(state: string): boolean;
  /** A try failed. @param isLasting whether it goes on until the files are others. @returns whether this is news. */
  note(fault: string, isLasting: boolean): boolean;
}

/** Nothing has been seen yet. */
export const createTries = (): Tries => {
  const told = new Set<string>();
  let seen = '';
  let isPassing = false;
  let pause = FIRST_PAUSE;
  let looksLeft = 0;
  return {
    begin: (state) => {
      seen = state;
      looksLeft = pause;
    },
    isDue: (state) => {
      if (state !== seen) {
        told.clear();
        pause = FIRST_PAUSE;
      } else {
        if (!isPassing || looksLeft-- > 0) return false;
        pause = Math.min(LONGEST_PAUSE, 2 * pause);
      }
      looksLeft = pause;
      isPassing = false;
      seen = state;
      return true;
    },
    note: (fault, isLasting) => {
      if (!isLasting) isPassing = true;
      if (told.has(fault)) return false;
      told.add(fault);
      return true;
    },
  };
};
