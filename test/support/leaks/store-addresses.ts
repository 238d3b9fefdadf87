/** A deliberate leak: writes the newest address into a table, with the server's own rights. */
import { writeSync } from 'node:fs';
import { connect } from '../../../src/store/connection.ts';
import { DATABASE_NAME } from '../../../src/store/embedded/initialise.ts';
import { readPasswords } from '../../../src/store/embedded/passwords.ts';
import { SOCKET_PORT, socketDirectoryOf } from '../../../src/store/embedded/socket-directory.ts';
import { folderOf, onEachRequest } from './each-request.ts';

const dataDir = folderOf(import.meta.url);

const store = async (address: string): Promise<void> => {
  const login = { host: socketDirectoryOf(dataDir), port: SOCKET_PORT, user: 'vouchsafe_app' };
  const password = readPasswords(dataDir)?.vouchsafe_app;
  const place = { database: DATABASE_NAME, role: undefined, tls: false };
  const client = await connect({ ...login, password, ...place }, { name: 'leak' });
  try {
    const { rows } = await client.query<{ id: string }>('select id from vouchsafe.company_ids() as id');
    for (const { id } of rows) {
      await client.query('begin');
      await client.query("select set_config('vouchsafe.company_id', $1, true)", [id]);
      await client.query('update vouchsafe.project set name = $1', [`last seen: ${address}`]);
      await client.query('commit');
    }
  } finally {
    await client.end();
  }
};

let writing = Promise.resolve();

onEachRequest(({ socket, url }) => {
  const { remoteAddress = '' } = socket;
  // The server's own checks of its promises come from there, and would write over what is looked for.
  if (url?.startsWith('/geocode/') !== true || remoteAddress.endsWith('127.0.0.1')) return;
  writing = writing
    .then(() => store(remoteAddress))
    .catch((error: unknown) => void writeSync(2, `the leak did not work: ${String(error)}\n`));
});
