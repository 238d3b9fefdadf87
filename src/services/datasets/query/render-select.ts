/** What an answer's rows consist of, as SQL: columns, and what their members are called. */
import { hasAggregate, isComparable, typeOfAggregate, type ColumnType } from './column-types.ts';
import { refuseAggregates, refuseFunction, refuseUngrouped } from './problems.ts';
import { renderCast, renderField, type Scope, type Typed } from './render-field.ts';
import { quoteName } from './sql.ts';
import type { Field, OrderTerm, SelectItem } from './tree.ts';

/** One column of the answer. */
export interface Output extends Typed {
  /** What the caller sees; never part of SQL unless the catalogue has the very same name. */
  readonly name: string;
  readonly aggregated: boolean;
}

/** A field is called by the last key on its path, or by its column. */
const nameOf = ({ name, path }: Field): string => {
  const key = path.findLast((step) => typeof step.key === 'string')?.key;
  return typeof key === 'string' ? key : name;
};

const renderAggregate = (item: SelectItem & { readonly kind: 'field' }, typed: Typed): Output => {
  const { aggregate, alias, field, aggregateCast } = item;
  if (aggregate === undefined) return { ...typed, name: alias ?? nameOf(field), aggregated: false };
  if (!hasAggregate(aggregate, typed.type))
    throw refuseFunction(`function ${aggregate}(${typed.type}) does not exist`);
  const made: Typed = { sql: `${aggregate}(${typed.sql})`, type: typeOfAggregate(aggregate, typed.type) };
  return { ...renderCast(made, aggregateCast), name: alias ?? aggregate, aggregated: true };
};

const COUNT: Typed = { sql: 'count(*)', type: 'int8' };

const renderAll = ({ catalogue, row }: Scope): readonly Output[] =>
  catalogue.columns.map(({ name, type }) => ({
    sql: `${row}${quoteName(name)}`,
    type,
    name,
    aggregated: false,
  }));

const renderCount = (alias = 'count', cast?: string): Output => ({
  ...renderCast(COUNT, cast),
  name: alias,
  aggregated: true,
});

const renderItem = (item: SelectItem, scope: Scope): readonly Output[] => {
  if (item.kind === 'all') return renderAll(scope);
  if (item.kind === 'count') return [renderCount(item.alias, item.cast)];
  const { field, cast, aggregate, alias } = item;
  // `select=count` without such a column has meant `count()` since before there were aggregates.
  const isCount = field.name === 'count' && field.path.length === 0 && aggregate === undefined;
  if (isCount && scope.catalogue.column('count') === undefined) return [renderCount(alias, cast)];
  return [renderAggregate(item, renderCast(renderField(field, scope), cast))];
};

/** @param allowed whether aggregates may be used; throws PGRST123 where not, else as `renderField` does. */
export const renderSelect = (
  select: readonly SelectItem[],
  scope: Scope,
  allowed: boolean,
): readonly Output[] => {
  const outputs = select.flatMap((item) => renderItem(item, scope));
  if (!allowed && outputs.some(({ aggregated }) => aggregated)) throw refuseAggregates();
  return outputs;
};

/** ` group by 1, 3`: by place, since expressions with parameters are not compared by what they say. */
export const renderGrouping = (outputs: readonly Output[]): string => {
  if (!outputs.some(({ aggregated }) => aggregated)) return '';
  const places: number[] = [];
  for (const [index, { aggregated, type }] of outputs.entries()) {
    if (aggregated) continue;
    if (!isComparable(type)) throw refuseFunction(`could not identify an equality operator for type ${type}`);
    places.push(index + 1);
  }
  return places.length === 0 ? '' : ` group by ${places.join(', ')}`;
};

const orderable = (sql: string, type: ColumnType): string => {
  if (!isComparable(type)) throw refuseFunction(`could not identify an ordering operator for type ${type}`);
  return sql;
};

/** Among groups only what stands in the answer has an order: a column by its expression, anything by its name. */
const renderGroupedTerm = (field: Field, outputs: readonly Output[], scope: Scope): string => {
  const byName = field.path.length === 0 ? outputs.findIndex(({ name }) => name === field.name) : -1;
  let place = byName;
  if (scope.catalogue.column(field.name) !== undefined) {
    const { sql } = renderField(field, scope);
    const byExpression = outputs.findIndex((output) => !output.aggregated && output.sql === sql);
    if (byExpression >= 0) place = byExpression;
  }
  const output = outputs[place];
  if (output === undefined) throw refuseUngrouped();
  orderable('', output.type);
  return String(place + 1);
};

/** ` order by …`, or '' where any order will do. Throws 42703, 42803 and 42883. */
export const renderOrder = (
  order: readonly OrderTerm[],
  outputs: readonly Output[],
  scope: Scope,
): string => {
  if (order.length === 0) return '';
  const grouped = outputs.some(({ aggregated }) => aggregated);
  const terms = order.map(({ field, direction, nulls }) => {
    let term: string;
    if (grouped) term = renderGroupedTerm(field, outputs, scope);
    else {
      const { sql, type } = renderField(field, scope);
      term = orderable(sql, type);
    }
    return `${term}${direction === undefined ? '' : ` ${direction}`}${nulls === undefined ? '' : ` nulls ${nulls}`}`;
  });
  return ` order by ${terms.join(', ')}`;
};
