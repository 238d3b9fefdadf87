/** The datasets that loads make for themselves, and that go again where nothing was loaded. */
import type { Database } from '../../store/database.ts';
import { removeUnfilledDatasets } from './store.ts';

/**
 * Removes datasets that were made for an upload and that nothing is being loaded into any more, whoever made them and whatever
 * they may do by now. One that a load still holds is found the next time.
 */
export const removeUnfilled = async (database: Database): Promise<void> => {
  await database.run(removeUnfilledDatasets, []);
};
