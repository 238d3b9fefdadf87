/** Comparisons of one process. */
import { createJobLoop, type JobLoop, type JobLoopParts } from '../jobs/loop.ts';
import { COMPARING } from './kind.ts';

export interface Comparisons extends Omit<JobLoop, 'wake'> {
  /** For `startJobs`. */
  readonly tasks: { readonly 'datasets.compare': JobLoop['wake'] };
}

/** Makes the comparisons of this process; nothing is done until its task or its schedule runs. */
export const createComparisons = (parts: JobLoopParts): Comparisons => {
  const { wake, ...rest } = createJobLoop(COMPARING, parts);
  return { tasks: { 'datasets.compare': wake }, ...rest };
};
