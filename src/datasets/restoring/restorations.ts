/** Restorations of one process. */
import { createJobLoop, type JobLoop, type JobLoopParts } from '../jobs/loop.ts';
import { RESTORING } from './work.ts';

export interface Restorations extends Omit<JobLoop, 'wake'> {
  /** For `startJobs`. */
  readonly tasks: { readonly 'datasets.restore': JobLoop['wake'] };
}

/** Makes the restorations of this process; nothing is done until its task or its schedule runs. */
export const createRestorations = (parts: JobLoopParts): Restorations => {
  const { wake, ...rest } = createJobLoop(RESTORING, parts);
  return { tasks: { 'datasets.restore': wake }, ...rest };
};
