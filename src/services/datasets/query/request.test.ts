import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import fc from 'fast-check';
import { beforeServerStops, testDatabase } from '../../../../test/support/database.ts';
import { EVERY, EVERY_SQL } from '../../../../test/support/postgrest/any-query.ts';
import { answerRequest, SETTINGS, type Client } from '../../../../test/support/postgrest/run.ts';
import { connect } from '../../../store/connection.ts';
import { BOUNDS } from './bounds.ts';
import { createCatalogue } from './catalogue.ts';
import { COLUMN_TYPES } from './column-types.ts';
import { problemOfSqlState } from './database-problems.ts';
import { chooseMedia } from './media.ts';
import { parseQuery } from './parse-query.ts';
import { planRequest, type DatasetRequest } from './plan-request.ts';
import { parsePreferences } from './preferences.ts';
import { QueryProblem, refuseTable } from './problems.ts';
import { chooseRange } from './range.ts';

let client: Client;

before(async () => {
  const { connections, superuser } = await testDatabase({ migrated: false });
  await superuser(EVERY_SQL);
  client = await connect(connections.superuser, { name: 'test', statementTimeoutMs: 5_000 });
  beforeServerStops(() => client.end());
});

const codeOf = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    if (error instanceof QueryProblem) return error.code;
    throw error;
  }
  return 'none';
};

const refusal = (search: string): string => codeOf(() => parseQuery(search, 'every'));

test('what is larger than its bound is refused before it is read', () => {
  const nested = (levels: number): string => `or=${'(and'.repeat(levels)}(id.eq.1${')'.repeat(levels + 1)}`;
  assert.equal(refusal(nested(BOUNDS.depth - 2)), 'none');
  for (const search of [
    `id=eq.${'1'.repeat(BOUNDS.queryLength)}`,
    Array.from({ length: BOUNDS.parameters + 1 }, () => 'id=eq.1').join('&'),
    `select=${Array.from({ length: BOUNDS.selectItems + 1 }, () => 'id').join(',')}`,
    `order=${Array.from({ length: BOUNDS.orderTerms + 1 }, () => 'id').join(',')}`,
    `or=(${Array.from({ length: BOUNDS.conditions }, () => 'id.eq.1').join(',')})`,
    nested(BOUNDS.depth),
    nested(5_000),
    `select=c_jsonb${'->a'.repeat(BOUNDS.jsonSteps + 1)}`,
    `id=in.(${'1,'.repeat(BOUNDS.listValues + 1)})`,
    `select=${'n'.repeat(BOUNDS.nameLength + 1)}`,
    `c_text=match.${'a'.repeat(BOUNDS.patternLength + 1)}`,
  ])
    assert.equal(refusal(search), 'PGRST100', search.slice(0, 60));
  assert.equal(
    codeOf(() => parsePreferences('a,'.repeat(BOUNDS.headerLength))),
    'PGRST100',
  );
  assert.equal(
    codeOf(() => chooseMedia('a,'.repeat(BOUNDS.headerLength))),
    'PGRST100',
  );
});

test('text that PostgreSQL cannot hold is refused', () => {
  for (const search of [
    'id=eq.%00',
    'id=eq.%FF',
    'id=eq.%C3%28',
    'select=%00',
    '%00=eq.1',
    'id=eq.%ED%A0%80',
  ])
    assert.equal(refusal(search), '22021', search);
});

test('reading ends with a tree or a refusal, whatever the text', () => {
  const soup = fc.array(
    fc.constantFrom(
      ...'a|b|c|0|1|.|,|:|(|)|"|\\|-|>|{|}|*|&|=|%|+| |_|$'.split('|'),
      'not.',
      'eq.',
      'in.(',
      'or=(',
      'select=',
      'order=',
      '->>',
      '::',
    ),
    { maxLength: 40 },
  );
  fc.assert(
    fc.property(soup, (pieces) => {
      const code = refusal(pieces.join(''));
      assert.match(code, /^(?:none|PGRST100|PGRST108|PGRST200|22021)$/);
    }),
    { numRuns: 5_000 },
  );
});

test('a group within a group within hundreds is read in time that grows no faster than the text', () => {
  const text = `or=(${'((((((('.repeat(100)}`;
  assert.equal(refusal(text), 'PGRST100');
});

test('numbers, times and texts come back as they were written', async () => {
  const values: Record<string, unknown> = {
    id: 5,
    c_text: '\u{1F600} ”quoted” \\ "x" \t\n',
    c_numeric: '@123456789012345678901234567890.0123400',
    c_int8: '@9223372036854775807',
    c_json: { b: 1, a: [1, 2] },
    c_timestamptz: '2024-02-29T23:59:59.123456+00:00',
    c_date: '0044-03-15 BC',
    c_bytea: String.raw`\x00ff`,
    c_text_list: ['', 'NULL', 'a,b', null],
    c_int4range: '[1,5)',
  };
  const body = JSON.stringify(values).replaceAll(/"@([0-9.]+)"/g, '$1');
  const search = `select=${Object.keys(values).join(',')}`;
  const written = await answerRequest(
    client,
    { method: 'POST', search, prefer: 'return=representation', body },
    EVERY,
  );
  assert.equal(written.status, 201, written.body);
  assert.equal(written.body.slice(1, -1).replaceAll(/\+00:00/g, '+00:00'), body);
});

