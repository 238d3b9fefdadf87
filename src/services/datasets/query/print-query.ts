/** Writes a tree back as a query string: the address that gives exactly what somebody looks at. */
import type { Condition, Field, Filter, Operation, OrderTerm, Query, SelectItem } from './tree.ts';

const quote = (text: string): string => `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`;

/** Plain where nothing in it could be read as something else. */
const printName = (name: string): string => (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? name : quote(name));

/** At the very beginning `not` would be read as a negation. */
const printField = ({ name, path }: Field): string => {
  const steps = path.map(({ as, key }) => {
    const arrow = as === 'text' ? '->>' : '->';
    return `${arrow}${typeof key === 'number' ? key : printName(key)}`;
  });
  const isWord = ['not', 'and', 'or', 'count'].includes(name);
  return `${isWord ? quote(name) : printName(name)}${steps.join('')}`;
};

const printArgument = (argument: string | undefined): string =>
  argument === undefined ? '' : `(${argument})`;

const printOperation = (operation: Operation, printValue: (value: string) => string): string => {
  if (operation.kind === 'in') return `in.(${operation.values.map(quote).join(',')})`;
  if (operation.kind === 'is') return `is.${operation.state}`;
  const value = printValue(operation.value);
  if (operation.kind === 'isdistinct') return `isdistinct.${value}`;
  if (operation.kind === 'compare')
    return `${operation.operator}${printArgument(operation.quantifier)}.${value}`;
  if (operation.kind === 'search')
    return `${operation.operator}${printArgument(operation.language)}.${value}`;
  return `${operation.operator}.${value}`;
};

const printExpression = ({ negated, operation }: Filter, printValue: (value: string) => string): string =>
  `${negated ? 'not.' : ''}${printOperation(operation, printValue)}`;

const printInGroup = (condition: Condition): string => {
  if (condition.kind === 'filter')
    return `${printField(condition.field)}.${printExpression(condition, quote)}`;
  const list = condition.conditions.map(printInGroup).join(',');
  return `${condition.negated ? 'not.' : ''}${condition.kind}(${list})`;
};

const RESERVED_NAMES: ReadonlySet<string> = new Set([
  'select',
  'columns',
  'on_conflict',
  'order',
  'limit',
  'offset',
  'and',
  'or',
]);

const printCondition = (condition: Condition): readonly [string, string] => {
  if (condition.kind !== 'filter') {
    const list = condition.conditions.map(printInGroup).join(',');
    return [`${condition.negated ? 'not.' : ''}${condition.kind}`, `(${list})`];
  }
  const { field } = condition;
  // As a parameter's name these would be read as something else.
  const name = RESERVED_NAMES.has(field.name) ? quote(field.name) : undefined;
  const key =
    name === undefined ? printField(field) : `${name}${printField({ ...field, name: 'x' }).slice(1)}`;
  return [key, printExpression(condition, (value) => value)];
};

const printItem = (item: SelectItem): string => {
  if (item.kind === 'all') return '*';
  const alias = item.alias === undefined ? '' : `${quote(item.alias)}:`;
  const cast = item.cast === undefined ? '' : `::${item.cast}`;
  if (item.kind === 'count') return `${alias}count()${cast}`;
  const aggregate = item.aggregate === undefined ? '' : `.${item.aggregate}()`;
  const aggregateCast = item.aggregateCast === undefined ? '' : `::${item.aggregateCast}`;
  return `${alias}${printField(item.field)}${cast}${aggregate}${aggregateCast}`;
};

const printTerm = ({ field, direction, nulls }: OrderTerm): string =>
  `${printField(field)}${direction === undefined ? '' : `.${direction}`}${nulls === undefined ? '' : `.nulls${nulls}`}`;

const isEverything = (select: readonly SelectItem[]): boolean =>
  select.length === 1 && select[0]?.kind === 'all';

/** The query string of a tree, without `?`; `parseQuery` makes the same tree of it. */
export const printQuery = (query: Query): string => {
  const parameters: (readonly [string, string])[] = [];
  if (!isEverything(query.select)) parameters.push(['select', query.select.map(printItem).join(',')]);
  parameters.push(...query.conditions.map(printCondition));
  if (query.order.length > 0) parameters.push(['order', query.order.map(printTerm).join(',')]);
  if (query.limit !== undefined) parameters.push(['limit', String(query.limit)]);
  if (query.offset > 0) parameters.push(['offset', String(query.offset)]);
  if (query.columns !== undefined) parameters.push(['columns', query.columns.map(quote).join(',')]);
  if (query.onConflict !== undefined) parameters.push(['on_conflict', query.onConflict.map(quote).join(',')]);
  return parameters
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .join('&');
};
