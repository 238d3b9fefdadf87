/** What owners and admins do with the request log of a project: turn it on and off, and empty it. */
import { projectNotFound } from '../accounts/problems.ts';
import { changeAsMember, type Acting } from '../audit/change.ts';
import type { ProjectId } from '../foundation/ids.ts';
import type { Database } from '../store/database.ts';
import { DELETED_AT_ONCE } from './limits.ts';
import { logIsOff } from './problems.ts';
import { emptyRequestLog, lockLogging, setLogging, startLogAnew } from './store.ts';

/** What is logged, as the API shows it. */
export interface ShownLogging {
  readonly days: number | null;
  readonly queries: boolean;
  /** RFC 3339, UTC. */
  readonly since: string | null;
  readonly kept_days: number | null;
}

/** A project's row, as far as it is about the log. */
export interface LoggingRow {
  readonly log_days: number | null;
  readonly log_queries: boolean;
  readonly log_from: Date | null;
  readonly log_kept_days: number | null;
}

/** What is to be logged; what is left out stays. */
export interface LoggingChange {
  /** `null` turns it off. */
  readonly days?: number | null | undefined;
  readonly queries?: boolean | undefined;
}

type Store = Pick<Database, 'as'>;

const CHANGE = { permission: 'logs.change' } as const;

export const showLogging = (row: LoggingRow): ShownLogging => ({
  days: row.log_days,
  queries: row.log_queries,
  since: row.log_from?.toISOString() ?? null,
  kept_days: row.log_days === null ? row.log_kept_days : null,
});

const after = (before: LoggingRow, change: LoggingChange, at: Date): LoggingRow => {
  const days = change.days === undefined ? before.log_days : change.days;
  if (days === null) {
    if (change.queries === true) throw logIsOff();
    const kept = before.log_days ?? before.log_kept_days;
    return { log_days: null, log_queries: false, log_from: before.log_from, log_kept_days: kept };
  }
  return {
    log_days: days,
    log_queries: change.queries ?? before.log_queries,
    // What was logged an earlier time stays, but nothing of the time between is added.
    log_from: before.log_days === null ? at : before.log_from,
    log_kept_days: days,
  };
};

/**
 * Turns the log of a project on or off, on every worker within a second.
 * @throws project_not_found (404), log_is_off (409).
 */
export const changeLogging = (
  database: Store,
  acting: Acting,
  project: ProjectId,
  change: LoggingChange,
): Promise<ShownLogging> =>
  changeAsMember(database, acting, CHANGE, async ({ tx, at }) => {
    const { company } = acting;
    const before = await tx.one(lockLogging, [company, project]);
    if (before === undefined) throw projectNotFound();
    const now = after(before, change, at);
    const value = showLogging(now);
    if (before.log_days === now.log_days && before.log_queries === now.log_queries) return { value };
    await tx.all(setLogging, [
      company,
      project,
      now.log_days,
      now.log_queries,
      now.log_from,
      now.log_kept_days,
    ]);
    const details = { days: now.log_days, queries: now.log_queries, days_before: before.log_days };
    return { value, event: { action: 'logs.change', target: project, details } };
  });

/**
 * Deletes all that was logged of a project; what came before and is still on its way to the log does not get there.
 * @returns how many requests. @throws project_not_found (404).
 */
export const emptyLog = (database: Store, acting: Acting, project: ProjectId): Promise<number> =>
  changeAsMember(database, acting, CHANGE, async ({ tx, at }) => {
    const { company } = acting;
    const found = await tx.one(lockLogging, [company, project]);
    if (found === undefined) throw projectNotFound();
    if (found.log_from !== null) await tx.all(startLogAnew, [company, project, at]);
    let value = 0;
    for (;;) {
      const deleted = (await tx.one(emptyRequestLog, [company, project, DELETED_AT_ONCE]))?.deleted ?? 0;
      value += deleted;
      if (deleted < DELETED_AT_ONCE) break;
    }
    return { value, event: { action: 'logs.delete', target: project, details: { requests: value } } };
  });
