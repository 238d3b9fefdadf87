/** What was done with a dataset, written into the log of the company that owns it, whoever did it. */
import { newId, type Id, type KeyId } from '../../../foundation/ids.ts';
import type { Transaction } from '../../../store/transaction.ts';
import { noteDatasetUse } from './store.ts';

/** One use of a dataset. Counts, versions and formats go into the details; nothing that stands in a row, and no filter. */
export interface DatasetUse {
  readonly dataset: Id<'dst'>;
  readonly action: `datasets.${string}`;
  readonly details?: Readonly<Record<string, string | number | boolean | null>>;
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
  /** The key that did it, of the transaction's company; left out for a user, who is the transaction's. */
  readonly key?: KeyId | undefined;
}

/**
 * Writes the event in the transaction of the use, in whichever company its actor acts: both happen, or neither. False, and
 * nothing is written, where the actor does not see the dataset. Reads are noted only where `dataset.reads_logged` says so,
 * which whoever reads has at hand; all other uses always.
 */
export const noteUse = async (
  tx: Transaction,
  { dataset, action, details = {}, at, key }: DatasetUse,
): Promise<boolean> => {
  const row = await tx.one(noteDatasetUse, [
    newId('aud', at),
    dataset,
    action,
    details,
    new Date(at),
    key ?? null,
  ]);
  return row?.noted === true;
};
