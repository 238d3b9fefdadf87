/** What is different between two versions: said at once where that is quick, otherwise compared in the background and kept for a day. */
import { changeAsMember, type Acting, type Changed } from '../../audit/change.ts';
import { newId, type Id } from '../../foundation/ids.ts';
import { noteUse } from '../../services/datasets/access/note-use.ts';
import { findById } from '../../services/datasets/rows/store.ts';
import { isTimeout } from '../../services/datasets/query/took-too-long.ts';
import type { Database } from '../../store/database.ts';
import type { Transaction } from '../../store/transaction.ts';
import { findDataset, withContentProblems, type FoundDataset } from '../find.ts';
import { DIFFERENCES_PAGE, MOST_DIFFERENCES } from '../limits.ts';
import {
  comparisonNotFound,
  comparisonNotReady,
  tooLargeToCompare,
  tooManyComparisons,
} from '../problems.ts';
import type { ShownComparison, ShownDifferences } from '../schemas.ts';
import type { Reader } from '../show.ts';
import { countDifferences, listDifferences } from '../store.ts';
import {
  MOST_BYTES_AT_ONCE,
  MOST_KEPT,
  MOST_PAGE_BYTES,
  MOST_ROWS_AT_ONCE,
  MOST_UNDER_WAY,
} from './limits.ts';
import {
  comparisonSize,
  countUnderWay,
  dropOldest,
  findSame,
  insertComparison,
  listCompared,
  queueComparison,
  readComparison,
} from './store.ts';

type Store = Pick<Database, 'as'>;

/** What is compared within one request; a test makes it smaller. */
export interface AtOnce {
  readonly rows: number;
  readonly bytes: number;
}

const AT_ONCE: AtOnce = { rows: MOST_ROWS_AT_ONCE, bytes: MOST_BYTES_AT_ONCE };

/** Two numbers of versions: what was, and what is. */
export type Pair = readonly [number, number];

/** A page: how many differences come before it, and how many there are on it at most. */
export interface DifferencesPage {
  readonly after?: number | undefined;
  readonly limit?: number | undefined;
}

interface Opened {
  readonly id: Id<'dst'>;
  readonly rows: number;
}

/** @throws dataset_not_found, version_not_found (404). */
const openPair = async (tx: Transaction, reader: Reader, dataset: string, [a, b]: Pair): Promise<Opened> => {
  const one: FoundDataset = await findDataset(tx, reader.company, dataset, 'read', a);
  const other = await findDataset(tx, reader.company, one.id, 'read', b);
  return { id: one.id, rows: one.rows + other.rows };
};

const noteRead = async (tx: Transaction, dataset: Id<'dst'>, [a, b]: Pair, at: number): Promise<void> => {
  const found = await tx.one(findById, [dataset]);
  if (found?.is_logged !== 'true') return;
  await noteUse(tx, { dataset, action: 'datasets.read', details: { from: a, version: b }, at });
};

interface Counts {
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
}

const pageOf = (
  { added, changed, removed }: Counts,
  rows: readonly object[],
  after: number,
): ShownDifferences => {
  const behind = after + rows.length;
  const hasMore = rows.length > 0 && behind < Math.min(added + changed + removed, MOST_DIFFERENCES);
  return {
    added,
    changed,
    removed,
    items: rows as ShownDifferences['items'],
    next: hasMore ? String(behind) : null,
  };
};

/**
 * What version `b` has and `a` has not, and the other way round; noted as a read where the owner's company wants that.
 * @throws dataset_not_found, version_not_found (404), too_large_to_compare (422): then it is begun with `beginComparison`.
 */
export const compareVersions = async (
  database: Store,
  reader: Reader,
  dataset: string,
  pair: Pair,
  now: number,
  { after = 0, limit = DIFFERENCES_PAGE }: DifferencesPage = {},
  atOnce = AT_ONCE,
): Promise<ShownDifferences> => {
  try {
    return await withContentProblems(() =>
      database.as(reader, async (tx) => {
        const [a, b] = pair;
        const { id, rows: size } = await openPair(tx, reader, dataset, pair);
        const bytes = (await tx.one(comparisonSize, [id, a, b]))?.bytes ?? 0;
        if (size > atOnce.rows || bytes > atOnce.bytes) throw tooLargeToCompare();
        const counts = await tx.one(countDifferences, [id, a, b]);
        const rows = await tx.all(listDifferences, [id, a, b, after, limit]);
        await noteRead(tx, id, pair, now);
        return pageOf(counts ?? { added: 0, changed: 0, removed: 0 }, rows, after);
      }),
    );
  } catch (error) {
    // Few rows, and yet much to read: the same way leads on.
    throw isTimeout(error) ? tooLargeToCompare() : error;
  }
};

