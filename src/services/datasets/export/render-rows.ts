/** A download's SQL: rows a part at a time, behind the last one, bounded in rows and in bytes; and what a format asks first. */
import type { Catalogue } from '../query/catalogue.ts';
import { renderWhere } from '../query/render-condition.ts';
import type { Scope } from '../query/render-field.ts';
import { renderOrder, renderSelect, type Output } from '../query/render-select.ts';
import { createParameters, quoteName, tableOf, type Parameters, type Statement } from '../query/sql.ts';
import type { Query } from '../query/tree.ts';
import { isInUnits, type CellForm, type DownloadColumn } from './format-writer.ts';

const ROW = '"t".';

const scopeOf = (catalogue: Catalogue, parameters: Parameters): Scope => ({
  catalogue,
  parameters,
  row: ROW,
});

const numberOf = ({ rowColumn = '' }: Catalogue): string => `${ROW}${quoteName(rowColumn)}`;

/** Columns of the answer. Throws a QueryProblem; rows are downloaded, so aggregates are refused. */
export const columnsOf = (query: Query, catalogue: Catalogue): readonly DownloadColumn[] =>
  renderSelect(query.select, scopeOf(catalogue, createParameters()), false).map(({ name, type }) => ({
    name,
    type,
  }));

const inUnits = ({ sql, type }: Output): string => {
  if (type === 'bytea') return `encode(${sql}, 'hex')`;
  if (type === 'date') return `(${sql} - date '1970-01-01')::text`;
  return `(extract(epoch from ${sql}) * 1000000)::int8::text`;
};

const cellOf = (output: Output, form: CellForm, column: DownloadColumn | undefined): string => {
  if (form === 'json') return `to_json(${output.sql})::text`;
  return form === 'parquet' && column !== undefined && isInUnits(column)
    ? inUnits(output)
    : `${output.sql}::text`;
};

/** Which rows of all that match: those behind row `after`, or those of a list, in its order. */
export type Part = { readonly after: string; readonly skip: number } | { readonly rows: readonly string[] };

export interface PartOptions {
  readonly form: CellForm;
  readonly columns: readonly DownloadColumn[];
  readonly part: Part;
  readonly mostRows: number;
  /** A row is taken while those before it have fewer bytes, so that one always is. */
  readonly mostBytes: number;
}

/** One row: `last`, the number of the last row, or its place in the list; `count`; `body`, arrays of cells, comma between. */
export const renderPart = (
  query: Query,
  catalogue: Catalogue,
  { form, columns, part, mostRows, mostBytes }: PartOptions,
): Statement => {
  const parameters = createParameters();
  const scope = scopeOf(catalogue, parameters);
  const outputs = renderSelect(query.select, scope, false);
  const cells = outputs.map((output, index) => cellOf(output, form, columns[index])).join(', ');
  const list = `array_to_json(array[${cells}]::text[])::text as "cells"`;
  const number = numberOf(catalogue);
  let inner: string;
  if ('rows' in part) {
    const rows = parameters.add(`{${part.rows.join(',')}}`, 'int8[]');
    inner =
      `select "o"."place" as "number", ${list} from unnest(${rows}) with ordinality as "o" ("row", "place") ` +
      `join ${tableOf(catalogue)} as "t" on ${number} = "o"."row" order by "o"."place"`;
  } else {
    const where = renderWhere(query.conditions, scope);
    inner =
      `select ${number} as "number", ${list} from ${tableOf(catalogue)} as "t"${where}${where === '' ? ' where' : ' and'} ` +
      `${number} > ${parameters.add(part.after, 'int8')} order by ${number} limit ${parameters.add(String(mostRows), 'int8')} ` +
      `offset ${parameters.add(String(part.skip), 'int8')}`;
  }
  const text =
    `select max("k"."number")::text as "last", count(*)::text as "count", string_agg("k"."cells", ',' order by "k"."number") as "body" ` +
    `from (select "b"."number", "b"."cells", sum(octet_length("b"."cells")) over (order by "b"."number") - octet_length("b"."cells") as "before" ` +
    `from (${inner}) as "b") as "k" where "k"."before" < ${parameters.add(String(mostBytes), 'int8')}`;
  return { text, values: parameters.values };
};

