import { buildGazetteer, type Report } from './build-gazetteer.ts';
import { writeAtomically } from './write-atomically.ts';

/** Builds the index and puts it at `path`, whole or not at all; any number of processes may do so at once. */
export const writeGazetteer = async (path: string, options: { report: Report }): Promise<void> => {
  await writeAtomically(path, buildGazetteer(options));
};
