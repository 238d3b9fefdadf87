/**
 * Tables for PostgREST's published cases (test/spec of PostgREST, MIT), restated: what the cases need of their rows,
 * as plain tables of the types that datasets have. What stood in views, or in types that datasets have not, is left out.
 */
import {
  createCatalogue,
  type Catalogue,
  type Column,
} from '../../../src/services/datasets/query/catalogue.ts';
import type { ColumnType } from '../../../src/services/datasets/query/column-types.ts';

interface Table {
  readonly columns: Readonly<Record<string, ColumnType | Omit<Column, 'name'>>>;
  readonly key?: readonly string[];
  readonly uniques?: readonly (readonly string[])[];
  /** SQL lists of values, a row each. */
  readonly rows?: readonly string[];
}

const numbers = (last: number): string[] => Array.from({ length: last }, (_, index) => `${index + 1}`);
const items = ["1, 'item-1'", "2, 'item-2'", "3, 'item-3'"];

const serial = (table: string): Omit<Column, 'name'> => ({
  type: 'int8',
  defaultSql: `nextval('published.${table}_id'::regclass)`,
});

export const TABLES: Readonly<Record<string, Table>> = {
  items: { columns: { id: serial('items') }, key: ['id'], rows: numbers(15) },
  items2: { columns: { id: serial('items2') }, key: ['id'], rows: numbers(15) },
  simple_pk: {
    columns: { k: 'varchar', extra: 'varchar' },
    key: ['k'],
    rows: ["'xyyx', 'u'", "'xYYx', 'v'"],
  },
  no_pk: { columns: { a: 'varchar', b: 'varchar' }, rows: ['null, null', "'1', '0'", "'2', '0'"] },
  compound_pk: { columns: { k1: 'int4', k2: 'text', extra: 'int4' }, key: ['k1', 'k2'] },
  nullable_integer: { columns: { a: 'int4' }, rows: ['null'] },
  chores: {
    columns: { id: 'int4', name: 'text', done: 'bool' },
    key: ['id'],
    rows: ["1, 'take out the garbage', true", "2, 'do the laundry', false", "3, 'wash the dishes', null"],
  },
  tsearch: {
    columns: { text_search_vector: 'tsvector' },
    rows: [
      "to_tsvector('It''s kind of fun to do the impossible')",
      "to_tsvector('But also fun to do what is possible')",
      "to_tsvector('Fat cats ate rats')",
      "to_tsvector('french', 'C''est un peu amusant de faire l''impossible')",
      "to_tsvector('german', 'Es ist eine Art Spaß, das Unmögliche zu machen')",
    ],
  },
  tsearch_to_tsvector: {
    columns: { text_search: 'text', jsonb_search: 'jsonb' },
    rows: [
      "'It''s kind of fun to do the impossible', null",
      "'But also fun to do what is possible', null",
      "'Fat cats ate rats', null",
      "'C''est un peu amusant de faire l''impossible', null",
      "'Es ist eine Art Spaß, das Unmögliche zu machen', null",
    ],
  },
  complex_items: {
    columns: {
      id: 'int8',
      name: { type: 'text', defaultSql: "'Default'::text" },
      settings: 'json',
      arr_data: 'int4[]',
      'field-with_sep': { type: 'int4', defaultSql: '1' },
    },
    key: ['id'],
    rows: [
      `1, 'One', '{"foo":{"int":1,"bar":"baz"}}', '{1}', 1`,
      `2, 'Two', '{"foo":{"int":1,"bar":"baz"}}', '{1,2}', 1`,
      `3, 'Three', '{"foo":{"int":1,"bar":"baz"}}', '{1,2,3}', 1`,
    ],
  },
  entities: {
    columns: { id: 'int4', name: 'text', arr: 'int4[]', text_search_vector: 'tsvector' },
    key: ['id'],
    rows: [
      `1, 'entity 1', '{1}', '''bar'':2 ''foo'':1'`,
      `2, 'entity 2', '{1,2}', '''baz'':1 ''qux'':2'`,
      `3, 'entity 3', '{1,2,3}', null`,
      '4, null, null, null',
    ],
  },
  child_entities: {
    columns: { id: 'int4', name: 'text', parent_id: 'int4' },
    key: ['id'],
    rows: [1, 1, 2, 1, 1, 2].map((parent, index) => `${index + 1}, 'child entity ${index + 1}', ${parent}`),
  },
  grandchild_entities: {
    columns: { id: 'int4', name: 'text', parent_id: 'int4', jsonb_col: 'jsonb' },
    key: ['id'],
    rows: [
      "1, 'grandchild entity 1', 1, null",
      "2, 'grandchild entity 2', 1, null",
      "3, 'grandchild entity 3', 2, null",
      `4, '(grandchild,entity,4)', 2, '{"a": {"b":"foo"}}'`,
      `5, '(grandchild,entity,5)', 2, '{"b":"bar"}'`,
    ],
  },
  ranges: {
    columns: { id: 'int4', range: 'numrange' },
    key: ['id'],
    rows: ["1, '[1,3]'", "2, '[3,6]'", "3, '[6,9]'", "4, '[9,12]'", '5, null'],
  },
  projects: {
    columns: { id: 'int4', name: 'text', client_id: 'int4' },
    key: ['id'],
    rows: ["1, 'Windows 7', 1", "2, 'Windows 10', 1", "3, 'IOS', 2", "4, 'OSX', 2", "5, 'Orphan', null"],
  },
  project_invoices: {
    columns: { id: 'int4', invoice_total: 'int4', project_id: 'int4' },
    key: ['id'],
    rows: [
      '1, 100, 1',
      '2, 200, 1',
      '3, 500, 2',
      '4, 700, 2',
      '5, 1200, 3',
      '6, 2000, 3',
      '7, 100, 4',
      '8, 4000, 4',
    ],
  },
  trash_details: {
    columns: { id: 'int4', jsonb_col: 'jsonb' },
    key: ['id'],
    rows: [`1, '{"key": 10}'`, `2, '{"key": 6}'`, `3, '{"key": 8}'`],
  },
  articles: {
    columns: {
      id: 'int4',
      body: 'text',
      owner: { type: 'text', defaultSql: "'postgrest_test_anonymous'::text" },
    },
    key: ['id'],
    rows: [
      "1, 'No… It''s a thing; it''s like a plan, but with more greatness.', 'diogo'",
      "2, 'Stop talking, brain thinking. Hush.', 'diogo'",
      "3, 'It''s a fez. I wear a fez now. Fezes are cool.', 'diogo'",
    ],
  },
  json_table: {
    columns: { data: 'json' },
    rows: [`'{"foo":{"bar":"baz"},"id":1}'`, `'{"id":3}'`, `'{"id":0}'`],
  },
  json_arr: {
    columns: { id: 'int4', data: 'json' },
    key: ['id'],
    rows: [
      `1, '[1, 2, 3]'`,
      `2, '[4, 5, 6]'`,
      `3, '[[9, 8, 7], [11, 12, 13]]'`,
      `4, '[[[5, 6], 7, 8]]'`,
      `5, '[{"a": "A"}, {"b": "B"}]'`,
      `6, '[{"a": [1,2,3]}, {"b": [4,5]}]'`,
      `7, '{"c": [1,2,3], "d": [4,5]}'`,
      `8, '{"c": [{"d": [4,5,6,7,8]}]}'`,
      `9, '[{"0xy1": [1,{"23-xy-45": [2, {"xy-6": [3]}]}]}]'`,
      `10, '{"!@#$%^&*_a": [{"!@#$%^&*_b": 1}, {"!@#$%^&*_c": [2]}], "!@#$%^&*_d": {"!@#$%^&*_e": 3}}'`,
    ],
  },
  jsonb_test: {
    columns: { id: 'int4', data: 'jsonb' },
    key: ['id'],
    rows: [`1, '{ "a": {"b": 2} }'`, `2, '{ "c": [1,2,3] }'`, `3, '[{ "d": "test" }]'`, `4, '{ "e": 1 }'`],
  },
  arrays: {
    columns: { id: 'int4', numbers: 'int4[]', numbers_mult: 'int4[]' },
    key: ['id'],
    rows: [
      "0, '{1,2,3}', '{{1,2,3},{4,5,6},{7,8,9}}'",
      "1, '{11,12,13}', '{{11,12,13},{14,15,16},{17,18,19}}'",
    ],
  },
  w_or_wo_comma_names: {
    columns: { name: 'text' },
    rows: [
      'Hebdon, John',
      'Williams, Mary',
      'Smith, Joseph',
      'David White',
      'Larry Thompson',
      'Double O Seven(007)',
      '"',
      'Double"Quote"McGraw"',
      '\\',
      '/\\Slash/\\Beast/\\',
    ].map((name) => `'${name}'`),
  },
  items_with_different_col_types: {
    columns: {
      int_data: 'int4',
      text_data: 'text',
      bool_data: 'bool',
      bin_data: 'bytea',
      char_data: 'varchar',
      date_data: 'date',
      real_data: 'float4',
      time_data: 'time',
    },
    rows: ['1, null, null, null, null, null, null, null'],
  },
  menagerie: {
    columns: { integer: 'int4', double: 'float8', varchar: 'varchar', boolean: 'bool', date: 'date' },
    key: ['integer'],
  },
  tiobe_pls: {
    columns: { name: 'text', rank: 'int2' },
    key: ['name'],
    rows: ["'Java', 1", "'C', 2", "'Python', 4"],
  },
  single_unique: {
    columns: { unique_key: 'int4', value: 'text' },
    uniques: [['unique_key']],
    rows: ["1, 'A'"],
  },
  compound_unique: {
    columns: { key1: 'int4', key2: 'int4', value: 'text' },
    uniques: [['key1', 'key2']],
    rows: ["1, 1, 'A'"],
  },
  only_pk: { columns: { id: 'int4' }, key: ['id'], rows: ['1', '2'] },
  surr_serial_upsert: {
    columns: { id: serial('surr_serial_upsert'), name: 'text', extra: 'text' },
    key: ['id'],
    rows: ["1, 'value', 'existing value'"],
  },
  addresses: {
    columns: { id: 'int4', address: 'text' },
    key: ['id'],
    rows: [1, 2, 3, 4].map((id) => `${id}, 'address ${id}'`),
  },
  organizations: {
    columns: { id: 'int4', name: 'text', referee: 'int4', auditor: 'int4', manager_id: 'int4' },
    key: ['id'],
    rows: [
      "1, 'Referee Org', null, null, 1",
      "2, 'Auditor Org', null, null, 2",
      "3, 'Acme', 1, 2, 3",
      "4, 'Umbrella', 1, 2, 4",
      "5, 'Cyberdyne', 3, 4, 5",
      "6, 'Oscorp', 3, 4, 6",
    ],
  },
  safe_update: { columns: { id: 'int4', name: 'text' }, key: ['id'], rows: items },
  safe_delete: { columns: { id: 'int4', name: 'text' }, key: ['id'], rows: items },
  empty_string: { columns: { id: 'int4', string: 'text' }, key: ['id'], rows: ["1, ''"] },
  clashing_column: { columns: { t: 'text', r: 'int4', fresh: 'text' }, rows: ["'T', 1, 'x'"] },
  has_count_column: { columns: { id: 'int4', count: 'text' }, key: ['id'], rows: ["1, 'some'"] },
  'Server Today': {
    columns: { cHostname: 'text', 'Just A Server Model': 'text' },
    rows: [
      "'argnim1', ' IBM,9113-550 (P5-550)'",
      "'argnim2', ' IBM,9113-550 (P5-550)'",
      "'daaa2nim71', ' IBM,9131-52A (P5-52A)'",
      "'daah3nim71', ' IBM,8406-71Y (P7-PS701)'",
      "'hbnim1', ' IBM,9133-55A (P5-55A)'",
    ],
  },
  pgrst_reserved_chars: {
    columns: {
      '*id*': 'int4',
      ':arr->ow::cast': 'text',
      '(inside,parens)': 'text',
      'a.dotted.column': 'text',
      '  col  w  space  ': 'text',
    },
    rows: [1, 2, 3].map((n) => `${n}, ' arrow-${n} ', ' parens-${n} ', ' dotted-${n} ', ' space-${n}'`),
  },
  do$llar$s: { columns: { a$num$: 'int8' }, rows: ['100', '200', '300'] },
  tbl_w_json: { columns: { data: 'json', id: 'int4' } },
};

