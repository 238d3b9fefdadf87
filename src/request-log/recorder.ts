/** Writes requests down for projects whose owners want it: from memory, a second later, and never in a request's way. */
import type { ProjectCaller, RequestLogging } from '../foundation/caller.ts';
import { newId } from '../foundation/ids.ts';
import type { Log } from '../foundation/log.ts';
import { Problem } from '../foundation/problem.ts';
import type { Request } from '../http/route.ts';
import type { Dropped } from './dropped.ts';
import { MOST_WAITING } from './limits.ts';
import { asksForNoRecord } from './no-record.ts';
import { loggedQuery } from './query-form.ts';

/** One request on its way to the log: nothing in it says from where or with which program it came. */
export interface LoggedRequest {
  readonly id: string;
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
  readonly company: string;
  readonly project: string;
  /** Empty where a page gave the project's id. */
  readonly key: string;
  readonly operation: string;
  /** HTTP status. */
  readonly status: number;
  /** Whole microseconds. */
  readonly durationUs: number;
  /** Empty where queries are not logged. */
  readonly query: string;
}

/** A request that was answered. */
export interface Answered {
  readonly operation: string;
  readonly status: number;
  readonly milliseconds: number;
  /** When it came, in milliseconds since the Unix epoch. */
  readonly now: number;
}

export interface RequestLog {
  /** Takes note of a request, unless it asks for none. Never waits, never throws. */
  note(caller: ProjectCaller, logging: RequestLogging, request: Request, answered: Answered): void;
  /** Writes down what waits; keeps it for the next time where the database is away. */
  flush(): Promise<void>;
  /** Writes once more; what cannot be written then is lost. */
  close(): Promise<void>;
}

export interface RequestLogOptions {
  readonly write: (rows: readonly LoggedRequest[]) => Promise<void>;
  /** From `parametersByOperation`. */
  readonly parameters: ReadonlyMap<string, readonly string[]>;
  readonly dropped: Dropped;
  readonly log: Log;
  /** Milliseconds between two flushes: what a crash can lose of the log. */
  readonly flushMs?: number;
  readonly mostWaiting?: number;
}

const NO_NAMES: readonly string[] = [];

/** Keeps rows in this thread's memory, so many at the most, and writes them in one statement every second. */
export const createRequestLog = (options: RequestLogOptions): RequestLog => {
  const { write, parameters, dropped, log, flushMs = 1000, mostWaiting = MOST_WAITING } = options;
  let rows: LoggedRequest[] = [];
  /** Being written, hence still in memory. */
  let underWay = 0;
  let flushing: Promise<void> | undefined;
  /** Told once, until everything is written again. */
  let isTold = false;

  const drop = (count: number, error?: unknown): void => {
    dropped.add(count);
    if (isTold) return;
    isTold = true;
    log.warn('rows of request logs are let go', {
      code: 'request_log_dropped',
      ...(error === undefined ? {} : { error }),
    });
  };

  const flushOnce = async (): Promise<void> => {
    if (rows.length === 0) return;
    const taken = rows;
    rows = [];
    underWay = taken.length;
    try {
      await write(taken);
      isTold = false;
    } catch (error) {
      // What the database refuses once it would refuse again; only one that is away is waited for.
      if (error instanceof Problem) rows = [...taken, ...rows];
      else drop(taken.length, error);
    } finally {
      underWay = 0;
    }
  };

  const flush = (): Promise<void> => {
    flushing ??= flushOnce().finally(() => {
      flushing = undefined;
    });
    return flushing;
  };

  const timer = setInterval(() => void flush(), flushMs).unref();

  return {
    note: (caller, logging, request, { operation, status, milliseconds, now }) => {
      if (asksForNoRecord(request)) return;
      if (rows.length + underWay >= mostWaiting) {
        drop(1);
        return;
      }
      rows.push({
        id: newId('log', now),
        at: now,
        company: caller.company,
        project: caller.project,
        key: caller.key ?? '',
        operation,
        status,
        durationUs: Math.max(0, Math.round(milliseconds * 1000)),
        query: logging.queries ? loggedQuery(parameters.get(operation) ?? NO_NAMES, request) : '',
      });
    },
    flush,
    close: async () => {
      clearInterval(timer);
      await flushing;
      await flush();
      if (rows.length > 0) drop(rows.length);
    },
  };
};