/** The order that is asked for, and behind it that of the numbers, so that `limit` and `offset` take the rows that go out. */
const cutOf = (query: Query, outputs: readonly Output[], scope: Scope, most: number | undefined): string => {
  const { parameters } = scope;
  const limit = Math.min(
    most ?? Number.POSITIVE_INFINITY,
    Math.max(0, query.limit ?? Number.POSITIVE_INFINITY),
  );
  const isCut = query.limit !== undefined || query.offset > 0;
  const number = numberOf(scope.catalogue);
  const order =
    query.order.length > 0 ? `${renderOrder(query.order, outputs, scope)}, ${number}` : ` order by ${number}`;
  return (
    (isCut ? order : '') +
    (Number.isFinite(limit) ? ` limit ${parameters.add(String(limit), 'int8')}` : '') +
    (query.offset > 0 ? ` offset ${parameters.add(String(query.offset), 'int8')}` : '')
  );
};

/** The numbers of all rows in the order that is asked for, comma between, `most` at most: one row of one text, `rows`. */
export const renderOrdered = (query: Query, catalogue: Catalogue, most: number): Statement => {
  const parameters = createParameters();
  const scope = scopeOf(catalogue, parameters);
  const number = numberOf(catalogue);
  const order = renderOrder(query.order, renderSelect(query.select, scope, false), scope);
  const limit = Math.min(most, Math.max(0, query.limit ?? most));
  const text =
    `select array_to_string(array(select ${number} from ${tableOf(catalogue)} as "t"${renderWhere(query.conditions, scope)}` +
    `${order}, ${number} limit ${parameters.add(String(limit), 'int8')} offset ${parameters.add(String(query.offset), 'int8')}), ',') as "rows"`;
  return { text, values: parameters.values };
};

/** How many letters of a text lie beyond the first plane: in UTF-16, which a sheet's own limit is in, they count twice. */
const beyond = (text: string): string =>
  `case when octet_length(${text}) > 32767 then regexp_count(${text}, '[\\U00010000-\\U0010FFFF]') else 0 end`;

/** One row about all rows that match: `rows`, `bytes` of their cells, `longest` cell in letters; `most` rows are looked at. */
export const renderExtent = (query: Query, catalogue: Catalogue, most: number): Statement => {
  const parameters = createParameters();
  const scope = scopeOf(catalogue, parameters);
  const outputs = renderSelect(query.select, scope, false);
  const texts = outputs.map(({ sql }) => `coalesce(${sql}::text, '')`);
  const bytes = texts.map((text) => `octet_length(${text})`).join(' + ') || '0';
  const longest = texts.map((text) => `length(${text}) + ${beyond(text)}`).join(', ') || '0';
  const text =
    `select count(*)::text as "rows", coalesce(sum("n"."bytes"), 0)::text as "bytes", coalesce(max("n"."longest"), 0)::text as "longest" ` +
    `from (select (${bytes})::int8 as "bytes", greatest(${longest}) as "longest" from ${tableOf(catalogue)} as "t"` +
    `${renderWhere(query.conditions, scope)}${cutOf(query, outputs, scope, most)}) as "n"`;
  return { text, values: parameters.values };
};

const NO_FACT = 'null::text';

const factsOf = ({ sql, type }: Pick<Output, 'sql' | 'type'>): string => {
  if (type === 'numeric') {
    const isShort = `coalesce(bool_and(${sql} = ${sql} and ${sql} <> 'NaN' and abs(${sql}) <> 'Infinity' and length(replace(trim(leading '-' from ${sql}::text), '.', '')) <= 38), true)`;
    return `case when ${isShort} and min(scale(${sql})) is not distinct from max(scale(${sql})) then coalesce(max(scale(${sql})), 0)::text end`;
  }
  if (type === 'date' || type === 'timestamp' || type === 'timestamptz')
    return `coalesce(bool_and(isfinite(${sql}) and ${sql} >= '0001-01-01' and ${sql} < '10000-01-01'), true)::text`;
  return NO_FACT;
};

const isAsked = ({ type }: Output): boolean => factsOf({ sql: '', type }) !== NO_FACT;

/** One row: `facts` of the rows that go out, an array of texts and nulls by column: digits behind the point, or whether all times are plain. */
export const renderFacts = (query: Query, catalogue: Catalogue): Statement => {
  const parameters = createParameters();
  const scope = scopeOf(catalogue, parameters);
  const outputs = renderSelect(query.select, scope, false);
  const cells = outputs.map((output, index) => `${isAsked(output) ? output.sql : 'null'} as "c${index}"`);
  const facts = outputs.map((output, index) => factsOf({ ...output, sql: `"n"."c${index}"` }));
  const text =
    `select array_to_json(array[${facts.join(', ')}]::text[])::text as "facts" ` +
    `from (select ${cells.join(', ')} from ${tableOf(catalogue)} as "t"${renderWhere(query.conditions, scope)}` +
    `${cutOf(query, outputs, scope, undefined)}) as "n"`;
  return { text, values: parameters.values };
};
