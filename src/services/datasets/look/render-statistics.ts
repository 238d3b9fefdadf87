/** What a column holds, as one statement: counts, ends, quantiles, frequent values and a histogram. */
import type { Catalogue, Column } from '../query/catalogue.ts';
import { isArray, isComparable, isText } from '../query/column-types.ts';
import { renderWhere } from '../query/render-condition.ts';
import { createParameters, quoteName, tableOf, type Statement } from '../query/sql.ts';
import type { Query } from '../query/tree.ts';

const NUMBERS: ReadonlySet<string> = new Set(['int2', 'int4', 'int8', 'numeric', 'float4', 'float8']);
const MOMENTS: ReadonlySet<string> = new Set(['date', 'timestamp', 'timestamptz']);

/** Bars of a histogram, frequent values, and letters of a value that is shown. */
const BARS = 20;
const MOST_COMMON = 10;
const LONGEST_SHOWN = 200;

/** Rows that are looked at, all of them, up to which nothing is estimated. */
export const MOST_EXACT = 500_000;

/** Of more, this many stretches of this many row numbers each, evenly over all of them. */
const STRETCHES = 200;
const STRETCH_ROWS = 500;

const shown = (sql: string): string => `left(${sql}::text, ${LONGEST_SHOWN})`;

/** Axis of the histogram: a number; of moments, seconds since 1970. */
const axisOf = ({ type }: Column): string | undefined => {
  if (NUMBERS.has(type)) return '"v"::float8';
  return MOMENTS.has(type) ? 'extract(epoch from "v")::float8' : undefined;
};

const renderHistogram = (column: Column): string => {
  const axis = axisOf(column);
  if (axis === undefined) return 'null';
  const place = (bar: string): string => {
    const at = `("low" + (${bar}) * ("high" - "low") / ${BARS})`;
    return NUMBERS.has(column.type) ? `${at}::text` : `(to_timestamp(${at}) at time zone 'UTC')::text`;
  };
  // Neither a number that is none nor an infinite one has a place among others.
  return (
    `(select json_agg(json_build_object('from', ${place('"n" - 1')}, 'to', ${place('"n"')}, 'count', coalesce("c"."count", 0)) order by "n") ` +
    `from (select min("x") as "low", max("x") as "high" from "axis") as "ends" cross join generate_series(1, case when "low" = "high" then 1 else ${BARS} end) as "n" ` +
    `left join (select least(${BARS}, case when "low" = "high" then 1 else 1 + floor((("x" - "low") / ("high" - "low")) * ${BARS})::int end) as "bar", count(*) as "count" ` +
    `from "axis" cross join (select min("x") as "low", max("x") as "high" from "axis") as "e" group by 1) as "c" on "c"."bar" = "n" where "low" is not null)`
  );
};

/** @param type of a column that has an order. */
const renderOrdered = (column: Column): readonly string[] => {
  const { type } = column;
  return [
    `'distinct', (select count(*) from "groups")`,
    // Values that came once, from which is estimated how many were not seen.
    `'once', (select count(*) from "groups" where "count" = 1)`,
    `'min', (select ${shown('"v"')} from "groups" order by "v" limit 1)`,
    `'max', (select ${shown('"v"')} from "groups" order by "v" desc limit 1)`,
    `'mean', ${NUMBERS.has(type) ? '(select avg("v")::text from "filled")' : 'null'}`,
    // PostgreSQL has no lists of lists.
    isArray(type)
      ? `'quantiles', null`
      : `'quantiles', (select array(select ${shown('"q"')} from unnest(percentile_disc(array[0.25, 0.5, 0.75]) within group (order by "v")) as "q") from "filled" having count(*) > 0)`,
    `'most_common', (select json_agg(json_build_object('value', "m"."value", 'count', "m"."count") order by "m"."count" desc, "m"."value") from (select ${shown('"v"')} as "value", "count" from "groups" order by "count" desc, "v" limit ${MOST_COMMON}) as "m")`,
    `'histogram', ${renderHistogram(column)}`,
  ];
};

/**
 * One row of one text, `facts`, which is JSON. Looks at all rows that match, or, with `isSampled`, at those in stretches.
 * Throws a QueryProblem where the filters do not fit.
 */
export const renderStatistics = (
  query: Query,
  catalogue: Catalogue,
  column: Column,
  isSampled: boolean,
): Statement => {
  const parameters = createParameters();
  const scope = { catalogue, parameters, row: '"t".' };
  const table = tableOf(catalogue);
  const number = `"t".${quoteName(catalogue.rowColumn ?? '')}`;
  const value = `"t".${quoteName(column.name)} as "v"`;
  const where = renderWhere(query.conditions, scope);
  const plain = `select ${value} from ${table} as "t"${where}`;
  const stretches =
    `(select "e"."low" + (("e"."high" - "e"."low") * "s") / ${STRETCHES} as "start" from ` +
    `(select min(${number}) as "low", max(${number}) as "high" from ${table} as "t") as "e" cross join generate_series(0, ${STRETCHES - 1}) as "s")`;
  const sampled =
    `select "w"."v" from ${stretches} as "p" cross join lateral (select ${value} from ${table} as "t"` +
    `${where === '' ? ' where' : `${where} and`} ${number} >= "p"."start" and ${number} < "p"."start" + ${STRETCH_ROWS}) as "w"`;
  const { type } = column;
  const members = [
    `'seen', (select count(*) from "all")`,
    `'nulls', (select count(*) from "all" where "v" is null)`,
    `'empty', ${isText(type) ? `(select count(*) from "all" where "v" = '')` : 'null'}`,
    ...(isComparable(type) ? renderOrdered(column) : []),
  ];
  const axis = axisOf(column);
  const parts = [
    `"all" as materialized (${isSampled ? sampled : plain})`,
    `"filled" as (select "v" from "all" where "v" is not null)`,
    ...(isComparable(type)
      ? [`"groups" as materialized (select "v", count(*) as "count" from "filled" group by "v")`]
      : []),
    ...(axis === undefined
      ? []
      : [
          `"axis" as (select ${axis} as "x" from "filled" where ${axis} > '-infinity' and ${axis} < 'infinity')`,
        ]),
  ];
  const text = `with ${parts.join(', ')} select json_build_object(${members.join(', ')})::text as "facts"`;
  return { text, values: parameters.values };
};