const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`;

const columnsOf = ({ columns }: Table): Column[] =>
  Object.entries(columns).map(([name, column]) =>
    typeof column === 'string' ? { name, type: column } : Object.assign({ name }, column),
  );

export const catalogueOf = (name: string): Catalogue | undefined => {
  const table = TABLES[name];
  if (table === undefined) return undefined;
  const { key = [], uniques = [] } = table;
  return createCatalogue({ schema: 'published', table: name, name, columns: columnsOf(table), key, uniques });
};

const unique = (kind: string, names: readonly string[]): string[] =>
  names.length === 0 ? [] : [`${kind} (${names.map(quote).join(', ')})`];

/** SQL that makes all of them. */
export const makeTables = (): string =>
  Object.entries(TABLES)
    .map(([name, table]) => {
      const columns = columnsOf(table).map(
        (column) =>
          `${quote(column.name)} ${column.type}${column.defaultSql === undefined ? '' : ` default ${column.defaultSql}`}`,
      );
      const keys = [
        ...unique('primary key', table.key ?? []),
        ...(table.uniques ?? []).flatMap((names) => unique('unique', names)),
      ];
      const target = `published.${quote(name)}`;
      const rows = (table.rows ?? []).map((row) => `(${row})`).join(', ');
      return (
        `create sequence published.${quote(`${name}_id`)} start 20; ` +
        `create table ${target} (${[...columns, ...keys].join(', ')}); ` +
        `${rows === '' ? '' : `insert into ${target} values ${rows};`} analyze ${target};`
      );
    })
    .join('\n');
