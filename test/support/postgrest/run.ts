/** Runs a planned request against a real database, as the service will: one transaction, rolled back at the end. */
import type { connect } from '../../../src/store/connection.ts';
import type { Catalogue } from '../../../src/services/datasets/query/catalogue.ts';
import { problemOfSqlState } from '../../../src/services/datasets/query/database-problems.ts';
import {
  planRequest,
  type Answer,
  type DatasetRequest,
  type ResultRow,
} from '../../../src/services/datasets/query/plan-request.ts';
import { QueryProblem } from '../../../src/services/datasets/query/problems.ts';
import { readPlannedRows } from '../../../src/services/datasets/query/render-read.ts';
import type { Statement } from '../../../src/services/datasets/query/sql.ts';

export type Client = Awaited<ReturnType<typeof connect>>;

export const SETTINGS = { rowCap: 1_000, aggregates: true };

const query = async <Row extends object>(client: Client, { text, values }: Statement): Promise<Row> => {
  const { rows } = await client.query<Row>(text, [...values]);
  const [row] = rows;
  if (row === undefined || rows.length !== 1) throw new Error('A statement gives exactly one row.');
  return row;
};

const answerOf = ({ status, headers, body }: QueryProblem): Answer => ({
  status,
  headers,
  body: JSON.stringify(body),
});

/** The answer, also of a refusal. Whatever else is thrown is a bug. */
export const answerRequest = async (
  client: Client,
  request: DatasetRequest,
  catalogue: Catalogue,
): Promise<Answer> => {
  await client.query('begin');
  try {
    const plan = planRequest(request, catalogue, SETTINGS);
    const row = await query<ResultRow>(client, plan.statement);
    const planned = plan.planned && (await query<{ readonly 'QUERY PLAN': unknown }>(client, plan.planned));
    return plan.finish(row, planned && readPlannedRows(planned['QUERY PLAN']));
  } catch (error) {
    if (error instanceof QueryProblem) return answerOf(error);
    const { code } = error as { readonly code?: unknown };
    if (typeof code !== 'string') throw error;
    return answerOf(problemOfSqlState(code));
  } finally {
    await client.query('rollback');
  }
};
