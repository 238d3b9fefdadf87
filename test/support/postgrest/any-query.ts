/** Any tree of the query language, for property tests: names that are known and names that are not, hostile values. */
// oxlint-disable oxc/no-map-spread -- optional members are spread into small test objects
import fc from 'fast-check';
import { createCatalogue, type Catalogue } from '../../../src/services/datasets/query/catalogue.ts';
import { COLUMN_TYPES } from '../../../src/services/datasets/query/column-types.ts';
import {
  AGGREGATES,
  COMPARISONS,
  CONTAINERS,
  PATTERNS,
  STATES,
  TEXT_SEARCHES,
  type Condition,
  type Field,
  type Operation,
  type OrderTerm,
  type Query,
  type SelectItem,
} from '../../../src/services/datasets/query/tree.ts';

/** What people have tried on query strings; U+0000 and lone surrogates are refused before they are in a tree. */
export const HOSTILE: readonly string[] = [
  '"; drop table every; --',
  "'; drop schema hostile cascade; --",
  `' or '1'='1`,
  '") union select rolpassword from pg_authid --',
  '$1',
  '$$; select pg_sleep(10); $$',
  '\\',
  '\\"',
  "\\'; --",
  '/* comment',
  '*/ select 1',
  '\u{2019} or \u{2019}1\u{2019}=\u{2019}1',
  '\u{ff02}; drop table every',
  'ʼ or 1=1 --',
  '\u{202e}gnirts',
  '%',
  '{"a","b}',
  '{{{{',
  '[1,',
  '(a|b)*c\\1{1,255}',
  'a\nb\r\nc\td',
  ',),(.::->>->',
  'null',
  'NULL',
  'infinity',
  '9'.repeat(400),
  '1e400',
  '__proto__',
  'constructor',
];

/** Names of columns that SQL must carry as they are. */
const ODD_NAMES = [
  '"; drop table every; --',
  'a"b',
  "o'clock",
  'with space',
  'select',
  'r',
  't',
  'fresh',
  'naïve',
  '$1',
];

const TYPED = COLUMN_TYPES.map((type) => ({ name: `c_${type.replace('[]', '_list')}`, type }));

/** A table with a column of every type, and with names that would break out of careless quotes. */
export const EVERY: Catalogue = createCatalogue({
  schema: 'hostile',
  table: 'every',
  name: 'every',
  columns: [
    { name: 'id', type: 'int8' },
    ...TYPED,
    ...ODD_NAMES.map((name) => ({ name, type: 'text' as const })),
  ],
  key: ['id'],
  uniques: [['a"b', 'with space']],
});

/** The same with numbers of rows, as datasets have them. */
export const EVERY_NUMBERED: Catalogue = createCatalogue({ ...EVERY, rowColumn: 'vouchsafe:row' });

