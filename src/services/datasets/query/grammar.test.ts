import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import fc from 'fast-check';
import { beforeServerStops, testDatabase } from '../../../../test/support/database.ts';
import {
  anyQuery,
  EVERY,
  EVERY_NUMBERED,
  EVERY_SQL,
  HOSTILE,
} from '../../../../test/support/postgrest/any-query.ts';
import { answerRequest, SETTINGS, type Client } from '../../../../test/support/postgrest/run.ts';
import { connect } from '../../../store/connection.ts';
import { COLUMN_TYPES } from './column-types.ts';
import { parseQuery } from './parse-query.ts';
import { planRequest, type DatasetRequest, type Method } from './plan-request.ts';
import { printQuery } from './print-query.ts';
import { QueryProblem } from './problems.ts';
import type { Statement } from './sql.ts';

let client: Client;

before(async () => {
  const { connections, superuser } = await testDatabase({ migrated: false });
  await superuser(EVERY_SQL);
  client = await connect(connections.superuser, { name: 'test', statementTimeoutMs: 5_000 });
  beforeServerStops(() => client.end());
});

const WORDS = new Set(
  `select from as where and or not in is null true false unknown any all like ilike distinct group by order asc desc
  nulls first last limit offset count sum avg min max coalesce json_agg string_agg array_to_string to_json to_jsonb
  json_strip_nulls array with insert into update set delete returning on conflict do nothing excluded filter xmax
  json_to_recordset json_array_elements json_to_record cross join lateral case when then else end explain format json
  pg_column_size octet_length to_tsvector to_tsquery plainto_tsquery phraseto_tsquery websearch_to_tsquery regconfig ${COLUMN_TYPES.map(
    (type) => type.replace('[]', ''),
  ).join(' ')}`.split(/\s+/),
);
const OWN_NAMES =
  /^(?:[trnbcek]|vouchsafe:(?:key|row)|last|changed|page|total|inserted|location|body|fresh_?|[0-9]+)$/;
const OWN_TEXTS = new Set([`'{}'`, `'[]'`, `'['`, `']'`, `'{'`, `'}'`, `','`, `''`, `'null'`]);
const TOKEN =
  /\s+|"(?:[^"]|"")*"|'[^']*'|\$[0-9]+|[a-z_][a-z0-9_]*|[0-9]+|::|->>?|-\|-|@@|@>|<@|&&|&[<>]|<[<=>]?|>[>=]?|~\*?|\|\||[()[\],.=*]/y;

/** Everything in the text that is neither a word of ours, nor a name of the catalogue, nor a parameter. */
const strangers = ({ text }: Statement): string[] => {
  const found: string[] = [];
  let at = 0;
  while (at < text.length) {
    TOKEN.lastIndex = at;
    const token = TOKEN.exec(text)?.[0];
    if (token === undefined) return [...found, text.slice(at)];
    at += token.length;
    if (token.startsWith('"')) {
      const name = token.slice(1, -1).replaceAll('""', '"');
      const isOurs = OWN_NAMES.test(name) || name === EVERY.schema || name === EVERY.table;
      if (!isOurs && EVERY.column(name) === undefined) found.push(token);
    } else if (token.startsWith("'")) {
      if (!OWN_TEXTS.has(token)) found.push(token);
    } else if (/^[a-z_]/.test(token) && !WORDS.has(token)) found.push(token);
  }
  return found;
};

/** With numbers of rows and without; undefined where the request is refused. */
const plan = (request: DatasetRequest): readonly Statement[] | undefined => {
  try {
    return [EVERY, EVERY_NUMBERED].flatMap((catalogue) => {
      const { statement, planned } = planRequest(request, catalogue, SETTINGS);
      return planned === undefined ? [statement] : [statement, planned];
    });
  } catch (error) {
    if (error instanceof QueryProblem) return undefined;
    throw error;
  }
};

