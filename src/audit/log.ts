/** Reading the log of a company. */
import type { CompanyId, UserId } from '../foundation/ids.ts';
import type { Database } from '../store/database.ts';
import { csvLine } from './csv.ts';
import { listAuditEvents } from './store.ts';

/** One event as the API shows it. */
export interface ShownEvent {
  readonly id: string;
  /** RFC 3339, UTC. */
  readonly at: string;
  /** Null where the server did it, or somebody who has been erased. */
  readonly actor: { readonly id: string; readonly name: string | null } | null;
  readonly action: string;
  readonly target: string | null;
  readonly details: Readonly<Record<string, string | number | boolean | null>>;
}

export interface AuditPage {
  readonly items: ShownEvent[];
  /** What to ask with for the events before these; null where there are none. */
  readonly next: string | null;
}

interface Reader {
  readonly company: CompanyId;
  readonly user: UserId;
}

/** Rows of one export: a file of some ten megabytes, which a spreadsheet still opens. */
export const MOST_EXPORTED = 100_000;
const EXPORT_PAGE = 5000;

/** Events before `before`, newest first. */
export const listEvents = async (
  database: Pick<Database, 'as'>,
  reader: Reader,
  before: string | undefined,
  limit: number,
): Promise<AuditPage> => {
  // One more than asked for tells whether there are more.
  const rows = await database.as(reader, (tx) =>
    tx.all(listAuditEvents, [reader.company, before ?? null, limit + 1]),
  );
  const items = rows.slice(0, limit).map((row) => ({
    id: row.id,
    at: row.at.toISOString(),
    actor: row.actor === null ? null : { id: row.actor, name: row.actor_name },
    action: row.action,
    target: row.target,
    details: row.details as ShownEvent['details'],
  }));
  return { items, next: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
};

const lineOf = ({ id, at, actor, action, target, details }: ShownEvent): string =>
  csvLine([id, at, actor?.id ?? '', actor?.name ?? '', action, target ?? '', JSON.stringify(details)]);

/** The newest events as CSV (RFC 4180), at most `most` of them. */
export const exportEvents = async (
  database: Pick<Database, 'as'>,
  reader: Reader,
  most = MOST_EXPORTED,
): Promise<string> => {
  let text = csvLine(['id', 'at', 'actor', 'actor_name', 'action', 'target', 'details']);
  let before: string | undefined;
  // In pages, so that other requests of this thread are answered in between.
  for (let left = most; left > 0; left -= EXPORT_PAGE) {
    const { items, next } = await listEvents(database, reader, before, Math.min(left, EXPORT_PAGE));
    text += items.map(lineOf).join('');
    if (next === null) break;
    before = next;
  }
  return text;
};
