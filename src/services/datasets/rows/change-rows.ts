/** Changes of rows: each is an edit of its own, a new version whole or not at all, and leaves a trace. */
import { isId, type Id } from '../../../foundation/ids.ts';
import type { Database } from '../../../store/database.ts';
import type { Transaction } from '../../../store/transaction.ts';
import { renderedStatement } from '../../../store/rendered.ts';
import { inScope } from '../access/actor.ts';
import { noteUse } from '../access/note-use.ts';
import { beginEdit, endEdit, nameKey, openDataset } from '../access/store.ts';
import { planRequest, type Answer, type ResultRow } from '../query/plan-request.ts';
import { refuseTable } from '../query/problems.ts';
import { SETTINGS, type Asked, type RowsAnswer } from './asked.ts';
import { findById, findByName } from './store.ts';
import { tablesOf, type TableMemory, type Tables } from './tables.ts';
import { refuseEmpty, refusePast, refuseVersion, wireProblemOf } from './wire-errors.ts';

export interface ChangeParts {
  readonly database: Database;
  readonly memory: TableMemory;
}

/** Ends a transaction that answers all the same (`Prefer: tx=rollback`). */
class Undone extends Error {
  readonly outcome: RowsAnswer;

  constructor(outcome: RowsAnswer) {
    super('undone as the request preferred');
    this.outcome = outcome;
  }
}

const find = async (tx: Transaction, { actor, target }: Asked): Promise<Id<'dst'>> => {
  const row = isId('dst', target.name)
    ? await tx.one(findById, [target.name])
    : await tx.one(findByName, [actor.company, target.name]);
  if (row === undefined || !isId('dst', row.id)) throw refuseTable();
  return row.id;
};

/** Makes the function that answers POST, PATCH, PUT and DELETE. It throws Problems, of which most are QueryProblems. */
export const createChangeRows = ({
  database,
  memory,
}: ChangeParts): ((asked: Asked) => Promise<RowsAnswer>) => {
  const describe = async (tx: Transaction, dataset: string, generation: number): Promise<Tables> => {
    const known = memory.get(dataset, generation);
    if (known !== undefined) return known;
    const row = await tx.one(openDataset, [dataset, null]);
    if (row === undefined || row.generation !== generation) throw refuseEmpty();
    const tables = tablesOf(dataset, row);
    memory.put(dataset, generation, tables);
    return tables;
  };

  const change = async (tx: Transaction, asked: Asked): Promise<RowsAnswer> => {
    const { request, expected, key, now } = asked;
    const dataset = await find(tx, asked);
    if (key !== undefined) await tx.all(nameKey, [key]);
    const edit = await tx.one(beginEdit, [dataset]);
    if (edit === undefined) throw refuseTable();
    const present = edit.version - 1;
    if (expected !== undefined && expected !== present) throw refuseVersion(present);
    const { base } = await describe(tx, dataset, edit.generation);
    const plan = planRequest(request, base, SETTINGS);
    const { text, values } = plan.statement;
    const [row] = await tx.rendered<ResultRow>(renderedStatement(text, values));
    if (row === undefined) throw new TypeError('A change gives exactly one row.');
    const answer: Answer = plan.finish(row);
    if (plan.end === 'rollback') throw new Undone({ answer, version: present });
    const ended = await tx.one(endEdit, [dataset]);
    if (ended === undefined) throw new TypeError('An edit ends with its version.');
    const { version, added, changed, removed } = ended;
    if (version !== present) {
      const details = { version, added, changed, removed };
      await noteUse(tx, {
        dataset,
        action: 'datasets.edit',
        details,
        at: now,
        ...(key !== undefined && { key }),
      });
    }
    return { answer, version };
  };

  return async (asked) => {
    if (asked.target.version !== undefined) throw refusePast();
    try {
      return await inScope(database, asked.actor, (tx) => change(tx, asked));
    } catch (error) {
      if (error instanceof Undone) return error.outcome;
      throw wireProblemOf(error);
    }
  };
};
