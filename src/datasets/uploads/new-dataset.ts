/** The dataset that a load makes for itself, and takes away again where it fails. */
import { inScope, type DatasetActor } from '../../services/datasets/access/actor.ts';
import type { Database } from '../../store/database.ts';
import { removeEmpty } from './store.ts';

/** Removes a dataset that has no version yet; whoever may no longer do so leaves it to the company, empty. */
export const removeEmptyDataset = async (
  database: Database,
  actor: DatasetActor,
  dataset: string,
): Promise<void> => {
  await inScope(database, actor, (tx) => tx.all(removeEmpty, [actor.company, dataset]));
};