export const EVERY_SQL = `create schema hostile; create table hostile.every (${EVERY.columns
  .map(({ name, type }) => `"${name.replaceAll('"', '""')}" ${type}`)
  .join(
    ', ',
  )}, "vouchsafe:row" bigint generated always as identity unique, primary key (id), unique ("a""b", "with space")); insert into hostile.every (id) values (1), (2);`;

const text = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom(...HOSTILE) },
  { weight: 1, arbitrary: fc.string({ maxLength: 20 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 12 }) },
  { weight: 1, arbitrary: fc.constantFrom('1', '{1,2}', 'true', '2020-01-01', '[1,2]', '{"a":1}', '') },
);
const held = text.filter((value) => !value.includes('\0') && value.isWellFormed());
const name = held.filter((value) => value !== '' && value.length <= 63);
const known = fc.constantFrom(...EVERY.columns.map((column) => column.name));

const word = fc.constantFrom('english', 'simple', 'no such config', '$1', 'pg_catalog');
const cast = fc.constantFrom(
  'text',
  'int',
  'double precision',
  'jsonb',
  'timestamptz',
  'bool',
  'numeric',
  'uuid',
  '_ $',
);

const optional = <Key extends string, Value>(
  key: Key,
  value: fc.Arbitrary<Value>,
): fc.Arbitrary<{ [K in Key]?: Value }> =>
  fc
    .option(value, { nil: undefined })
    .map((one) => (one === undefined ? {} : { [key]: one }) as { [K in Key]?: Value });

const step = fc.record({
  as: fc.constantFrom('json', 'text'),
  key: fc.oneof(
    name,
    fc.integer({ min: -2_147_483_647, max: 2_147_483_647 }).map((index) => index + 0),
  ),
});

/** @param sure columns that are there only. */
const fieldOf = (sure: boolean): fc.Arbitrary<Field> =>
  fc.record({
    name: sure ? known : fc.oneof({ weight: 5, arbitrary: known }, { weight: 1, arbitrary: name }),
    path: fc.oneof(
      { weight: 4, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: fc.array(step, { minLength: 1, maxLength: 3 }) },
    ),
  });

const operation: fc.Arbitrary<Operation> = fc.oneof(
  fc
    .tuple(
      fc.constantFrom(...COMPARISONS, ...PATTERNS),
      optional('quantifier', fc.constantFrom('any' as const, 'all' as const)),
      held,
    )
    .map(([operator, quantifier, value]) => ({
      kind: 'compare' as const,
      operator,
      ...(operator !== 'neq' && quantifier),
      value,
    })),
  fc.record({ kind: fc.constant('contain' as const), operator: fc.constantFrom(...CONTAINERS), value: held }),
  fc.record({ kind: fc.constant('in' as const), values: fc.array(held, { minLength: 1, maxLength: 4 }) }),
  fc.record({ kind: fc.constant('is' as const), state: fc.constantFrom(...STATES) }),
  fc.record({ kind: fc.constant('isdistinct' as const), value: held }),
  fc
    .tuple(fc.constantFrom(...TEXT_SEARCHES), optional('language', word), held)
    .map(([operator, language, value]) => ({ kind: 'search' as const, operator, ...language, value })),
);

const conditionOf = (sure: boolean): fc.Arbitrary<Condition> =>
  fc.letrec<{ condition: Condition }>((tie) => ({
    condition: fc.oneof(
      { maxDepth: 3 },
      fc.record({
        kind: fc.constant('filter' as const),
        field: fieldOf(sure),
        negated: fc.boolean(),
        operation,
      }),
      fc.record({
        kind: fc.constantFrom('and' as const, 'or' as const),
        negated: fc.boolean(),
        conditions: fc.array(tie('condition'), { minLength: 1, maxLength: 3 }),
      }),
    ),
  })).condition;

const itemOf = (sure: boolean): fc.Arbitrary<SelectItem> =>
  fc.oneof(
    fc.constant({ kind: 'all' as const }),
    fc
      .tuple(optional('alias', name), optional('cast', cast))
      .map(([alias, to]) => ({ kind: 'count' as const, ...alias, ...to })),
    fc
      .tuple(
        fieldOf(sure),
        optional('alias', name),
        optional('cast', cast),
        fc.oneof(
          fc.constant({}),
          fc
            .tuple(fc.constantFrom(...AGGREGATES), optional('aggregateCast', cast))
            .map(([aggregate, to]) => ({ aggregate, ...to })),
        ),
      )
      .map(([field, alias, to, aggregate]) => ({
        kind: 'field' as const,
        field,
        ...alias,
        ...to,
        ...aggregate,
      })),
  );

const termOf = (sure: boolean): fc.Arbitrary<OrderTerm> =>
  fc
    .tuple(
      fieldOf(sure),
      optional('direction', fc.constantFrom('asc' as const, 'desc' as const)),
      optional('nulls', fc.constantFrom('first' as const, 'last' as const)),
    )
    .map(([field, direction, nulls]) => ({ field, ...direction, ...nulls }));

/** @param sure names of columns that are there only, so that more of the trees can be rendered. */
export const anyQuery = (sure: boolean): fc.Arbitrary<Query> =>
  fc
    .tuple(
      fc.array(itemOf(sure), { minLength: 1, maxLength: 4 }),
      fc.array(conditionOf(sure), { maxLength: 3 }),
      fc.array(termOf(sure), { maxLength: 2 }),
      optional('limit', fc.integer({ min: 0, max: 100 })),
      fc.integer({ min: 0, max: 100 }),
      optional('columns', fc.array(sure ? known : name, { minLength: 1, maxLength: 3 })),
      optional('onConflict', fc.constant(['id'])),
    )
    .map(([select, conditions, order, limit, offset, columns, onConflict]) => ({
      select,
      conditions,
      order,
      ...limit,
      offset,
      ...columns,
      ...onConflict,
    }));
