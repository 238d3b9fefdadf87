/** One version of a dataset, opened by whoever may read it, each time anew. */
import { isId, type Id } from '../../../foundation/ids.ts';
import type { Transaction } from '../../../store/transaction.ts';
import type { DatasetActor } from '../access/actor.ts';
import { chooseVersion, openDataset } from '../access/store.ts';
import type { Catalogue } from '../query/catalogue.ts';
import { refuseTable } from '../query/problems.ts';
import { findById, findByName } from '../rows/store.ts';
import { tablesOf, type Tables } from '../rows/tables.ts';
import type { Target } from '../rows/target.ts';
import { refuseEmpty } from '../rows/wire-errors.ts';

export interface OpenVersion {
  readonly dataset: Id<'dst'>;
  readonly name: string;
  readonly version: number;
  readonly generation: number;
  readonly rows: number;
  /** Whether its owner wants reads noted. */
  readonly isLogged: boolean;
  readonly tables: Tables;
}

/**
 * Finds and opens it in this transaction. Throws the 404 of PostgREST's wire where the actor may not know of it, it has no such
 * version, or no content yet.
 */
export const openVersion = async (
  tx: Transaction,
  actor: DatasetActor,
  { name, version }: Target,
): Promise<OpenVersion> => {
  const found = isId('dst', name)
    ? await tx.one(findById, [name])
    : await tx.one(findByName, [actor.company, name]);
  if (found === undefined) throw refuseTable();
  const row = await tx.one(openDataset, [found.id, version ?? null]);
  if (row === undefined) throw refuseTable();
  if (row.generation === null) throw refuseEmpty();
  return {
    dataset: found.id as Id<'dst'>,
    name: row.name,
    version: row.version,
    generation: row.generation,
    rows: row.rows,
    isLogged: found.is_logged === 'true',
    tables: tablesOf(found.id, row),
  };
};

const isCurrent = async (tx: Transaction, { dataset, version }: OpenVersion): Promise<boolean> => {
  const row = await tx.one(openDataset, [dataset, version]);
  // The right was taken away, or the dataset is gone.
  if (row === undefined) throw refuseTable();
  return row.current_version === version;
};

/**
 * Reads from this version, whatever the current one is by now: from the rows as they are where nothing has changed since, also
 * not while it was read, else from those of the version. Asks for the right before and after; throws a 404 without it.
 */
export const readVersion = async <Value>(
  tx: Transaction,
  open: OpenVersion,
  read: (catalogue: Catalogue) => Promise<Value>,
): Promise<Value> => {
  if (await isCurrent(tx, open)) {
    const value = await read(open.tables.now);
    if (await isCurrent(tx, open)) return value;
  }
  await tx.one(chooseVersion, [String(open.version)]);
  const value = await read(open.tables.at);
  await isCurrent(tx, open);
  return value;
};
