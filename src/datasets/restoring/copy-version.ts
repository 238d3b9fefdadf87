/** The one way in which an old version comes back, within a request and outside of one. */
import { noteUse } from '../../services/datasets/access/note-use.ts';
import { makeGeneration, publishGeneration } from '../../services/datasets/access/store.ts';
import type { Transaction } from '../../store/transaction.ts';
import type { FoundDataset } from '../find.ts';
import { RESTORED_AT_ONCE } from '../limits.ts';
import { restorePart } from '../store.ts';

export interface CopyOrder {
  /** As `findDataset` gives it, at the version that comes back. */
  readonly old: Pick<FoundDataset, 'id' | 'version' | 'columns' | 'key'>;
  /** Refused where this is not the newest version any more. */
  readonly expected: number | null;
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
  /** Told after each part how many rows are copied at least; may throw to stop. */
  readonly onPart?: (parts: number) => void;
}

/**
 * Makes, fills and publishes a generation in the caller's transaction: a version, or nothing at all. Gives the number of the
 * new version. Throws what the functions of migration 0017 raise.
 */
export const copyVersion = async (
  tx: Transaction,
  { old, expected, now, onPart }: CopyOrder,
): Promise<number> => {
  const made = await tx.one(makeGeneration, [old.id, old.columns, old.key]);
  const generation = made?.generation ?? 0;
  for (let after = 0, parts = 1; ; parts += 1) {
    const part = await tx.one(restorePart, [old.id, old.version, generation, after, RESTORED_AT_ONCE]);
    if (part === undefined || part.last === null) break;
    after = part.last;
    onPart?.(parts);
  }
  const done = await tx.one(publishGeneration, [old.id, generation, 'restore', expected]);
  const version = done?.version ?? 0;
  const details = { restored: old.version, version };
  await noteUse(tx, { dataset: old.id, action: 'datasets.restore', details, at: now });
  return version;
};