test('every type takes null, an empty list of new rows and its own text', async () => {
  for (const type of COLUMN_TYPES) {
    const column = `c_${type.replace('[]', '_list')}`;
    const body = JSON.stringify([{ id: 11, [column]: null }]);
    const request = {
      method: 'POST',
      search: `select=${column}`,
      prefer: 'return=representation',
      body,
    } as const;
    const { status, body: written } = await answerRequest(client, request, EVERY);
    assert.equal(status, 201, `${type}: ${written}`);
    assert.deepEqual(JSON.parse(written), [{ [column]: null }]);
  }
});

test('a dry run says so, and only a change can end otherwise than with a commit', () => {
  const end = (request: DatasetRequest): string => planRequest(request, EVERY, SETTINGS).end;
  assert.equal(end({ method: 'DELETE', search: 'id=eq.1', prefer: 'tx=rollback' }), 'rollback');
  assert.equal(end({ method: 'DELETE', search: 'id=eq.1' }), 'commit');
  assert.equal(end({ method: 'GET', search: '', prefer: 'tx=rollback' }), 'commit');
});

test('no update and no delete is rendered without a condition', () => {
  const method = fc.constantFrom('PATCH' as const, 'DELETE' as const);
  const search = fc.constantFrom(
    '',
    'select=id',
    'order=id',
    'columns=c_text',
    'on_conflict=id',
    '?',
    '&&&',
    'id',
    'and',
  );
  fc.assert(
    fc.property(method, search, (verb, text) => {
      const request: DatasetRequest = { method: verb, search: text, body: '{"c_text": "x"}' };
      assert.equal(
        codeOf(() => planRequest(request, EVERY, SETTINGS)),
        '21000',
      );
    }),
  );
});

test('no answer has more rows than the cap', () => {
  const query = fc.record({ offset: fc.nat(50), limit: fc.nat(100) }, { requiredKeys: ['offset'] });
  const header = fc.oneof(
    fc.constant(undefined),
    fc.tuple(fc.nat(20), fc.nat(80)).map(([from, more]) => `${from}-${from + more + 30}`),
  );
  fc.assert(
    fc.property(query, header, fc.integer({ min: 1, max: 20 }), (asked, range, cap) => {
      let chosen;
      try {
        chosen = chooseRange(asked, range, cap);
      } catch (error) {
        assert.ok(error instanceof QueryProblem);
        return;
      }
      assert.ok(chosen.limit >= 0 && chosen.limit <= cap && chosen.offset >= asked.offset);
      if (asked.limit !== undefined) assert.ok(chosen.limit <= asked.limit);
    }),
  );
});

test('of a preference that comes twice the first counts, and names of Object are none', () => {
  assert.deepEqual(
    parsePreferences('count=exact, count=planned,constructor=x, __proto__=y ,max-affected=3'),
    {
      count: 'exact',
      maxAffected: 3,
    },
  );
  assert.equal(chooseMedia('text/csv;q=0.1, application/json;q=0.9').form, 'array');
  assert.equal(
    codeOf(() => chooseMedia('constructor')),
    'PGRST107',
  );
});

test('a catalogue takes only names and types that PostgreSQL can hold', () => {
  const make = (columns: readonly { readonly name: string; readonly type: 'text' }[]) => () =>
    createCatalogue({ schema: 's', table: 't', name: 't', columns, key: [] });
  for (const name of ['', 'a\0b', '\u{D800}', 'é'.repeat(32)])
    assert.throws(make([{ name, type: 'text' }]), TypeError);
  assert.throws(make([]), TypeError);
  assert.throws(
    make([
      { name: 'a', type: 'text' },
      { name: 'a', type: 'text' },
    ]),
    TypeError,
  );
  assert.throws(make([{ name: 'a', type: 'int4; drop table x' as 'text' }]), TypeError);
});

test('states of PostgreSQL become statuses of PostgREST, and its messages are never shown', () => {
  const statuses = [
    '22P02',
    '23505',
    '23502',
    '42501',
    '53300',
    '57014',
    '57P01',
    '40001',
    '08006',
    'nonsense',
  ].map((state) => problemOfSqlState(state).status);
  assert.deepEqual(statuses, [400, 409, 400, 403, 503, 504, 503, 500, 503, 500]);
  assert.deepEqual(refuseTable().body, {
    code: 'PGRST205',
    details: null,
    hint: null,
    message: 'Could not find the dataset in the schema cache',
  });
});

test('an order by a JSON path that is grouped is the same expression in both clauses', async () => {
  const search = 'select=c_jsonb->>a,count()&order=c_jsonb->>a.desc.nullslast';
  const { status, body } = await answerRequest(client, { method: 'GET', search }, EVERY);
  assert.equal(status, 200, body);
  assert.deepEqual(JSON.parse(body), [{ a: null, count: 2 }]);
  assert.equal(
    codeOf(() => planRequest({ method: 'GET', search: 'select=count()&order=id' }, EVERY, SETTINGS)),
    '42803',
  );
  assert.equal(
    codeOf(() =>
      planRequest({ method: 'GET', search: 'select=count()' }, EVERY, { ...SETTINGS, aggregates: false }),
    ),
    'PGRST123',
  );
});
