import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { testDatabase } from '../../test/support/database.ts';
import { newId } from '../foundation/ids.ts';
import { StoreError } from './errors.ts';
import { openLoading } from './loading.ts';
import { createReader } from './reader.ts';
import { renderedStatement } from './rendered.ts';
import { statement } from './statement.ts';

const COMPANY = newId('com', 1);
const USER = newId('usr', 1);

/** Sorts what does not fit into `work_mem`. */
const SORT = renderedStatement(
  'select count(*)::text as n from (select md5(i::text) as t from generate_series(1, 500000) i order by 1 offset 10) s',
  [],
);
const SMALL = renderedStatement('select count(*)::text as n from generate_series(1, 10) i', []);
const door = statement({
  name: 'test.temporary-files',
  text: 'select $1::text as open',
  params: ['text'],
  columns: { open: 'text' },
});
const settings = statement({
  name: 'test.temporary-files.setting',
  text: "select current_setting('temp_file_limit') as bound",
  params: [],
  columns: { bound: 'text' },
});

const isBound = (error: unknown): boolean => error instanceof StoreError && error.code === '53400';

describe('what a statement of a caller puts on the disk to sort', () => {
  it('is bounded on the connections that read, and ends that statement alone', async () => {
    const { connections } = await testDatabase();
    const reader = createReader({ connection: connections.app, temporaryMb: 4 });
    const read = (query: typeof SORT): Promise<{ readonly rows: unknown }> =>
      reader.read({
        scope: { company: COMPANY, user: USER, version: '' },
        door,
        doorValues: ['yes'],
        statements: [query],
      });
    try {
      await assert.rejects(read(SORT), isBound);
      assert.deepEqual((await read(SMALL)).rows, [[['10']]]);
    } finally {
      await reader.close();
    }
    const wide = createReader({ connection: connections.app });
    try {
      const { rows } = await wide.read({
        scope: { company: COMPANY, user: USER, version: '' },
        door,
        doorValues: ['yes'],
        statements: [SORT],
      });
      assert.deepEqual(rows, [[['499990']]]);
    } finally {
      await wide.close();
    }
  });

  it('is bounded in pools, whatever transaction comes first on a connection', async () => {
    const store = await testDatabase();
    const database = store.createDatabase({ temporaryMb: 4, poolSize: 1 });
    await assert.rejects(
      database.as({ company: COMPANY, user: USER }, (tx) => tx.rendered(SORT)),
      isBound,
    );
    assert.deepEqual(await database.run(settings, []), [{ bound: '4MB' }]);
    assert.deepEqual(await store.database.run(settings, []), [{ bound: '1GB' }]);
  });

  it('is not bounded where a whole file is loaded, for its indexes are sorted there', async () => {
    const { connections } = await testDatabase();
    const loading = await openLoading(connections.app);
    try {
      const found = await loading.run({ company: COMPANY, user: USER }, (tx) => tx.all(settings, []));
      assert.deepEqual(found, [{ bound: '-1' }]);
    } finally {
      await loading.close();
    }
  });

  it('is as the server has it where its administrator lets nobody set it', async () => {
    const store = await testDatabase();
    await store.superuser('revoke set on parameter temp_file_limit from vouchsafe_app');
    try {
      const database = store.createDatabase({ temporaryMb: 4, poolSize: 1 });
      assert.deepEqual(await database.run(settings, []), [{ bound: '-1' }]);
    } finally {
      await store.superuser('grant set on parameter temp_file_limit to vouchsafe_app');
    }
  });
});
