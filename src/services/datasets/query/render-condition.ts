/** Conditions as SQL. What PostgreSQL has no operator for is refused here, with PostgreSQL's code. */
import {
  hasContainment,
  hasOverlap,
  isArray,
  isComparable,
  isRange,
  isSearchable,
  isText,
  type ColumnType,
} from './column-types.ts';
import { refuseFunction, refuseMismatch } from './problems.ts';
import { renderField, type Scope, type Typed } from './render-field.ts';
import { arrayText } from './sql.ts';
import { wordsSql } from './words-sql.ts';
import type {
  Comparison,
  Condition,
  Container,
  Operation,
  Pattern,
  State,
  TextSearch,
  Words,
} from './tree.ts';

const COMPARED: Readonly<Record<Comparison | Pattern, string>> = {
  eq: '=',
  neq: '<>',
  gt: '>',
  gte: '>=',
  lt: '<',
  lte: '<=',
  like: 'like',
  ilike: 'ilike',
  match: '~',
  imatch: '~*',
};

const CONTAINED: Readonly<Record<Container, string>> = {
  cs: '@>',
  cd: '<@',
  ov: '&&',
  sl: '<<',
  sr: '>>',
  nxr: '&<',
  nxl: '&>',
  adj: '-|-',
};

const SEARCHED: Readonly<Record<TextSearch, string>> = {
  fts: 'to_tsquery',
  plfts: 'plainto_tsquery',
  phfts: 'phraseto_tsquery',
  wfts: 'websearch_to_tsquery',
};

const STATED: Readonly<Record<State, string>> = {
  null: 'is null',
  not_null: 'is not null',
  true: 'is true',
  false: 'is false',
  unknown: 'is unknown',
};

const refuseOperator = (type: ColumnType, operator: string): Error =>
  refuseFunction(`operator does not exist: ${type} ${operator} unknown`);

const isPattern = (operator: Comparison | Pattern): operator is Pattern =>
  ['like', 'ilike', 'match', 'imatch'].includes(operator);

const renderComparison = (
  { sql, type }: Typed,
  operation: Operation & { readonly kind: 'compare' },
  { parameters }: Scope,
): string => {
  const { operator, quantifier, value } = operation;
  const symbol = COMPARED[operator];
  const pattern = isPattern(operator);
  const known = pattern ? isText(type) : isComparable(type);
  // An array has no elements of its own type, so that it cannot be compared with any or all of them.
  if (!known || (quantifier !== undefined && isArray(type))) throw refuseOperator(type, symbol);
  const text = operator === 'like' || operator === 'ilike' ? value.replaceAll('*', '%') : value;
  const of: ColumnType = pattern ? 'text' : type;
  if (quantifier === undefined) return `${sql} ${symbol} ${parameters.add(text, of)}`;
  return `${sql} ${symbol} ${quantifier}(${parameters.add(text, `${of}[]` as ColumnType)})`;
};

const renderContainment = (
  { sql, type }: Typed,
  { operator, value }: Operation & { readonly kind: 'contain' },
  { parameters }: Scope,
): string => {
  const symbol = CONTAINED[operator];
  let known = isRange(type);
  if (operator === 'cs' || operator === 'cd') known = hasContainment(type);
  else if (operator === 'ov') known = hasOverlap(type);
  if (!known) throw refuseOperator(type, symbol);
  return `${sql} ${symbol} ${parameters.add(value, type)}`;
};

const renderSearch = (
  { sql, type }: Typed,
  { operator, language, value }: Operation & { readonly kind: 'search' },
  { parameters }: Scope,
): string => {
  if (!isSearchable(type)) throw refuseOperator(type, '@@');
  const config = language === undefined ? '' : `${parameters.add(language, 'regconfig')}, `;
  const searched = type === 'tsvector' ? sql : `to_tsvector(${config}${sql})`;
  return `${searched} @@ ${SEARCHED[operator]}(${config}${parameters.add(value, 'text')})`;
};

const renderState = ({ sql, type }: Typed, state: State): string => {
  if (state !== 'null' && state !== 'not_null' && type !== 'bool')
    throw refuseMismatch(`argument of IS ${state.toUpperCase()} must be type boolean, not type ${type}`);
  return `${sql} ${STATED[state]}`;
};

const renderList = ({ sql, type }: Typed, values: readonly string[], { parameters }: Scope): string => {
  if (!isComparable(type) || isArray(type)) throw refuseOperator(type, '=');
  const isEmpty = values.length === 1 && values[0] === '';
  return `${sql} = any(${parameters.add(isEmpty ? '{}' : arrayText(values), `${type}[]` as ColumnType)})`;
};

const renderOperation = (field: Typed, operation: Operation, scope: Scope): string => {
  if (operation.kind === 'compare') return renderComparison(field, operation, scope);
  if (operation.kind === 'contain') return renderContainment(field, operation, scope);
  if (operation.kind === 'search') return renderSearch(field, operation, scope);
  if (operation.kind === 'is') return renderState(field, operation.state);
  if (operation.kind === 'in') return renderList(field, operation.values, scope);
  if (!isComparable(field.type)) throw refuseOperator(field.type, '=');
  return `${field.sql} is distinct from ${scope.parameters.add(operation.value, field.type)}`;
};

/** One condition in brackets. Throws 42703, 42883 and 42804. */
export const renderCondition = (condition: Condition, scope: Scope): string => {
  const not = condition.negated ? 'not ' : '';
  if (condition.kind === 'filter') {
    const { field, operation } = condition;
    return `${not}(${renderOperation(renderField(field, scope), operation, scope)})`;
  }
  const inner = condition.conditions.map((one) => renderCondition(one, scope));
  return `${not}(${inner.join(` ${condition.kind} `)})`;
};

const renderWords = ({ columns, value }: Words, { parameters, row }: Scope): string =>
  `(${wordsSql(columns, row)} @@ websearch_to_tsquery('simple'::regconfig, ${parameters.add(value, 'text')}))`;

/** ` where …`, or '' where every row is meant. */
export const renderWhere = (conditions: readonly Condition[], scope: Scope, words?: Words): string => {
  const all = conditions.map((one) => renderCondition(one, scope));
  if (words !== undefined) all.push(renderWords(words, scope));
  return all.length === 0 ? '' : ` where ${all.join(' and ')}`;
};
