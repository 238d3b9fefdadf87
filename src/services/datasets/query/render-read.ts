/** A read as SQL: one page of rows as one text, and how many rows there are besides. */
import type { Catalogue } from './catalogue.ts';
import type { Media } from './media.ts';
import type { RowRange } from './range.ts';
import { renderAnswer } from './render-answer.ts';
import { renderWhere } from './render-condition.ts';
import type { Scope } from './render-field.ts';
import { renderGrouping, renderOrder, renderSelect } from './render-select.ts';
import { createParameters, quoteName, tableOf, type Statement } from './sql.ts';
import type { Query } from './tree.ts';

export interface ReadOptions {
  readonly media: Media;
  readonly range: RowRange;
  readonly count?: 'exact' | 'planned' | 'estimated';
  /** With `estimated`: rows up to which they are counted. */
  readonly countCap: number;
  readonly aggregates: boolean;
  /** Whether at most one row can match, so that no order is needed. */
  readonly single: boolean;
}

/** What both kinds of statement give, in one row of these columns: `page`, `total`, `inserted`, `location`, `body`, and of reads `last`. */
export interface Rendered {
  readonly statement: Statement;
  /** What the columns are called, for CSV. */
  readonly header: readonly string[];
}

const ROW = '"t".';

const renderTotal = (query: Query, scope: Scope, { count, countCap }: ReadOptions): string => {
  const from = `from ${tableOf(scope.catalogue)} as "t"${renderWhere(query.conditions, scope, query.words)}`;
  if (count === 'exact') return `(select count(*) ${from})`;
  if (count !== 'estimated') return 'null::int8';
  const most = scope.parameters.add(String(countCap + 1), 'int8');
  return `(select count(*) from (select ${from} limit ${most}) as "n")`;
};

/** Where rows come in the order of their numbers: the rest of the page beside the number of the last one. */
const KEY = '"vouchsafe:key"';

/** Throws a QueryProblem where the query does not fit the dataset. */
export const renderRead = (query: Query, catalogue: Catalogue, options: ReadOptions): Rendered => {
  const parameters = createParameters();
  const scope: Scope = { catalogue, parameters, row: ROW };
  const outputs = renderSelect(query.select, scope, options.aggregates);
  const answer = renderAnswer(outputs, options.media, scope);
  const { rowColumn } = catalogue;
  const isGrouped = outputs.some(({ aggregated }) => aggregated);
  const number =
    rowColumn === undefined || options.single || isGrouped || query.order.length > 0
      ? undefined
      : `${ROW}${quoteName(rowColumn)}`;
  const order = number === undefined ? renderOrder(query.order, outputs, scope) : ` order by ${number}`;
  const list =
    number === undefined ? answer.list : [`${number} as ${KEY}`, answer.list].filter(Boolean).join(', ');
  const inner =
    `select ${list} from ${tableOf(catalogue)} as "t"${renderWhere(query.conditions, scope, query.words)}` +
    `${renderGrouping(outputs)}${order}` +
    ` limit ${parameters.add(String(options.range.limit), 'int8')}` +
    ` offset ${parameters.add(String(options.range.offset), 'int8')}`;
  const rest = `select ${answer.names.map((name) => `"k".${name}`).join(', ')}`;
  const from =
    number === undefined ? `(${inner}) as "r"` : `(${inner}) as "k" cross join lateral (${rest}) as "r"`;
  const last = number === undefined ? 'null::text' : `max("k".${KEY})::text`;
  const text =
    `select count(*) as "page", ${renderTotal(query, scope, options)} as "total", null::int8 as "inserted", ` +
    `null::text as "location", ${answer.body} as "body", ${last} as "last" from ${from}`;
  return { statement: { text, values: parameters.values }, header: outputs.map(({ name }) => name) };
};

/** Asks the planner how many rows match; the answer is JSON, read by `readPlannedRows`. */
export const renderPlannedCount = (query: Query, catalogue: Catalogue): Statement => {
  const parameters = createParameters();
  const scope: Scope = { catalogue, parameters, row: ROW };
  const text = `explain (format json) select from ${tableOf(catalogue)} as "t"${renderWhere(query.conditions, scope, query.words)}`;
  return { text, values: parameters.values };
};

/** The rows that a plan expects: `[{"Plan": {"Plan Rows": 12, …}}]`. Throws a TypeError for anything else. */
export const readPlannedRows = (explained: unknown): number => {
  const plan: unknown = Array.isArray(explained) ? explained[0] : undefined;
  const rows = (plan as { readonly Plan?: { readonly ['Plan Rows']?: unknown } } | undefined)?.Plan?.[
    'Plan Rows'
  ];
  if (typeof rows !== 'number') throw new TypeError('PostgreSQL explained a query in an unknown form.');
  return rows;
};
