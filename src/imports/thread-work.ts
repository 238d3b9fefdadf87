/** What the thread of an import says, and how it hears that it has to stop. */
import { parentPort, workerData } from 'node:worker_threads';
import { ImportError } from '../../gazetteer/import/import-error.ts';

/** How a thread's work ended. */
export type ThreadEnd<Result> =
  | { readonly kind: 'done'; readonly result: Result }
  | { readonly kind: 'damaged'; readonly sentence: string }
  | { readonly kind: 'full' }
  | { readonly kind: 'stopped' };

/** From the thread. */
export type ThreadNews<Result> =
  | { readonly kind: 'progress'; readonly message: string; readonly share: number }
  | ThreadEnd<Result>;

/** What the work of a thread is given. */
export interface ThreadTools {
  readonly signal: AbortSignal;
  /** @param share of the whole, 0 to 1. */
  readonly report: (message: string, share: number) => void;
}

/** Codes of the system for: there is no more room for this. */
const FULL: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

const isFull = (error: unknown): boolean => {
  for (let cause = error; cause instanceof Error; cause = cause.cause)
    if (FULL.has((cause as NodeJS.ErrnoException).code)) return true;
  return false;
};

/** Does the work that this thread was started for, and says how it ended; bugs end the thread with their error. */
export const workInThread = async <Result>(
  run: (job: unknown, tools: ThreadTools) => Promise<Result>,
): Promise<void> => {
  const stop = new AbortController();
  const tell = (news: ThreadNews<Result>): void => parentPort?.postMessage(news);
  parentPort?.once('message', () => stop.abort());
  try {
    const report = (message: string, share: number): void => tell({ kind: 'progress', message, share });
    const result = await run(workerData, { signal: stop.signal, report });
    tell({ kind: 'done', result });
  } catch (error) {
    // Damage that shows while a stop is under way is mostly the stop itself.
    if (stop.signal.aborted) tell({ kind: 'stopped' });
    else if (isFull(error)) tell({ kind: 'full' });
    else if (error instanceof ImportError) tell({ kind: 'damaged', sentence: error.message });
    else throw error;
  } finally {
    parentPort?.close();
  }
};
