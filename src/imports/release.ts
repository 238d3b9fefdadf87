/** Gives memory back that nothing answers from any more: index files after a swap, and what a start has left. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Shared memory is free when every thread has collected the objects that led to it. V8 does not count it as a thread's
 * own, so a thread with little garbage would hold on to gigabytes for hours; this makes it look now. It takes some tens
 * of milliseconds, once after a swap. (An inspector session could ask for the same, and stops the main thread for good.)
 */
const collectGarbage = (options?: GcOptions): void => {
  // Only contexts that are made afterwards have the function.
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as (options?: GcOptions) => void)(options);
};

/** What V8's own `gc` takes; a last resort also gives empty pages back to the system. */
interface GcOptions {
  readonly type: 'major';
  readonly flavor: 'last-resort';
}

/** What has begun with the old data has mostly ended by then. */
const AFTER_MS = 1000;
/** The threads pause one after the other. */
const APART_MS = 250;

/** @param turn which thread this is among those that have to collect, from 0. */
export const collectSoon = (turn: number): void => {
  setTimeout(() => collectGarbage(), AFTER_MS + turn * APART_MS).unref();
};

/**
 * Gives back what only the start needed, some 20 MB in each thread of sources, caches and a young generation that has grown
 * with them. It takes a tenth of a second, once.
 * @param turn which thread this is: 0 for the main one, and the workers after it.
 */
export const settleSoon = (turn = 0): void => {
  setTimeout(
    () => collectGarbage({ type: 'major', flavor: 'last-resort' }),
    AFTER_MS + turn * APART_MS,
  ).unref();
};
