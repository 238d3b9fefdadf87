/** Reading the request log of a project, in pages and as text for spreadsheets. */
import { projectNotFound } from '../accounts/problems.ts';
import { csvLine } from '../audit/csv.ts';
import { isId, timeOfId, type CompanyId, type ProjectId, type UserId } from '../foundation/ids.ts';
import type { Database } from '../store/database.ts';
import type { Transaction } from '../store/transaction.ts';
import { MOST_EXPORTED } from './limits.ts';
import { showLogging, type ShownLogging } from './service.ts';
import { listRequests, readLogging } from './store.ts';

/** A logged request as the API shows it. */
export interface ShownRequest {
  readonly id: string;
  /** RFC 3339, UTC. */
  readonly at: string;
  readonly operation: string;
  readonly status: number;
  readonly duration_us: number;
  readonly key: string | null;
  readonly query: string | null;
}

export interface RequestPage {
  readonly items: ShownRequest[];
  /** What to ask with for the requests before these; null where there are none. */
  readonly next: string | null;
  readonly logging: ShownLogging;
}

/** Which requests. */
export interface RequestFilter {
  readonly operation?: string | undefined;
  /** `429` or `4xx`. */
  readonly status?: string | undefined;
}

interface Reader {
  readonly company: CompanyId;
  readonly user: UserId;
}

type Store = Pick<Database, 'as'>;

/** Later than any. */
const END = new Date(Date.UTC(2200, 0, 1));

const rangeOf = (status: string | undefined): readonly [number, number] => {
  if (status === undefined) return [0, 999];
  const low = Number(status.replaceAll('x', '0'));
  return [low, status.endsWith('xx') ? low + 99 : low];
};

const readRows = async (
  tx: Transaction,
  company: CompanyId,
  project: ProjectId,
  filter: RequestFilter,
  before: string | undefined,
  most: number,
): Promise<ShownRequest[]> => {
  const [low, high] = rangeOf(filter.status);
  const end = before !== undefined && isId('log', before) ? new Date(timeOfId(before)) : END;
  const operation = filter.operation ?? null;
  const rows = await tx.all(listRequests, [company, project, end, before ?? '', operation, low, high, most]);
  return rows.map((row) => ({
    id: row.id,
    at: row.at.toISOString(),
    operation: row.operation,
    status: row.status,
    duration_us: row.duration_us,
    key: row.key_id,
    query: row.query,
  }));
};

/** Requests before `before`, newest first. @throws project_not_found (404). */
export const listLog = (
  database: Store,
  { company, user }: Reader,
  project: ProjectId,
  filter: RequestFilter,
  before: string | undefined,
  limit: number,
): Promise<RequestPage> =>
  database.as({ company, user }, async (tx) => {
    const found = await tx.one(readLogging, [company, project]);
    if (found === undefined) throw projectNotFound();
    // One more than asked for tells whether there are more.
    const rows = await readRows(tx, company, project, filter, before, limit + 1);
    const items = rows.slice(0, limit);
    return {
      items,
      next: rows.length > limit ? (items.at(-1)?.id ?? null) : null,
      logging: showLogging(found),
    };
  });

const lineOf = ({ id, at, operation, status, duration_us: duration, key, query }: ShownRequest): string =>
  csvLine([id, at, operation, String(status), String(duration), key ?? '', query ?? '']);

const EXPORT_PAGE = 2000;

/** The newest requests as CSV (RFC 4180), at most `most` of them. */
export const exportLog = async (
  database: Store,
  { company, user }: Reader,
  project: ProjectId,
  filter: RequestFilter,
  most = MOST_EXPORTED,
): Promise<string> => {
  let text = csvLine(['id', 'at', 'operation', 'status', 'duration_us', 'key', 'query']);
  let before: string | undefined;
  // In pages, so that other requests of this thread are answered in between.
  for (let left = most; left > 0; left -= EXPORT_PAGE) {
    const wanted = Math.min(left, EXPORT_PAGE);
    const rows = await database.as({ company, user }, (tx) =>
      readRows(tx, company, project, filter, before, wanted),
    );
    text += rows.map(lineOf).join('');
    before = rows.at(-1)?.id;
    if (rows.length < wanted) break;
  }
  return text;
};
