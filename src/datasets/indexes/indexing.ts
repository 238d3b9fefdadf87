/** The builds of indexes of one process: one at a time, begun by the queue, and looked for by the clock. */
import { isId, type Id } from '../../foundation/ids.ts';
import type { Log } from '../../foundation/log.ts';
import type { ScheduledTask } from '../../jobs/schedule.ts';
import { waitingIndexes } from './store.ts';
import { workOnIndexes, type WorkParts } from './work.ts';

export interface Indexing {
  /** For `startJobs`. The job ends at once, however long a build takes, so that it holds nothing else up. */
  readonly tasks: { readonly 'datasets.index': (payload: unknown) => Promise<void> };
  readonly schedule: readonly ScheduledTask[];
  /** Looks once for what was left behind. */
  resume(): Promise<void>;
  /** Takes no more; what is under way is left to whoever comes next. */
  close(): Promise<void>;
}

/** What waits beyond these is found by the next look. */
const MOST_WAITING = 100;

const datasetOf = (payload: unknown): Id<'dst'> | undefined => {
  const id =
    typeof payload === 'object' && payload !== null && 'dataset' in payload ? payload.dataset : undefined;
  return typeof id === 'string' && isId('dst', id) ? id : undefined;
};

/** Makes the builds of this process; nothing is done until its task or its schedule runs. */
export const createIndexing = (parts: Omit<WorkParts, 'signal'> & { readonly log: Log }): Indexing => {
  const { office, log } = parts;
  const closing = new AbortController();
  const waiting = new Set<Id<'dst'>>();
  let working: Promise<void> | undefined;

  const workAll = async (): Promise<void> => {
    for (const dataset of waiting) {
      if (closing.signal.aborted) return;
      waiting.delete(dataset);
      try {
        await workOnIndexes(dataset, { ...parts, signal: closing.signal });
      } catch (error) {
        if (!closing.signal.aborted)
          log.warn('an index has to be begun anew', { code: 'index_interrupted', error });
      }
    }
  };

  const start = (): void => {
    working ??= workAll().finally(() => {
      working = undefined;
      if (waiting.size > 0 && !closing.signal.aborted) start();
    });
  };

  const add = (dataset: Id<'dst'> | undefined): void => {
    if (dataset === undefined || closing.signal.aborted || waiting.size >= MOST_WAITING) return;
    waiting.add(dataset);
    start();
  };

  const resume = async (): Promise<void> => {
    for (const { dataset } of await office.run(waitingIndexes, [MOST_WAITING])) add(datasetOf({ dataset }));
  };

  return {
    tasks: { 'datasets.index': async (payload) => add(datasetOf(payload)) },
    schedule: [{ name: 'datasets.resume-indexes', every: 5, run: resume }],
    resume,
    close: async () => {
      closing.abort();
      waiting.clear();
      await working;
    },
  };
};
