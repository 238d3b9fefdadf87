/** The trace of a look at rows, where the dataset's owner wants reads noted. */
import type { KeyId } from '../../../foundation/ids.ts';
import type { Transaction } from '../../../store/transaction.ts';
import { noteUse } from '../access/note-use.ts';
import type { OpenVersion } from '../export/open-version.ts';

export interface Looker {
  /** The key that asks; left out for members. */
  readonly key?: KeyId;
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
}

/** Writes the event in the transaction that opened the dataset, or nothing. */
export const noteLook = async (tx: Transaction, open: OpenVersion, { key, now }: Looker): Promise<void> => {
  if (!open.isLogged) return;
  await noteUse(tx, {
    dataset: open.dataset,
    action: 'datasets.read',
    details: { version: open.version },
    at: now,
    ...(key !== undefined && { key }),
  });
};
