/** Indexes of a dataset for those who manage it: which there are, which would help, wanting one, wanting it no more. */
import { changeAsMember, type Acting } from '../../audit/change.ts';
import { utcDay } from '../../foundation/clock.ts';
import { noteUse } from '../../services/datasets/access/note-use.ts';
import { searchedColumns } from '../../services/datasets/query/words-sql.ts';
import type { Database } from '../../store/database.ts';
import { StoreError } from '../../store/errors.ts';
import type { Transaction } from '../../store/transaction.ts';
import { findDataset, type FoundDataset } from '../find.ts';
import type { Reader } from '../show.ts';
import { canIndex } from './index-sql.ts';
import { MOST_INDEXES, USE_DAYS } from './limits.ts';
import { indexColumnsInvalid, indexExists, indexNotFound, tooManyIndexes } from './problems.ts';
import type { ShownIndex, ShownIndexes } from './schemas.ts';
import { insertIndex, listIndexes, listUses, queueIndexes, removeIndex } from './store.ts';
import { countServed, suggestIndexes, type SeenUse } from './suggest.ts';

type Store = Pick<Database, 'as'>;

const DAY_MS = 86_400_000;

/** How often rows were asked for by each column in the last days. */
const seenUses = async (tx: Transaction, found: FoundDataset, now: number): Promise<readonly SeenUse[]> => {
  const since = utcDay(now - USE_DAYS * DAY_MS);
  const uses = await tx.all(listUses, [found.company, found.id, since]);
  return uses.map(({ column_name: column, kind, count }) => ({ column, kind, count: count ?? 0 }));
};

const list = async (
  tx: Transaction,
  found: FoundDataset,
  uses: readonly SeenUse[],
): Promise<readonly ShownIndex[]> => {
  const rows = await tx.all(listIndexes, [found.company, found.id]);
  return rows.map((row) => {
    let state: ShownIndex['state'] = 'waiting';
    if (row.is_valid === true) state = 'ready';
    else if (row.failure !== null) state = 'failed';
    else if (row.is_there === true) state = 'building';
    return {
      index: row.number,
      kind: row.columns.length === 0 ? 'search' : 'columns',
      columns: [...row.columns],
      state,
      progress: state === 'building' && row.is_current === true ? row.progress : null,
      bytes: row.bytes,
      failure: state === 'failed' ? (row.failure as ShownIndex['failure']) : null,
      created_at: row.created_at.toISOString(),
      reads: countServed(row.columns, { columns: found.columns, uses }),
    };
  });
};

const keyOf = ({ key, columns }: FoundDataset, uses: readonly SeenUse[]): ShownIndex => ({
  index: null,
  kind: 'key',
  columns: [...key],
  state: 'ready',
  progress: null,
  bytes: null,
  failure: null,
  created_at: null,
  reads: countServed(key, { columns, uses }),
});

/** @throws dataset_not_found (404), dataset_forbids (403). */
export const showIndexes = (
  database: Store,
  reader: Reader,
  dataset: string,
  now: number,
): Promise<ShownIndexes> =>
  database.as(reader, async (tx) => {
    const found = await findDataset(tx, reader.company, dataset, 'manage');
    const uses = await seenUses(tx, found, now);
    const chosen = await list(tx, found, uses);
    const items = found.key.length > 0 ? [keyOf(found, uses), ...chosen] : chosen;
    const suggestions = suggestIndexes({
      columns: found.columns,
      rows: found.rows,
      indexed: items.map(({ columns }) => columns),
      uses,
    });
    return {
      items: [...items],
      suggestions: [...suggestions],
    };
  });

const checkColumns = (found: FoundDataset, columns: readonly string[]): void => {
  if (columns.length === 0) {
    if (searchedColumns(found.columns).length === 0) throw indexColumnsInvalid();
    return;
  }
  const types = columns.flatMap((name) =>
    found.columns.filter((column) => column.name === name).map(({ type }) => type),
  );
  const isOnce = new Set(columns).size === columns.length;
  if (!isOnce || types.length !== columns.length || !canIndex(types)) throw indexColumnsInvalid();
  if (JSON.stringify(columns) === JSON.stringify(found.key)) throw indexExists();
};

/**
 * Wants an index, which is built behind everybody's back; none of columns is the one for search.
 * @throws dataset_not_found (404), dataset_forbids (403), index_columns_invalid (400), index_exists, too_many_indexes (409).
 */
export const addIndex = async (
  database: Store,
  acting: Acting,
  dataset: string,
  columns: readonly string[],
): Promise<ShownIndex> => {
  const { company, now } = acting;
  try {
    return await changeAsMember(database, acting, { permission: 'datasets.make' }, async ({ tx, at }) => {
      const found = await findDataset(tx, company, dataset, 'manage');
      checkColumns(found, columns);
      const values = [found.company, found.id, [...columns], at, MOST_INDEXES] as const;
      const made = await tx.one(insertIndex, values);
      if (made === undefined) throw tooManyIndexes();
      await tx.one(queueIndexes, [found.id]);
      const details = { index: made.number, columns: columns.length };
      await noteUse(tx, { dataset: found.id, action: 'datasets.index', details, at: now });
      const uses = await seenUses(tx, found, now);
      const shown = (await list(tx, found, uses)).find(({ index }) => index === made.number);
      if (shown === undefined) throw indexNotFound();
      return { value: shown };
    });
  } catch (error) {
    const isTaken =
      error instanceof StoreError &&
      (error.constraint === 'dataset_index_once' || error.constraint === 'dataset_index_pkey');
    if (isTaken) throw indexExists();
    throw error;
  }
};

/** Wants it no more: it is dropped without anybody waiting. @throws dataset_not_found, index_not_found (404), dataset_forbids (403). */
export const dropIndex = async (
  database: Store,
  acting: Acting,
  dataset: string,
  index: number,
): Promise<void> => {
  const { company, now } = acting;
  await changeAsMember(database, acting, { permission: 'datasets.make' }, async ({ tx, at }) => {
    const found = await findDataset(tx, company, dataset, 'manage');
    const removed = await tx.one(removeIndex, [found.company, found.id, index, at]);
    if (removed === undefined) throw indexNotFound();
    await tx.one(queueIndexes, [found.id]);
    const details = { index, columns: removed.columns.length };
    await noteUse(tx, { dataset: found.id, action: 'datasets.unindex', details, at: now });
    return { value: undefined };
  });
};