const anyRequest = (sure: boolean): fc.Arbitrary<DatasetRequest> =>
  fc
    .record({
      method: fc.constantFrom<Method>('GET', 'POST', 'PATCH', 'PUT', 'DELETE'),
      query: anyQuery(sure),
      prefer: fc.constantFrom(
        '',
        'count=exact',
        'count=estimated',
        'return=representation',
        'return=headers-only',
        'return=representation, resolution=merge-duplicates, missing=default',
        'resolution=ignore-duplicates, count=exact',
      ),
      accept: fc.constantFrom(
        'application/json',
        'text/csv',
        'application/vnd.pgrst.object+json',
        'application/vnd.pgrst.array+json;nulls=stripped',
      ),
      body: fc.constantFrom(
        '[]',
        '{}',
        '{"id": 7}',
        '[{"id": 8, "a\\"b": "x"}]',
        '{"id": 9, "c_int4": "\'; --"}',
      ),
    })
    .map(({ method, query, prefer, accept, body }) => {
      const { limit: _, ...unbounded } = query;
      const bounded = method === 'GET' ? query : { ...unbounded, offset: 0 };
      return { method, search: printQuery(bounded), prefer, accept, body };
    });

test('a tree that is written as a query string is read as the same tree', () => {
  fc.assert(
    fc.property(anyQuery(false), (query) => {
      assert.deepEqual(parseQuery(printQuery(query), 'every'), JSON.parse(JSON.stringify(query)));
    }),
    { numRuns: 2_000 },
  );
});

test('SQL consists of our own words, names of the catalogue and parameters, whatever is asked', () => {
  fc.assert(
    fc.property(anyRequest(false), (request) => {
      for (const statement of plan(request) ?? []) assert.deepEqual(strangers(statement), []);
    }),
    { numRuns: 3_000 },
  );
});

test('the check for strangers finds text that was let in', () => {
  for (const text of [
    'select pg_sleep(1)',
    `select 'x'`,
    'select "no such"',
    'select 1; select 2',
    'select 1 -- x',
  ])
    assert.notDeepEqual(strangers({ text, values: [] }), [], text);
});

test('PostgreSQL takes every statement that is rendered', async () => {
  let taken = 0;
  await fc.assert(
    fc.asyncProperty(anyRequest(true), async (request) => {
      for (const { text } of plan(request) ?? []) {
        if (text.startsWith('explain')) continue;
        await client.query(`prepare checked as ${text}`);
        await client.query('deallocate checked');
        taken += 1;
      }
    }),
    { numRuns: 1_500 },
  );
  assert.ok(taken > 150, `only ${taken} could be rendered`);
});

test('hostile text in every place changes nothing and breaks nothing', async () => {
  const places = (value: string): string[] => {
    const text = encodeURIComponent(value);
    const quoted = encodeURIComponent(`"${value.replaceAll(/["\\]/g, String.raw`\$&`)}"`);
    return [
      `c_text=eq.${text}`,
      `c_jsonb=eq.${text}`,
      `c_int4_list=cs.${text}`,
      `c_int4range=ov.${text}`,
      `c_int8=in.(${quoted})`,
      `c_text=like(any).${text}`,
      `c_text=match.${text}`,
      `c_text=fts(${text}).x`,
      `c_tsvector=fts.${text}`,
      `${quoted}=eq.1`,
      `${text}=eq.1`,
      `c_text=${text}`,
      `or=(${quoted}.eq.1)`,
      `or=${text}`,
      `or=(c_text.eq.${quoted},c_text.is.null)`,
      `select=${quoted}`,
      `select=${text}`,
      `select=${quoted}:id`,
      `select=id::${text}`,
      `select=c_jsonb->${quoted}`,
      `select=c_jsonb->>${quoted},count()`,
      `order=${quoted}`,
      `order=c_jsonb->>${quoted}`,
      `order=id.${text}`,
      `limit=${text}`,
      `offset=${text}`,
      `columns=${quoted}`,
      `on_conflict=${quoted}`,
    ];
  };
  for (const value of HOSTILE) {
    for (const search of places(value)) {
      const { status, body } = await answerRequest(client, { method: 'GET', search }, EVERY);
      const { code = '200' } = (status < 400 ? {} : JSON.parse(body)) as { readonly code?: string };
      assert.ok(status < 500, `${search}: ${status} ${body}`);
      assert.match(code, /^(?:200|PGRST|42703|42883)|^(?:22|54|42704|42601|42803)/, search);
    }
  }
  const { rows } = await client.query<{ count: number }>('select count(*) from hostile.every');
  assert.deepEqual(rows, [{ count: 2 }]);
});

