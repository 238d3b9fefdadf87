/** Brings the indexes of one dataset to what is wanted: drops what has to go, builds what is missing, one after the other. */
import type { Id } from '../../foundation/ids.ts';
import { Problem } from '../../foundation/problem.ts';
import type { ContentColumn } from '../../services/datasets/access/content.ts';
import { openBuilding, type Building } from '../../store/building.ts';
import type { Connection } from '../../store/connection.ts';
import type { Database } from '../../store/database.ts';
import { StoreError } from '../../store/errors.ts';
import { renderAnalyze, renderCreateIndex, renderDropIndex, type WantedIndex } from './index-sql.ts';
import { forgetIndexes, indexLeftovers, indexWork, noteIndex } from './store.ts';

export interface WorkParts {
  /** As the role of jobs. */
  readonly office: Pick<Database, 'run'>;
  /** As the role that owns the tables of content. */
  readonly connection: Connection;
  /** The process ends: what is under way is left to whoever comes next. */
  readonly signal: AbortSignal;
  /** Milliseconds between two looks at how far it is. */
  readonly lookMs?: number;
}

/** What people are told, by SQLSTATE; undefined where the same may succeed when it is tried again. */
const FAILURES: Readonly<Record<string, string>> = {
  // A cell that is larger than an index takes.
  '54000': 'cell_too_long',
  '53100': 'disk_full',
};

const dropLeftovers = async (
  office: WorkParts['office'],
  building: Building,
  dataset: string,
): Promise<void> => {
  for (const { name } of await office.run(indexLeftovers, [dataset]))
    if (name !== null) await building.run(renderDropIndex(name));
  await office.run(forgetIndexes, [dataset]);
};

const build = async (
  { office, lookMs = 1000 }: WorkParts,
  building: Building,
  wanted: WantedIndex,
  content: readonly ContentColumn[],
): Promise<void> => {
  const note = (progress: number | null, failure: string | null): Promise<unknown> =>
    office.run(noteIndex, [wanted.dataset, wanted.number, wanted.generation, progress, failure]);
  const create = renderCreateIndex(wanted, content);
  if (create === undefined) {
    await note(null, 'no_such_column');
    return;
  }
  await note(0, null);
  let looking: Promise<unknown> = Promise.resolve();
  const look = async (): Promise<void> => {
    const done = await building.progress();
    if (done !== undefined) await note(Math.min(done, 100), null);
  };
  const timer = setInterval(() => {
    // How far it is matters less than that it goes on.
    looking = looking.then(look).catch(() => undefined);
  }, lookMs);
  try {
    await building.run(create);
    await building.run(renderAnalyze(wanted));
  } catch (error) {
    // A full disk is told as a database that cannot be had just now.
    const cause = error instanceof Problem ? error.cause : error;
    const failure = cause instanceof StoreError ? FAILURES[cause.code] : undefined;
    if (failure === undefined) throw error;
    await looking;
    await note(null, failure);
    return;
  } finally {
    clearInterval(timer);
    await looking;
  }
  await note(null, null);
};

/**
 * Does what there is to do. Rejects where a lock was not to be had or the database was lost, after which it has to be called
 * again; what it left unfinished is dropped then.
 */
export const workOnIndexes = async (dataset: Id<'dst'>, parts: WorkParts): Promise<void> => {
  const { office, connection, signal } = parts;
  const building = await openBuilding(connection);
  const cut = (): void => building.cut();
  signal.addEventListener('abort', cut, { once: true });
  try {
    signal.throwIfAborted();
    // Somebody else is at it, and looks again before they end.
    if (!(await building.claim(dataset))) return;
    const tried = new Set<string>();
    for (;;) {
      await dropLeftovers(office, building, dataset);
      const [next] = await office.run(indexWork, [dataset]);
      if (next === undefined || next.number === null || next.generation === null) return;
      const { number, generation, columns } = next;
      const name = `${generation} ${number}`;
      if (tried.has(name)) throw new Error('index_not_built');
      tried.add(name);
      // Written by make_generation alone, which has looked at them.
      const content = (next.content ?? []) as readonly ContentColumn[];
      await build(parts, building, { dataset, generation, number, columns: columns ?? [] }, content);
    }
  } finally {
    signal.removeEventListener('abort', cut);
    await building.close();
  }
};
