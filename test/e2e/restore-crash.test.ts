/** A server that is killed while a version comes back: nothing half of it is there, and it is begun anew. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MOST_ROWS_AT_ONCE } from '../../src/datasets/restoring/limits.ts';
import { askToSignUp, confirmSignUp, mailedToken, openAccountClient } from '../support/account-client.ts';
import { startServer, until, type RunningServer } from '../support/server.ts';
import { serve } from '../support/served.ts';

/** Beyond what is done within a request, and long enough to be met in the middle. */
const ROWS = 4 * MOST_ROWS_AT_ONCE;
const EMAIL = 'restorer@example.com';

for (const what of ['node', 'everything'] as const) {
  test(`a restoration survives that ${what} is killed, whole or not at all`, async () => {
    await using served = await serve();
    let server: RunningServer = served.server;
    const client = openAccountClient(server, new Map<string, string>());
    await askToSignUp(client, EMAIL);
    const { company } = await confirmSignUp(client, EMAIL, await mailedToken(server, EMAIL));
    const base = `/v1/companies/${company}/datasets`;
    const made = await client.ok('POST', base, {
      name: 'wells',
      visibility: 'company',
      columns: [
        { name: 'id', type: 'int8' },
        { name: 'name', type: 'text' },
      ],
      key: ['id'],
    });
    const dataset = String((made as { readonly id: unknown }).id);
    // Version 1 is empty; 2 has the rows, which are put there past the API as one edit; 3 has none again.
    const [{ user } = { user: '' }] = await server.sql<{ user: string }>(
      'select id as user from vouchsafe.user_account',
    );
    const edit = (sql: string): Promise<unknown> =>
      server.sql(`
        begin;
        select set_config('vouchsafe.company_id', '${company}', true), set_config('vouchsafe.user_id', '${user}', true);
        select * from vouchsafe.begin_edit('${dataset}');
        ${sql};
        select * from vouchsafe.end_edit('${dataset}');
        commit`);
    await edit(
      `insert into vouchsafe_data."${dataset}_g1" (id, name) select g, 'well ' || g from generate_series(1, ${ROWS}) g`,
    );
    await edit(`delete from vouchsafe_data."${dataset}_g1"`);
    const answer = await client.ok('POST', `${base}/${dataset}/versions/2/restore`, { expected_version: 3 });
    const begun = answer as { readonly id: string; readonly phase: string; readonly rows: number };
    assert.deepEqual([begun.phase, begun.rows], ['waiting', ROWS]);
    const tables = (): Promise<unknown[]> =>
      server.sql(
        "select 1 from pg_class where relnamespace = 'vouchsafe_data'::regnamespace and relkind = 'r' and not relname like '%past'",
      );
    const row = async (): Promise<
      { phase: string; version: number | null; claim: string | null } | undefined
    > =>
      (
        await server.sql<{ phase: string; version: number | null; claim: string | null }>(
          'select phase, version, claim from vouchsafe.dataset_restoration',
        )
      )[0];
    await until('it is copied', async () => (await row())?.claim !== null, 30_000);
    await server.kill(what);
    server = await startServer({ home: server.home });
    try {
      await until('it is there', async () => (await row())?.phase === 'restored', 60_000);
      assert.equal((await row())?.version, 4);
      const [found] = await server.sql<{ number: number; kind: string; rows: string }>(
        'select number, kind, rows from vouchsafe.dataset_version order by number desc limit 1',
      );
      assert.deepEqual([found?.number, found?.kind, Number(found?.rows)], [4, 'restore', ROWS]);
      assert.equal((await tables()).length, 2, 'the generation before and the one that came back');
      const noted = await server.sql<{ n: string }>(
        "select count(*) as n from vouchsafe.audit_event where action = 'datasets.restore'",
      );
      assert.equal(Number(noted[0]?.n), 1);
    } finally {
      await server.stop();
    }
  });
}
