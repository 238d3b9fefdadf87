/** Rows that do not fit: counted all, kept as many as anybody would read, and handed out as a file. */
import type { UploadId } from '../../foundation/ids.ts';
import { csvLine } from '../../audit/csv.ts';
import { inScope, type KeyedActor } from '../../services/datasets/access/actor.ts';
import type { Database } from '../../store/database.ts';
import { LONGEST_REASON, MOST_REJECTIONS } from './limits.ts';
import { insertRejections, listRejections, removeRejections } from './store.ts';
import { findOwnUpload } from './service.ts';

/** One row that could not be loaded. */
export interface Rejection {
  /** Of the file, from 1. */
  readonly line: number;
  /** Left out where it is about the whole row. */
  readonly column?: string;
  /** A sentence for its uploader. */
  readonly reason: string;
}

export interface Rejections {
  add(rejection: Rejection): void;
  /** All that were added. */
  count(): number;
  /** Writes down what was added since. Nothing may be added meanwhile. */
  flush(): Promise<void>;
}

/** Cut between characters; PostgreSQL takes no NUL and no half of a pair. */
const fit = (text: string): string =>
  Array.from(text.replaceAll('\0', '␀').toWellFormed().slice(0, LONGEST_REASON)).join('').toWellFormed();

/** Begins anew: those of an earlier try are forgotten. */
export const openRejections = async (
  database: Database,
  actor: KeyedActor,
  upload: UploadId,
): Promise<Rejections> => {
  const { company } = actor;
  await inScope(database, actor, (tx) => tx.all(removeRejections, [company, upload]));
  let held: Rejection[] = [];
  let count = 0;
  let written = 0;
  return {
    add: (rejection) => {
      count += 1;
      if (count <= MOST_REJECTIONS) held.push(rejection);
    },
    count: () => count,
    flush: async () => {
      if (held.length === 0) return;
      const rows = held;
      held = [];
      await inScope(database, actor, (tx) =>
        tx.all(insertRejections, [
          company,
          upload,
          rows.map((_, index) => written + index + 1),
          rows.map(({ line }) => line),
          rows.map(({ column = '' }) => fit(column)),
          rows.map(({ reason }) => fit(reason)),
        ]),
      );
      written += rows.length;
    },
  };
};

/**
 * The rejected rows of an upload as CSV: line, column, reason; what a spreadsheet would take for a formula is made harmless.
 * @throws upload_not_found (404).
 */
export const writeRejections = (database: Database, actor: KeyedActor, upload: UploadId): Promise<string> =>
  inScope(database, actor, async (tx) => {
    const { rejected } = await findOwnUpload(tx, actor, upload);
    const rows = await tx.all(listRejections, [actor.company, upload]);
    const lines = rows.map((row) => csvLine([String(row.line), row.column_name ?? '', row.reason]));
    const rest = rejected - rows.length;
    // Said in the file itself, which is what somebody works through.
    if (rest > 0) lines.push(csvLine(['', '', `and ${rest} more that are not listed`]));
    return [csvLine(['line', 'column', 'reason']), ...lines].join('');
  });
