/** The history of the promises in the database: appends by any number of processes at once, pages for readers. */
import type { KeyObject } from 'node:crypto';
import type { Database } from '../store/database.ts';
import { GENESIS_HASH, sealEntry, type HistoryEntry, type Finding } from './history.ts';
import { PROMISE_STATES, type PromiseState } from './report.ts';
import { insertEntry, readHead, readPage } from './store.ts';

/** Entries in one answer. */
export const PAGE_ENTRIES = 500;

/** The writing half, for the thread that runs the checks. */
export interface Journal {
  /** Adds an entry after whatever is newest by then. */
  append(finding: Omit<Finding, 'seq' | 'previousHash'>): Promise<HistoryEntry>;
  /** Learns what other processes have added. */
  refresh(): Promise<void>;
  /** Number of entries and hash of the newest, as last heard of. */
  summary(): { readonly entries: number; readonly head: string | null };
}

const stateOf = (text: string): PromiseState => {
  const state = PROMISE_STATES.find((known) => known === text);
  if (state === undefined) throw new Error('the history holds an unknown state');
  return state;
};

/** Entries before a number, or the newest; oldest first, at most PAGE_ENTRIES. */
export type ReadHistory = (before: number | undefined) => Promise<readonly HistoryEntry[]>;

/** The reading half, for worker threads. */
export const createHistoryReader =
  (database: Pick<Database, 'run'>): ReadHistory =>
  async (before) => {
    const rows = await database.run(readPage, [before ?? Number.MAX_SAFE_INTEGER, PAGE_ENTRIES]);
    return rows
      .map((row) => ({
        seq: row.seq,
        promise: row.promise_id,
        state: stateOf(row.state),
        evidence: row.evidence,
        checkedAt: row.checked_at.toISOString(),
        previousHash: row.previous_hash.toString('hex'),
        hash: row.hash.toString('hex'),
        signature: row.signature.toString('base64'),
      }))
      .reverse();
  };

/** What the table takes. */
const LONGEST_EVIDENCE = 4000;

/** Each lost race means that another process has appended, so that a hundred in a row mean something else. */
const MOST_RACES = 100;

/** @param signingKey an Ed25519 private key. */
export const createJournal = (database: Pick<Database, 'run'>, signingKey: KeyObject): Journal => {
  let head: { readonly seq: number; readonly hash: string } | undefined;

  const refresh = async (): Promise<void> => {
    const [row] = await database.run(readHead, []);
    head = row === undefined ? undefined : { seq: row.seq, hash: row.hash.toString('hex') };
  };

  const tryToAppend = async (
    finding: Omit<Finding, 'seq' | 'previousHash'>,
  ): Promise<HistoryEntry | undefined> => {
    await refresh();
    const evidence = finding.evidence.slice(0, LONGEST_EVIDENCE);
    const place = { seq: (head?.seq ?? 0) + 1, previousHash: head?.hash ?? GENESIS_HASH };
    const entry = sealEntry({ ...finding, evidence, ...place }, signingKey);
    const written = await database.run(insertEntry, [
      entry.seq,
      entry.promise,
      entry.state,
      entry.evidence,
      new Date(entry.checkedAt),
      Buffer.from(entry.previousHash, 'hex'),
      Buffer.from(entry.hash, 'hex'),
      Buffer.from(entry.signature, 'base64'),
    ]);
    if (written.length === 0) return undefined;
    head = entry;
    return entry;
  };

  return {
    append: async (finding) => {
      for (let races = 0; races < MOST_RACES; races += 1) {
        const entry = await tryToAppend(finding);
        if (entry !== undefined) return entry;
      }
      throw new Error('the history could not be appended to');
    },
    refresh,
    summary: () => ({ entries: head?.seq ?? 0, head: head?.hash ?? null }),
  };
};
