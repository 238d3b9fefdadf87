/** The request log of one thread, put together. */
import type { Log } from '../foundation/log.ts';
import type { AnyRoute } from '../http/route.ts';
import type { Database } from '../store/database.ts';
import { openDropped } from './dropped.ts';
import { parametersByOperation } from './query-form.ts';
import { createRequestLog, type RequestLog } from './recorder.ts';
import { writeRows } from './write-rows.ts';

/** Nothing is written before a request of a project that logs. @param dropped from `createDroppedBuffer`. */
export const openRequestLog = (
  database: Pick<Database, 'run'>,
  routes: readonly AnyRoute[],
  dropped: SharedArrayBuffer,
  log: Log,
): RequestLog =>
  createRequestLog({
    write: writeRows(database),
    parameters: parametersByOperation(routes),
    dropped: openDropped(dropped),
    log,
  });
