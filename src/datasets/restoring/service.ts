/** Bringing an old version back: at once where that is quick, otherwise begun, to be looked at until it is done. */
import { changeAsMember, type Acting, type Changed } from '../../audit/change.ts';
import { newId } from '../../foundation/ids.ts';
import type { Database } from '../../store/database.ts';
import { StoreError } from '../../store/errors.ts';
import type { Transaction } from '../../store/transaction.ts';
import { findDataset, withContentProblems, type FoundDataset } from '../find.ts';
import { restorationNotFound, restoreUnderWay, versionConflict } from '../problems.ts';
import type { ShownRestoration, ShownVersionDetail } from '../schemas.ts';
import { readVersion, type Reader } from '../show.ts';
import { copyVersion } from './copy-version.ts';
import { MOST_BYTES_AT_ONCE, MOST_ROWS_AT_ONCE } from './limits.ts';
import { insertRestoration, queueRestoration, readRestoration, restorationSize } from './store.ts';

type Store = Pick<Database, 'as'>;

/** Either it is done, or it has begun. */
export type Restored =
  | { readonly isDone: true; readonly version: ShownVersionDetail }
  | { readonly isDone: false; readonly begun: ShownRestoration };

/** What is restored within one request; a test makes it smaller. */
export interface AtOnce {
  readonly rows: number;
  readonly bytes: number;
}

const AT_ONCE: AtOnce = { rows: MOST_ROWS_AT_ONCE, bytes: MOST_BYTES_AT_ONCE };

const isQuick = async (tx: Transaction, old: FoundDataset, atOnce: AtOnce): Promise<boolean> => {
  const current = await findDataset(tx, old.company, old.id, 'read');
  if (old.rows + current.rows > atOnce.rows) return false;
  const size = await tx.one(restorationSize, [old.id, old.version]);
  return (size?.bytes ?? 0) <= atOnce.bytes;
};

/** @throws restoration_not_found (404): also for one of somebody else. */
const show = async (
  tx: Transaction,
  reader: Reader,
  dataset: string,
  id: string,
): Promise<ShownRestoration> => {
  const row = await tx.one(readRestoration, [reader.company, id]);
  if (row === undefined || row.dataset_id !== dataset) throw restorationNotFound();
  return {
    id: row.id,
    dataset: row.dataset_id,
    number: row.number,
    phase: row.phase as ShownRestoration['phase'],
    rows: row.rows,
    rows_done: row.rows_done,
    version: row.version,
    failure: row.failure as ShownRestoration['failure'],
    created_at: row.created_at.toISOString(),
  };
};

/**
 * Makes a new version that is equal to an old one, whose columns and key it has, or begins to. Whoever may modify rows may do
 * it, also from another company.
 * @throws dataset_not_found, version_not_found (404), dataset_forbids (403), version_conflict, restore_under_way (409).
 */
export const restoreVersion = async (
  database: Store,
  acting: Acting,
  dataset: string,
  number: number,
  expected?: number,
  atOnce = AT_ONCE,
): Promise<Restored> => {
  const { company, caller, now } = acting;
  const reader: Reader = { company, user: caller.user };
  try {
    return await withContentProblems(() =>
      changeAsMember(
        database,
        acting,
        { permission: 'datasets.read' },
        async ({ tx, at }): Promise<Changed<Restored>> => {
          const old = await findDataset(tx, company, dataset, 'modify', number);
          if (expected !== undefined && expected !== old.currentVersion) throw versionConflict();
          if (await isQuick(tx, old, atOnce)) {
            const version = await copyVersion(tx, { old, expected: expected ?? null, now });
            return {
              value: {
                isDone: true,
                version: await readVersion(
                  tx,
                  reader,
                  await findDataset(tx, company, old.id, 'read', version),
                ),
              },
            };
          }
          const id = newId('op', now);
          const values = [id, company, caller.user, old.id, number, expected ?? null, old.rows, at] as const;
          await tx.all(insertRestoration, values);
          await tx.one(queueRestoration, [id]);
          return { value: { isDone: false, begun: await show(tx, reader, old.id, id) } };
        },
      ),
    );
  } catch (error) {
    if (error instanceof StoreError && error.constraint === 'dataset_restoration_under_way')
      throw restoreUnderWay();
    throw error;
  }
};

/** How far it is. @throws dataset_not_found, restoration_not_found (404). */
export const showRestoration = (
  database: Store,
  reader: Reader,
  dataset: string,
  id: string,
): Promise<ShownRestoration> =>
  database.as(reader, async (tx) => {
    const found = await findDataset(tx, reader.company, dataset, 'read');
    return show(tx, reader, found.id, id);
  });
