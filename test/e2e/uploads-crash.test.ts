/** A server that is killed in the middle of a load: nothing half of it is there, and the load is made anew. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { askToSignUp, confirmSignUp, mailedToken, openAccountClient } from '../support/account-client.ts';
import { startServer, until, type RunningServer } from '../support/server.ts';
import { serve } from '../support/served.ts';

const ROWS = 400_000;
const EMAIL = 'loader@example.com';

const cookieOf = (jar: ReadonlyMap<string, string>): string => [...jar.values()].join('; ');

for (const what of ['node', 'everything'] as const) {
  test(`a load survives that ${what} is killed, whole or not at all`, async () => {
    await using served = await serve();
    let server: RunningServer = served.server;
    const jar = new Map<string, string>();
    const client = openAccountClient(server, jar);
    await askToSignUp(client, EMAIL);
    const { company } = await confirmSignUp(client, EMAIL, await mailedToken(server, EMAIL));
    const base = `/v1/companies/${company}/dataset-uploads`;
    const tus = { cookie: cookieOf(jar), 'sec-fetch-site': 'same-origin', 'tus-resumable': '1.0.0' };
    const text = `id,name\n${Array.from({ length: ROWS }, (_, index) => `${index},well ${index}`).join('\n')}\n`;
    const begun = await server.request(base, {
      method: 'POST',
      headers: { ...tus, 'upload-length': String(text.length) },
    });
    assert.equal(begun.status, 201, begun.body);
    const path = String(begun.headers.location);
    const sendAll = async (): Promise<void> => {
      const sent = await server.request(path, {
        method: 'PATCH',
        headers: { ...tus, 'upload-offset': '0', 'content-type': 'application/offset+octet-stream' },
        body: text,
      });
      assert.equal(sent.status, 204, sent.body);
    };
    await sendAll();
    const phaseIs = (wanted: RegExp): Promise<void> =>
      until(
        String(wanted),
        async () => {
          const [row] = await server.sql<{ phase: string }>('select phase from vouchsafe.upload');
          return wanted.test(row?.phase ?? '');
        },
        60_000,
      );
    await phaseIs(/ready/);
    await client.ok('POST', `${path}/load`, { new: { name: 'wells', visibility: 'private' } });
    await until(
      'rows are being copied',
      async () => (await server.sql('select 1 from pg_stat_progress_copy')).length > 0,
      30_000,
    );
    await server.kill(what);
    server = await startServer({ home: server.home });
    try {
      const content = (): Promise<unknown[]> =>
        server.sql(
          "select 1 from pg_class where relnamespace = 'vouchsafe_data'::regnamespace and relkind = 'r'",
        );
      // The bytes are gone with a database that crashed, and are sent again; a load that lost them says so.
      await phaseIs(/loaded|failed/);
      const [row] = await server.sql<{ phase: string; failure: string | null }>(
        'select phase, failure from vouchsafe.upload',
      );
      if (row?.phase === 'failed') {
        assert.deepEqual([what, row.failure], ['everything', 'bytes_lost']);
        assert.deepEqual(await content(), []);
        assert.deepEqual(await server.sql('select 1 from vouchsafe.dataset'), []);
        return;
      }
      const [dataset] = await server.sql<{ rows: string; number: number }>(
        'select rows, number from vouchsafe.dataset_version',
      );
      assert.deepEqual([Number(dataset?.rows), dataset?.number], [ROWS, 1]);
      assert.equal((await content()).length, 2, 'the rows as they are and as they were, of one generation');
    } finally {
      await server.stop();
    }
  });
}