/** @throws comparison_not_found (404): also for one of somebody else. */
const show = async (
  tx: Transaction,
  reader: Reader,
  dataset: string,
  id: string,
): Promise<ShownComparison> => {
  const row = await tx.one(readComparison, [reader.company, id]);
  if (row === undefined || row.dataset_id !== dataset) throw comparisonNotFound();
  return {
    id: row.id,
    dataset: row.dataset_id,
    a: row.a,
    b: row.b,
    phase: row.phase as ShownComparison['phase'],
    rows: row.rows,
    rows_done: row.rows_done,
    added: row.added,
    changed: row.changed,
    removed: row.removed,
    failure: row.failure as ShownComparison['failure'],
    created_at: row.created_at.toISOString(),
  };
};

/**
 * Begins to compare two versions of any size, or gives the comparison of the same two that this user has already, which stays true:
 * versions never change.
 * @throws dataset_not_found, version_not_found (404), too_many_comparisons (429).
 */
export const beginComparison = (
  database: Store,
  acting: Acting,
  dataset: string,
  pair: Pair,
): Promise<ShownComparison> => {
  const { company, caller, now } = acting;
  const reader: Reader = { company, user: caller.user };
  return changeAsMember(
    database,
    acting,
    { permission: 'datasets.read' },
    async ({ tx, at }): Promise<Changed<ShownComparison>> => {
      const [a, b] = pair;
      const { id: found, rows } = await openPair(tx, reader, dataset, pair);
      const same = await tx.one(findSame, [company, caller.user, found, a, b]);
      if (same !== undefined) return { value: await show(tx, reader, found, same.id) };
      const counted = await tx.one(countUnderWay, [company, caller.user]);
      if ((counted?.under_way ?? 0) >= MOST_UNDER_WAY) throw tooManyComparisons();
      await tx.all(dropOldest, [company, caller.user, MOST_KEPT - MOST_UNDER_WAY]);
      const wanted = newId('op', now);
      const made = await tx.one(insertComparison, [
        wanted,
        company,
        caller.user,
        found,
        a,
        b,
        rows,
        at,
      ] as const);
      // Twice at once: the first has it.
      if (made === undefined) {
        const first = await tx.one(findSame, [company, caller.user, found, a, b]);
        return { value: await show(tx, reader, found, first?.id ?? wanted) };
      }
      await tx.one(queueComparison, [wanted]);
      await noteRead(tx, found, pair, now);
      return { value: await show(tx, reader, found, wanted) };
    },
  );
};

/** How far it is. @throws dataset_not_found, comparison_not_found (404). */
export const showComparison = (
  database: Store,
  reader: Reader,
  dataset: string,
  id: string,
): Promise<ShownComparison> =>
  database.as(reader, async (tx) => {
    const found = await findDataset(tx, reader.company, dataset, 'read');
    return show(tx, reader, found.id, id);
  });

/**
 * A page of what is different, read anew from both versions, and noted as a read where the owner's company wants that.
 * @throws dataset_not_found, comparison_not_found (404), comparison_not_ready (409).
 */
export const listComparedRows = (
  database: Store,
  reader: Reader,
  { dataset, comparison }: { readonly dataset: string; readonly comparison: string },
  now: number,
  { after = 0, limit = DIFFERENCES_PAGE }: DifferencesPage = {},
): Promise<ShownDifferences> =>
  withContentProblems(() =>
    database.as(reader, async (tx) => {
      const found = await findDataset(tx, reader.company, dataset, 'read');
      const { a, b, added, changed, removed } = await show(tx, reader, found.id, comparison);
      if (added === null || changed === null || removed === null) throw comparisonNotReady();
      const rows = await tx.all(listCompared, [comparison, after, limit, MOST_PAGE_BYTES]);
      await noteRead(tx, found.id, [a, b], now);
      return pageOf({ added, changed, removed }, rows, after);
    }),
  );
