/** One look or load in a thread of its own, so that nothing that a file does holds requests up. */
import { parentPort, workerData } from 'node:worker_threads';
import { systemClock } from '../../foundation/clock.ts';
import { Problem } from '../../foundation/problem.ts';
import type { Connection } from '../../store/connection.ts';
import { createDatabase } from '../../store/database.ts';
import { workOnUpload, type WorkPlace } from './work.ts';

/** What the thread is told. */
export interface ThreadJob {
  readonly place: WorkPlace;
  readonly connection: Connection;
  readonly staleMs: number;
}

/** What it says: that something was nobody's fault but ours. */
export interface ThreadWord {
  readonly error: { readonly name: string; readonly stack: string | undefined };
}

/** One says that it lives while the other one reads. */
const POOL = 3;

const { place, connection, staleMs } = workerData as ThreadJob;
const stopping = new AbortController();
parentPort?.once('message', () => stopping.abort());
const database = createDatabase({ connection, poolSize: POOL, statementTimeoutMs: 30_000 });
try {
  await workOnUpload(place, {
    database,
    connection,
    staleMs,
    now: () => systemClock.now(),
    signal: stopping.signal,
    onBug: (error) => {
      // Its message may quote a file; where it happened does not.
      const { name, stack } = error instanceof Error ? error : { name: 'unknown', stack: '' };
      const where = stack
        ?.split('\n')
        .filter((line) => /^\s+at /.test(line))
        .join('\n');
      parentPort?.postMessage({ error: { name, stack: where } } satisfies ThreadWord);
    },
  });
} catch (error) {
  // The database was lost: what is claimed is found again, and begun anew.
  if (!(error instanceof Problem && error.status === 503)) throw error;
} finally {
  await database.close().catch(() => undefined);
  parentPort?.close();
}
