import { statement } from '../store/statement.ts';

/** Writes many rows at once; arrays of equal length, an empty key or query is none. */
export const writeRequestLog = statement({
  name: 'request-log.write',
  text: 'select vouchsafe.write_request_log($1, $2, $3, $4, $5, $6, $7, $8, $9) as written',
  params: ['text[]', 'int8[]', 'text[]', 'text[]', 'text[]', 'text[]', 'int8[]', 'int8[]', 'text[]'],
  columns: { written: 'int4' },
});

/** Makes the tables of a day and of so many after it. */
export const ensureLogDays = statement({
  name: 'request-log.ensure-days',
  text: 'select vouchsafe.ensure_log_days($1, $2) as made',
  params: ['date', 'int4'],
  columns: { made: 'int4' },
});

/** Drops whole days. */
export const dropLogDaysBefore = statement({
  name: 'request-log.drop-days-before',
  text: 'select vouchsafe.drop_log_days_before($1) as dropped',
  params: ['date'],
  columns: { dropped: 'int4' },
});

/** Projects that log, or may have rows of a time when they did; of all companies. */
export const loggingProjects = statement({
  name: 'request-log.projects',
  text: 'select id from vouchsafe.logging_projects() as id',
  columns: { id: 'text' },
});

/** Deletes, of one project at `$2`, rows older than its days and beyond its newest `$3`; at most `$4` of them. */
export const expireRequestLog = statement({
  name: 'request-log.expire',
  text: 'select vouchsafe.expire_request_log($1, $2, $3, $4) as deleted',
  params: ['text', 'timestamptz', 'int8', 'int4'],
  columns: { deleted: 'int8' },
});

/** Notes that what was too old at `$1` is gone. */
export const noteUpkeep = statement({
  name: 'request-log.note-upkeep',
  text: `insert into vouchsafe.request_log_upkeep as upkeep (ran_at) values ($1)
         on conflict (singleton) do update set ran_at = greatest(upkeep.ran_at, excluded.ran_at)`,
  params: ['timestamptz'],
});

/** How the logs of all companies stand at `$1`. */
export const requestLogState = statement({
  name: 'request-log.state',
  text: `select ran_at, logging, with_queries, oldest_at, oldest_day, overdue
           from vouchsafe.request_log_state($1)`,
  params: ['timestamptz'],
  columns: {
    ran_at: 'timestamptz?',
    logging: 'int8',
    with_queries: 'int8',
    oldest_at: 'timestamptz?',
    oldest_day: 'date?',
    overdue: 'int8',
  },
});

const LOGGING_COLUMNS = {
  log_days: 'int4?',
  log_queries: 'bool',
  log_from: 'timestamptz?',
  log_kept_days: 'int4?',
} as const;

/** What is logged of a project. */
export const readLogging = statement({
  name: 'request-log.read-logging',
  text: `select log_days, log_queries, log_from, log_kept_days from vouchsafe.project
          where company_id = $1 and id = $2`,
  params: ['text', 'text'],
  columns: LOGGING_COLUMNS,
});

/** The same; writers of the log wait until the transaction has ended. */
export const lockLogging = statement({
  name: 'request-log.lock-logging',
  text: `select log_days, log_queries, log_from, log_kept_days from vouchsafe.project
          where company_id = $1 and id = $2 for no key update`,
  params: ['text', 'text'],
  columns: LOGGING_COLUMNS,
});

export const setLogging = statement({
  name: 'request-log.set-logging',
  text: `update vouchsafe.project set log_days = $3, log_queries = $4, log_from = $5, log_kept_days = $6
          where company_id = $1 and id = $2`,
  params: ['text', 'text', 'int4?', 'bool', 'timestamptz?', 'int4?'],
});

/** Nothing that came before `$3` is written from now on. */
export const startLogAnew = statement({
  name: 'request-log.start-anew',
  text: 'update vouchsafe.project set log_from = $3 where company_id = $1 and id = $2',
  params: ['text', 'text', 'timestamptz'],
});

/** Deletes rows of a project, at most `$3`, the oldest first. */
export const emptyRequestLog = statement({
  name: 'request-log.empty',
  text: `with old as (
           select at, id from vouchsafe.request_log
            where company_id = $1 and project_id = $2 order by at, id limit $3
         ), gone as (
           delete from vouchsafe.request_log as entry using old
            where entry.company_id = $1 and entry.at = old.at and entry.id = old.id
            returning entry.id
         )
         select count(*) as deleted from gone`,
  params: ['text', 'text', 'int8'],
  columns: { deleted: 'int8' },
});

/** Rows of a project before the time `$3` and id `$4`, newest first: of one operation or all, of statuses `$6` to `$7`. */
export const listRequests = statement({
  name: 'request-log.list',
  text: `select id, at, key_id, operation, status, duration_us, query
           from vouchsafe.request_log
          where company_id = $1 and project_id = $2 and (at, id) < ($3, $4)
            and ($5::text is null or operation = $5) and status between $6 and $7
          order by at desc, id desc limit $8`,
  params: ['text', 'text', 'timestamptz', 'text', 'text?', 'int4', 'int4', 'int8'],
  columns: {
    id: 'text',
    at: 'timestamptz',
    key_id: 'text?',
    operation: 'text',
    status: 'int4',
    duration_us: 'int8',
    query: 'text?',
  },
});

/** A project of the checks' own, which logs for a day and whose log begins at `$3`; or, without `$4`, does not log. */
export const addCanaryProject = statement({
  name: 'request-log.add-canary-project',
  text: `insert into vouchsafe.project (id, company_id, name, created_at, log_from, log_days)
         values ($1, $2, 'Canary of the request log', $3, $3, $4)`,
  params: ['text', 'text', 'timestamptz', 'int4?'],
});

/** Ids in the log of a project, oldest first. */
export const loggedIds = statement({
  name: 'request-log.ids',
  text: 'select id from vouchsafe.request_log where company_id = $1 and project_id = $2 order by at, id limit 100',
  params: ['text', 'text'],
  columns: { id: 'text' },
});
