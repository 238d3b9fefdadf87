/** The rows of a download, part by part: each a short transaction of its own, which asks anew whether they may be read. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Problem } from '../../../foundation/problem.ts';
import type { Database } from '../../../store/database.ts';
import { renderedStatement } from '../../../store/rendered.ts';
import { inScope, type DatasetActor } from '../access/actor.ts';
import { isTimeout } from '../query/took-too-long.ts';
import type { Query } from '../query/tree.ts';
import type { Cells, DownloadColumn, FormatKind } from './format-writer.ts';
import { readVersion, type OpenVersion } from './open-version.ts';
import { renderPart, type Part } from './render-rows.ts';

/** Milliseconds that one part may take: a filter may match few rows of many. */
export const PART_MS = 30_000;

const FIRST_ROWS = 200;
const MOST_ROWS = 10_000;

/** Milliseconds before each further try of a part: a busy or restarted database cuts no download that is under way. */
const PAUSES_MS = [250, 1000, 3000, 8000, 15_000] as const;

/** Whether the same part may well be had later: not after its own limit of time, which it would only meet again. */
const isPassing = (error: unknown): boolean =>
  error instanceof Problem && error.code === 'unavailable' && !isTimeout(error);

const persist = async <Value>(work: () => Promise<Value>): Promise<Value> => {
  for (const pause of PAUSES_MS) {
    try {
      return await work();
    } catch (error) {
      if (!isPassing(error)) throw error;
      await sleep(pause, undefined, { ref: false });
    }
  }
  return work();
};

interface PartRow {
  readonly last: string | null;
  readonly count: string;
  readonly body: string | null;
}

export interface Wanted {
  readonly actor: DatasetActor;
  readonly open: OpenVersion;
  readonly query: Query;
  readonly columns: readonly DownloadColumn[];
  readonly kind: Pick<FormatKind, 'cells' | 'batchBytes'>;
  /** Numbers of the rows in the order that was asked for; left out where they come in the order of their numbers. */
  readonly ordered?: readonly string[];
}

/**
 * Nothing is held between two parts, neither a connection nor a snapshot: a version never changes, so the parts fit together
 * however long its reader takes. Throws a 404 as soon as the actor may not read it any more.
 */
export async function* readParts(
  database: Database,
  { actor, open, query, columns, kind, ordered }: Wanted,
): AsyncGenerator<readonly Cells[], void, undefined> {
  let rows = FIRST_ROWS;
  let [after, skip, left] = ['0', query.offset, query.limit ?? Number.POSITIVE_INFINITY];
  let place = 0;
  let isUnderWay = false;
  for (;;) {
    const most = Math.min(rows, left);
    const part: Part = ordered === undefined ? { after, skip } : { rows: ordered.slice(place, place + most) };
    if (most <= 0 || ('rows' in part && part.rows.length === 0)) return;
    const read = (): Promise<readonly PartRow[]> =>
      inScope(database, actor, (tx) =>
        readVersion(tx, open, (catalogue) => {
          const options = { form: kind.cells, columns, part, mostRows: most, mostBytes: kind.batchBytes };
          const { text, values } = renderPart(query, catalogue, options);
          return tx.rendered<PartRow>(renderedStatement(text, values), PART_MS);
        }),
      );
    // Before the first byte a refusal can still be said.
    const [row] = isUnderWay ? await persist(read) : await read();
    isUnderWay = true;
    const count = Number(row?.count ?? 0);
    if (row === undefined || row.last === null || row.body === null || count === 0) return;
    yield JSON.parse(`[${row.body}]`) as readonly Cells[];
    if (ordered === undefined) after = row.last;
    // Places are counted from the first of the part.
    else place += Number(row.last);
    skip = 0;
    left -= count;
    rows = Math.min(MOST_ROWS, Math.max(1, Math.ceil((kind.batchBytes / row.body.length) * count)));
  }
}
