/** Inserts, upserts, updates and deletes as SQL: the body of the request is one parameter, read as JSON. */
import type { Catalogue, Column } from './catalogue.ts';
import type { Media } from './media.ts';
import type { Preferences } from './preferences.ts';
import {
  QueryProblem,
  refuseColumn,
  refuseConflictTarget,
  refuseTargetColumn,
  refuseUnfiltered,
} from './problems.ts';
import { renderAnswer } from './render-answer.ts';
import { renderWhere } from './render-condition.ts';
import type { Scope } from './render-field.ts';
import type { Rendered } from './render-read.ts';
import { renderGrouping, renderOrder, renderSelect, type Output } from './render-select.ts';
import { createParameters, quoteName, tableOf, type Parameters } from './sql.ts';
import type { Condition, Query } from './tree.ts';

export interface ChangeOptions {
  readonly media: Media;
  readonly preferences: Preferences;
  readonly aggregates: boolean;
}

/** What is to be written: a JSON array of objects as text, and the columns that are taken from each. */
export interface NewRows {
  readonly json: string;
  readonly names: readonly string[];
}

const listNames = (names: readonly string[], prefix = ''): string =>
  names.map((name) => `${prefix}${quoteName(name)}`).join(', ');

const targetColumns = (names: readonly string[], catalogue: Catalogue): readonly Column[] =>
  [...new Set(names)].map((name) => {
    const column = catalogue.column(name);
    if (column === undefined) throw refuseTargetColumn(catalogue.name, name);
    if (column.generated === true)
      throw new QueryProblem(400, '428C9', 'cannot insert a non-DEFAULT value into a generated column');
    return column;
  });

/**
 * The new rows as a subquery. With `missing=default` a member that is not there takes the column's default; JSON's
 * `null` stays null. Numbers keep every digit, since PostgreSQL alone reads them.
 */
const renderNewRows = (
  json: string,
  columns: readonly Column[],
  missing: Preferences['missing'],
  parameters: Parameters,
): string => {
  const rows = parameters.add(json, 'json');
  if (columns.length === 0) return `select from json_array_elements(${rows}) as "e"`;
  const typed = columns.map(({ name, type }) => `${quoteName(name)} ${type}`).join(', ');
  if (missing !== 'default')
    return `select ${columns.map(({ name }) => `"b".${quoteName(name)}`).join(', ')} from json_to_recordset(${rows}) as "b"(${typed})`;
  const taken = columns.map(({ name, defaultSql }) => {
    const value = `"b".${quoteName(name)}`;
    if (defaultSql === undefined) return value;
    const key = parameters.add(name, 'text');
    return `case when ("e"."e"->${key}) is null then ${defaultSql} else ${value} end as ${quoteName(name)}`;
  });
  return (
    `select ${taken.join(', ')} from json_array_elements(${rows}) as "e"("e") ` +
    `cross join lateral json_to_record("e"."e") as "b"(${typed})`
  );
};

/** A name that no column has, for what travels beside the columns. */
const freeName = (catalogue: Catalogue): string => {
  let name = 'fresh';
  while (catalogue.column(name) !== undefined) name += '_';
  return quoteName(name);
};

/** Wraps a change, so that the answer is made of the rows that it touched. */
const answerChange = (
  change: (returning: string) => string,
  query: Query,
  { catalogue, parameters }: Scope,
  { media, preferences, aggregates }: ChangeOptions,
): Rendered => {
  const wantsRows = preferences.return === 'representation';
  const fresh = freeName(catalogue);
  // A row that the statement made was locked by none before (xmax 0); one that it found and updated was.
  const all = catalogue.columns.map(({ name }) => name);
  if (catalogue.rowColumn !== undefined) all.push(catalogue.rowColumn);
  const kept = wantsRows ? all : catalogue.key;
  const returning = [...kept.map((name) => `"t".${quoteName(name)}`), `("t".xmax = 0) as ${fresh}`].join(
    ', ',
  );
  const scope: Scope = { catalogue, parameters, row: '"t".' };
  let outputs: readonly Output[] = [];
  let body = 'null::text';
  if (wantsRows) {
    outputs = renderSelect(query.select, scope, aggregates);
    const answer = renderAnswer(outputs, media, scope);
    const inner = `select ${answer.list} from "changed" as "t"${renderGrouping(outputs)}${renderOrder(query.order, outputs, scope)}`;
    body = `(select ${answer.body} from (${inner}) as "r")`;
  }
  let location = 'null::text';
  if (preferences.return === 'headers-only' && catalogue.key.length > 0) {
    const values = catalogue.key.map((name) => `"t".${quoteName(name)}::text`).join(', ');
    location = `(select to_json(array[${values}])::text from "changed" as "t" limit 1)`;
  }
  const text =
    `with "changed" as (${change(returning)}) select count(*) as "page", ` +
    `${preferences.count === undefined ? 'null::int8' : 'count(*)'} as "total", ` +
    `count(*) filter (where "c".${fresh}) as "inserted", ${location} as "location", ${body} as "body" from "changed" as "c"`;
  return { statement: { text, values: parameters.values }, header: outputs.map(({ name }) => name) };
};

