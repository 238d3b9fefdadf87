/** What somebody who left is told: what was erased, and what remains where until when. */
import { newId, type Id } from '../foundation/ids.ts';
import { storeName } from './stores.ts';

/** How many rows a store has, or had. */
export interface StoreRows {
  readonly store: string;
  readonly rows: number;
}

export interface Receipt {
  readonly id: Id<'rct'>;
  /** RFC 3339, UTC. */
  readonly at: string;
  readonly erased: readonly StoreRows[];
  /** Sentences. */
  readonly kept: readonly string[];
}

/** The mail with a receipt is given up after this; with a sweep every quarter of an hour nothing is left after an hour. */
export const RECEIPT_MAIL_MS = 45 * 60_000;

const KEPT = [
  'Backups: this server makes none; those that the operator of this installation makes keep what was in them until they are replaced. The operator can say when.',
  'The files of the database and its log of changes (WAL) hold erased rows, which no query can see, until the database overwrites them in the course of its work.',
  'The mail with this receipt waits in the outbox until it is handed over, for an hour at the longest.',
];

const KEPT_BY_COMPANIES = [
  'Companies that you leave keep their audit log: it goes on to say what you did there, and no longer that it was you.',
  'Files that you had begun to upload into them are out of reach of everybody at once; their bytes are deleted piece by piece, within ten minutes while the server runs.',
];

/** What remains after an erasure. @param leavesCompanies whether there are companies that go on. */
export const keptAfter = (leavesCompanies: boolean): readonly string[] =>
  leavesCompanies ? [...KEPT, ...KEPT_BY_COMPANIES] : KEPT;

/** Adds up rows of tables under the names that people read, without those that have none; in the order of the names. */
export const addUpStores = (...counts: readonly (readonly StoreRows[])[]): readonly StoreRows[] => {
  const sums = new Map<string, number>();
  for (const { store, rows } of counts.flat()) {
    if (rows > 0) sums.set(storeName(store), (sums.get(storeName(store)) ?? 0) + rows);
  }
  return [...sums].map(([store, rows]) => ({ store, rows })).sort((a, b) => (a.store < b.store ? -1 : 1));
};

/** @param now milliseconds since the Unix epoch. */
export const writeReceipt = (
  erased: readonly StoreRows[],
  kept: readonly string[],
  now: number,
): Receipt => ({
  id: newId('rct', now),
  at: new Date(now).toISOString(),
  erased,
  kept,
});