test('hostile text in headers and bodies is refused or written as it is', async () => {
  for (const value of HOSTILE) {
    const written = await answerRequest(
      client,
      {
        method: 'POST',
        search: 'select=c_text',
        prefer: `return=representation, ${value}`,
        body: JSON.stringify({ id: 3, c_text: value }),
      },
      EVERY,
    );
    assert.equal(written.status, 201, written.body);
    assert.deepEqual(JSON.parse(written.body), [{ c_text: value }]);
    const unknown = { method: 'POST', search: '', body: JSON.stringify({ [value]: 1 }) } as const;
    const { status } = await answerRequest(client, unknown, EVERY);
    assert.equal(status, 400, value);
    await answerRequest(client, { method: 'GET', search: '', accept: value, range: value }, EVERY);
  }
});

test('no refusal repeats what was sent', async () => {
  const secret = 'zebra.mail@example.org';
  const text = encodeURIComponent(secret);
  const searches = [
    `id=eq.${text}`,
    `c_int4=in.(1,${text})`,
    `id=${text}`,
    `${text}=eq.1`,
    `%22${text}%22=eq.1`,
    `select=%22${text}%22`,
    `select=id::${text}`,
    `order=%22${text}%22`,
    `c_text=fts(${text}).x`,
    `c_text=fts(zebra).x`,
    `or=(id.eq.${text})`,
    `limit=-1&c=${text}`,
  ];
  for (const search of searches) {
    const { status, body } = await answerRequest(client, { method: 'GET', search }, EVERY);
    assert.ok(status >= 400, search);
    assert.doesNotMatch(body, /zebra|example/, search);
  }
  const written = await answerRequest(
    client,
    { method: 'POST', search: '', body: JSON.stringify({ id: 1, c_text: secret }) },
    EVERY,
  );
  assert.equal(written.status, 409);
  assert.doesNotMatch(written.body, /zebra|example|\(1\)/);
});

test('every operator is rendered for exactly the types that PostgreSQL has it for', async () => {
  const filters = [
    'eq.x',
    'lt.x',
    'eq(any).{}',
    'like.x',
    'imatch.x',
    'in.(x)',
    'isdistinct.x',
    'is.true',
    'is.null',
  ];
  const others = ['cs.x', 'cd.x', 'ov.x', 'sl.x', 'nxr.x', 'adj.x', 'fts.x', 'wfts(english).x'];
  let refusals = 0;
  for (const type of COLUMN_TYPES) {
    const column = `c_${type.replace('[]', '_list')}`;
    for (const filter of [...filters, ...others]) {
      const [rendered] = plan({ method: 'GET', search: `select=id&${column}=${filter}` }) ?? [];
      if (rendered === undefined) refusals += 1;
      else {
        await client.query(`prepare checked as ${rendered.text}`);
        await client.query('deallocate checked');
      }
    }
    for (const select of ['sum', 'avg', 'max', 'min', 'count']
      .map((name) => `${column}.${name}()`)
      .concat(`${column},count()`)) {
      const [rendered] = plan({ method: 'GET', search: `select=${select}` }) ?? [];
      if (rendered === undefined) continue;
      await client.query(`prepare checked as ${rendered.text}`);
      await client.query('deallocate checked');
    }
  }
  assert.ok(refusals > 100 && refusals < (filters.length + others.length) * COLUMN_TYPES.length);
});