const conflictTarget = (query: Query, catalogue: Catalogue): readonly string[] => {
  const target = [...new Set(query.onConflict ?? catalogue.key)];
  for (const name of target)
    if (catalogue.column(name) === undefined) throw refuseColumn(catalogue.name, name);
  if (target.length > 0 && !catalogue.isUnique(target)) throw refuseConflictTarget();
  return target;
};

const renderConflict = (
  query: Query,
  columns: readonly Column[],
  scope: Scope,
  options: ChangeOptions,
): string => {
  const { resolution } = options.preferences;
  if (resolution === undefined) return '';
  const target = conflictTarget(query, scope.catalogue);
  if (target.length === 0) return '';
  const names = columns.map(({ name }) => name);
  const what =
    resolution === 'ignore-duplicates' || names.length === 0
      ? 'nothing'
      : `update set ${names.map((name) => `${quoteName(name)} = excluded.${quoteName(name)}`).join(', ')}`;
  return ` on conflict (${listNames(target)}) do ${what}`;
};

/**
 * One statement for any number of rows. Throws a QueryProblem: PGRST204, 42P10, 428C9, and what `select` throws.
 * @param only what a new row must be like to be written; for PUT, whose address says which row it is.
 */
export const renderInsert = (
  query: Query,
  rows: NewRows,
  catalogue: Catalogue,
  options: ChangeOptions,
  only: readonly Condition[] = [],
): Rendered => {
  const parameters = createParameters();
  const scope: Scope = { catalogue, parameters, row: '"n".' };
  const columns = targetColumns(rows.names, catalogue);
  const names = columns.map(({ name }) => name);
  const source = renderNewRows(rows.json, columns, options.preferences.missing, parameters);
  const target = names.length === 0 ? '' : ` (${listNames(names)})`;
  const where = renderWhere(only, scope);
  const conflict = renderConflict(query, columns, scope, options);
  return answerChange(
    (returning) =>
      `insert into ${tableOf(catalogue)} as "t"${target} select ${listNames(names, '"n".')} from (${source}) as "n"` +
      // Without a condition PostgreSQL would read `on conflict` as that of a join.
      `${where === '' ? ' where true' : where}${conflict} returning ${returning}`,
    query,
    scope,
    options,
  );
};

/** Takes the first of the new rows. Throws 21000 for an update of every row, and as `renderInsert` does. */
export const renderUpdate = (
  query: Query,
  rows: NewRows,
  catalogue: Catalogue,
  options: ChangeOptions,
): Rendered => {
  const parameters = createParameters();
  const scope: Scope = { catalogue, parameters, row: '"t".' };
  const columns = targetColumns(rows.names, catalogue);
  if (columns.length === 0) {
    // Nothing to set is no error, and no row is touched.
    const none = (returning: string): string =>
      `select ${returning} from ${tableOf(catalogue)} as "t" where false`;
    return answerChange(none, query, scope, options);
  }
  if (query.conditions.length === 0) throw refuseUnfiltered('UPDATE');
  const source = renderNewRows(rows.json, columns, options.preferences.missing, parameters);
  const set = columns.map(({ name }) => `${quoteName(name)} = "n".${quoteName(name)}`).join(', ');
  const where = renderWhere(query.conditions, scope);
  return answerChange(
    (returning) =>
      `update ${tableOf(catalogue)} as "t" set ${set} from (${source} limit 1) as "n"${where} returning ${returning}`,
    query,
    scope,
    options,
  );
};

/** Throws 21000 for a delete of every row. */
export const renderDelete = (query: Query, catalogue: Catalogue, options: ChangeOptions): Rendered => {
  if (query.conditions.length === 0) throw refuseUnfiltered('DELETE');
  const parameters = createParameters();
  const scope: Scope = { catalogue, parameters, row: '"t".' };
  const where = renderWhere(query.conditions, scope);
  return answerChange(
    (returning) => `delete from ${tableOf(catalogue)} as "t"${where} returning ${returning}`,
    query,
    scope,
    options,
  );
};
