import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { beforeServerStops, testDatabase } from '../../../../test/support/database.ts';
import { CASES, type Case } from '../../../../test/support/postgrest/cases.ts';
import { answerRequest, type Client } from '../../../../test/support/postgrest/run.ts';
import { catalogueOf, makeTables } from '../../../../test/support/postgrest/tables.ts';
import { connect } from '../../../store/connection.ts';

let client: Client;

before(async () => {
  const { connections, superuser } = await testDatabase({ migrated: false });
  await superuser(`create schema published; ${makeTables()}`);
  client = await connect(connections.superuser, { name: 'test' });
  beforeServerStops(() => client.end());
});

const matches = (wanted: unknown, body: string): void => {
  if (wanted === undefined) return;
  if (typeof wanted === 'string') return assert.equal(body, wanted);
  const found: unknown = JSON.parse(body);
  if (Array.isArray(wanted) || !('code' in Object(wanted))) return assert.deepEqual(found, wanted);
  assert.partialDeepStrictEqual(found, wanted);
};

const run = async (one: Case): Promise<void> => {
  const [path = '', search = ''] = one.path.split(/\?(.*)/s);
  const catalogue = catalogueOf(decodeURIComponent(path.slice(1)));
  assert.ok(catalogue, 'the case has its table');
  const { method = 'GET', prefer, accept, range, contentType, body } = one;
  const answer = await answerRequest(
    client,
    {
      method,
      search,
      ...(prefer !== undefined && { prefer }),
      ...(accept !== undefined && { accept }),
      ...(range !== undefined && { range }),
      ...(contentType !== undefined && { contentType }),
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    },
    catalogue,
  );
  assert.equal(answer.status, one.status ?? 200, answer.body);
  matches(one.answer, answer.body);
  for (const [name, value] of Object.entries(one.headers ?? {}))
    assert.equal(answer.headers[name], value, name);
  // Sequences are not rolled back.
  if (method === 'POST') await client.query(`alter sequence published."${path.slice(1)}_id" restart`);
};

for (const one of CASES) {
  const how = [one.method ?? 'GET', one.path, one.accept, one.prefer, one.range].filter(
    (part) => part !== undefined,
  );
  const end = one.differs === undefined ? '' : ` (otherwise than PostgREST: ${one.differs})`;
  test(`PostgREST ${one.spec}: ${how.join(' ')} ${JSON.stringify(one.body ?? '')}${end}`, () => run(one));
}

test('the list says how many of the published cases we answer as PostgREST does', () => {
  const other = CASES.filter(({ differs }) => differs !== undefined);
  const reasons = new Set(other.map(({ differs }) => differs));
  assert.equal(CASES.length, 423);
  assert.equal(other.length, 25);
  assert.equal(reasons.size, 5);
});
