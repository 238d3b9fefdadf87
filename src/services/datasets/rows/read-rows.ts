/** Reads of rows: the door and the rows in one round trip, by what is remembered of the dataset's columns. */
import { isId, type Id } from '../../../foundation/ids.ts';
import type { Database } from '../../../store/database.ts';
import { StoreError } from '../../../store/errors.ts';
import type { Reader, ReadResult } from '../../../store/reader.ts';
import type { TextRow } from '../../../store/read-line.ts';
import { renderedStatement } from '../../../store/rendered.ts';
import { inScope } from '../access/actor.ts';
import { openDataset } from '../access/store.ts';
import { planRequest, type DatasetRequest, type Plan, type ResultRow } from '../query/plan-request.ts';
import { QueryProblem, refuseTable } from '../query/problems.ts';
import { readPlannedRows } from '../query/render-read.ts';
import type { IndexUse } from '../look/index-use.ts';
import type { Asked, RowsAnswer } from './asked.ts';
import { SETTINGS } from './asked.ts';
import { doorOf, type Target } from './target.ts';
import { tablesOf, type TableMemory, type Tables } from './tables.ts';
import { refuseEmpty, wireProblemOf } from './wire-errors.ts';

export interface ReadParts {
  readonly reader: Reader;
  readonly database: Database;
  readonly memory: TableMemory;
  /** Leaves a trace with the dataset's owner; called where the owner wants it. */
  readonly noteRead: (asked: Asked, dataset: Id<'dst'>) => Promise<void>;
  /** Counts by which columns rows are asked for; left out where nothing is suggested from it. */
  readonly use?: Pick<IndexUse, 'countQuery'>;
}

/** What an address led to when it was last asked for; only ever a guess, which the door confirms. */
interface Guess {
  readonly dataset: string;
  readonly generation: number;
}

/** Addresses that one thread remembers, by actor. */
const MOST_GUESSES = 5000;
/** A dataset may be replaced while it is read; hardly twice in a row. */
const MOST_TRIES = 4;

const numberOf = (text: string | null | undefined): number | null =>
  text === null || text === undefined ? null : Number(text);

const rowOf = (rows: readonly TextRow[] | undefined): ResultRow => {
  const [row] = rows ?? [];
  if (row === undefined || rows?.length !== 1) throw new TypeError('A read gives exactly one row.');
  const [page, total, inserted, location = null, body = null, last = null] = row;
  return {
    page: Number(page),
    total: numberOf(total),
    inserted: numberOf(inserted),
    location,
    body,
    last,
  };
};

const plannedOf = (rows: readonly TextRow[] | undefined): number | undefined => {
  const text = rows?.[0]?.[0];
  return typeof text === 'string' ? readPlannedRows(JSON.parse(text)) : undefined;
};

/** The plan, or what is wrong with the request, which is said only once the door is open. */
const planOf = (request: DatasetRequest, target: Target, tables: Tables): Plan | QueryProblem => {
  try {
    return planRequest(request, target.version === undefined ? tables.now : tables.at, SETTINGS);
  } catch (error) {
    if (error instanceof QueryProblem) return error;
    throw error;
  }
};

/** Makes the function that answers GET and HEAD. It throws Problems, of which most are QueryProblems. */
export const createReadRows = ({
  reader,
  database,
  memory,
  noteRead,
  use,
}: ReadParts): ((asked: Asked) => Promise<RowsAnswer>) => {
  const guesses = new Map<string, Guess>();

  const remember = (key: string, guess: Guess): void => {
    guesses.delete(key);
    guesses.set(key, guess);
    for (const oldest of guesses.keys()) {
      if (guesses.size <= MOST_GUESSES) break;
      guesses.delete(oldest);
    }
  };

  const describe = async ({ actor, target }: Asked, { dataset, generation }: Guess): Promise<Tables> => {
    const known = memory.get(dataset, generation);
    if (known !== undefined) return known;
    const row = await inScope(database, actor, (tx) =>
      tx.one(openDataset, [dataset, target.version ?? null]),
    );
    if (row === undefined) throw refuseTable();
    if (row.generation === null) throw refuseEmpty();
    const tables = tablesOf(dataset, row);
    memory.put(dataset, row.generation, tables);
    return tables;
  };

  const ask = (asked: Asked, plan: Plan | undefined): Promise<ReadResult> => {
    const { actor, target } = asked;
    const statements =
      plan === undefined ? [] : [renderedStatement(plan.statement.text, plan.statement.values)];
    if (plan?.planned !== undefined)
      statements.push(renderedStatement(plan.planned.text, plan.planned.values));
    return reader.read({
      scope: { company: actor.company, user: actor.user ?? '', version: String(target.version ?? '') },
      ...doorOf(actor.company, target),
      statements,
    });
  };

  return async (asked) => {
    const { actor, target, request } = asked;
    const key = `${actor.company} ${actor.user ?? ''} ${target.name}@${target.version ?? ''}`;
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      const guess = guesses.get(key);
      const tables = guess && memory.get(guess.dataset, guess.generation);
      const planned = tables && planOf(request, target, tables);
      const plan = planned instanceof QueryProblem ? undefined : planned;
      let result: ReadResult;
      try {
        result = await ask(asked, plan);
      } catch (error) {
        // What was remembered may have been dropped meanwhile.
        if (guess !== undefined && error instanceof StoreError && /^42(?:P01|501)$/.test(error.code)) {
          guesses.delete(key);
          continue;
        }
        throw wireProblemOf(error);
      }
      const [id, version, generation, isLogged] = result.door[0] ?? [];
      if (typeof id !== 'string' || !isId('dst', id)) {
        guesses.delete(key);
        throw refuseTable();
      }
      if (typeof generation !== 'string') throw refuseEmpty();
      const found: Guess = { dataset: id, generation: Number(generation) };
      if (
        guess?.dataset !== found.dataset ||
        guess.generation !== found.generation ||
        planned === undefined
      ) {
        await describe(asked, found);
        remember(key, found);
        continue;
      }
      if (plan === undefined) throw planned;
      const answer = plan.finish(rowOf(result.rows[0]), plannedOf(result.rows[1]));
      // Old versions have no indexes.
      if (target.version === undefined) use?.countQuery(id, plan.query, asked.now);
      if (isLogged === 'true') await noteRead(asked, id);
      return { answer, version: Number(version) };
    }
    throw wireProblemOf(new StoreError('datasets.read', '55006'));
  };
};
