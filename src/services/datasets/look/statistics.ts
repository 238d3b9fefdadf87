/** What the columns of a dataset hold, computed by PostgreSQL within a time, and what is estimated said to be so. */
import { z } from 'zod';
import type { Database } from '../../../store/database.ts';
import { renderedStatement } from '../../../store/rendered.ts';
import { inScope, type DatasetActor } from '../access/actor.ts';
import { openVersion, readVersion, type OpenVersion } from '../export/open-version.ts';
import type { Column } from '../query/catalogue.ts';
import { parseQuery } from '../query/parse-query.ts';
import { refuseColumn } from '../query/problems.ts';
import { isTimeout } from '../query/took-too-long.ts';
import type { Query } from '../query/tree.ts';
import type { Target } from '../rows/target.ts';
import { wireProblemOf } from '../rows/wire-errors.ts';
import { noteLook, type Looker } from './note-look.ts';
import { MOST_EXACT, renderStatistics } from './render-statistics.ts';

const COUNT = z.number().int().min(0);

/** One column; what its type has not, or was not ready in time, is null. */
export const COLUMN_STATISTICS = z.strictObject({
  column: z.string(),
  type: z.string(),
  is_complete: z.boolean().describe('False where it took too long; nothing else is said then'),
  seen: COUNT.nullable().describe('Rows that were looked at'),
  nulls: COUNT.nullable(),
  empty: COUNT.nullable().describe('Texts without a letter'),
  distinct: COUNT.nullable(),
  distinct_is_estimate: z.boolean(),
  min: z.string().nullable(),
  max: z.string().nullable(),
  mean: z.string().nullable(),
  quantiles: z.array(z.string()).nullable().describe('A quarter, a half and three quarters of the way'),
  most_common: z.array(z.strictObject({ value: z.string(), count: COUNT })).nullable(),
  histogram: z.array(z.strictObject({ from: z.string(), to: z.string(), count: COUNT })).nullable(),
});

export const STATISTICS = z.strictObject({
  version: COUNT,
  rows: COUNT.describe('Rows of the version, whatever the filters match'),
  is_sampled: z.boolean().describe(`With more than ${MOST_EXACT} rows a part of them is looked at`),
  items: z.array(COLUMN_STATISTICS),
});

export type ColumnStatistics = z.output<typeof COLUMN_STATISTICS>;
export type Statistics = z.output<typeof STATISTICS>;

export interface StatisticsRequest extends Looker {
  readonly actor: DatasetActor;
  readonly target: Target;
  /** PostgREST's filters; the rest of it is not looked at. */
  readonly search: string;
  /** Left out: the first columns. */
  readonly column: string | undefined;
}

/** Columns of one answer where none is named, and milliseconds for one of them and for all. */
const MOST_AT_ONCE = 40;
const COLUMN_MS = 8000;
const ALL_MS = 20_000;

const FACTS = z.object({
  seen: z.number(),
  nulls: z.number(),
  empty: z.number().nullable(),
  distinct: z.number().optional(),
  once: z.number().optional(),
  min: z.string().nullish(),
  max: z.string().nullish(),
  mean: z.string().nullish(),
  quantiles: z.array(z.string()).nullish(),
  most_common: COLUMN_STATISTICS.shape.most_common.optional(),
  histogram: COLUMN_STATISTICS.shape.histogram.optional(),
});

/** How many values there are, where `seen` of `rows` had `distinct` and `once` of them came once: Haas and Stokes, 1998 (Duj1). */
export const estimateDistinct = (distinct: number, once: number, seen: number, rows: number): number => {
  if (seen === 0 || rows <= seen) return distinct;
  const estimate = (seen * distinct) / (seen - once + (once * seen) / rows);
  return Math.round(Math.min(rows, Math.max(distinct, estimate)));
};

const itemOf = (
  { name, type }: Column,
  facts?: z.output<typeof FACTS>,
  sampledOf?: number,
): ColumnStatistics => {
  const { seen = null, nulls = null, empty = null, distinct, once = 0 } = facts ?? {};
  const all = sampledOf ?? seen ?? 0;
  return {
    column: name,
    type,
    is_complete: facts !== undefined,
    seen,
    nulls,
    empty,
    distinct: distinct === undefined ? null : estimateDistinct(distinct, once, seen ?? 0, all),
    distinct_is_estimate: distinct !== undefined && sampledOf !== undefined,
    min: facts?.min ?? null,
    max: facts?.max ?? null,
    mean: facts?.mean ?? null,
    quantiles: facts?.quantiles ?? null,
    most_common: facts?.most_common ?? null,
    histogram: facts?.histogram ?? null,
  };
};

/** Makes the function that answers. It rejects with Problems, of which most are QueryProblems. */
export const createStatistics = (
  database: Database,
  monotonic: () => number,
): ((asked: StatisticsRequest) => Promise<Statistics>) => {
  const look = async (
    actor: DatasetActor,
    open: OpenVersion,
    query: Query,
    column: Column,
  ): Promise<ColumnStatistics> => {
    const isSampled = open.rows > MOST_EXACT;
    const [row] = await inScope(database, actor, (tx) =>
      readVersion(tx, open, (catalogue) => {
        const { text, values } = renderStatistics(query, catalogue, column, isSampled);
        return tx.rendered<{ facts: string }>(renderedStatement(text, values), COLUMN_MS);
      }),
    );
    const facts = FACTS.parse(JSON.parse(row?.facts ?? '{}'));
    return itemOf(column, facts, isSampled ? open.rows : undefined);
  };

  return async (asked) => {
    const { actor, target, column } = asked;
    const endsAt = monotonic() + ALL_MS;
    try {
      const open = await inScope(database, actor, async (tx) => {
        const opened = await openVersion(tx, actor, target);
        await noteLook(tx, opened, asked);
        return opened;
      });
      const { now: catalogue } = open.tables;
      const query = parseQuery(asked.search, open.name);
      const one = column === undefined ? undefined : catalogue.columns.find(({ name }) => name === column);
      if (column !== undefined && one === undefined) throw refuseColumn(open.name, column);
      const items: ColumnStatistics[] = [];
      for (const each of one === undefined ? catalogue.columns.slice(0, MOST_AT_ONCE) : [one]) {
        try {
          items.push(monotonic() > endsAt ? itemOf(each) : await look(actor, open, query, each));
        } catch (error) {
          if (!isTimeout(error)) throw error;
          items.push(itemOf(each));
        }
      }
      return { version: open.version, rows: open.rows, is_sampled: open.rows > MOST_EXACT, items };
    } catch (error) {
      throw wireProblemOf(error);
    }
  };
};
