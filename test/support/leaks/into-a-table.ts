/** Writes a text into a table with the server's own rights, as a careless feature could; not a leak by itself. */
import { connect } from '../../../src/store/connection.ts';
import { DATABASE_NAME } from '../../../src/store/embedded/initialise.ts';
import { readPasswords } from '../../../src/store/embedded/passwords.ts';
import { SOCKET_PORT, socketDirectoryOf } from '../../../src/store/embedded/socket-directory.ts';

/** Makes the text the name of every project. */
export const writeIntoTable = async (dataDir: string, text: string): Promise<void> => {
  const login = { host: socketDirectoryOf(dataDir), port: SOCKET_PORT, user: 'vouchsafe_app' };
  const password = readPasswords(dataDir)?.vouchsafe_app;
  const place = { database: DATABASE_NAME, role: undefined, tls: false };
  const client = await connect({ ...login, password, ...place }, { name: 'leak' });
  try {
    const { rows } = await client.query<{ id: string }>('select id from vouchsafe.company_ids() as id');
    for (const { id } of rows) {
      await client.query('begin');
      await client.query("select set_config('vouchsafe.company_id', $1, true)", [id]);
      await client.query('update vouchsafe.project set name = $1', [text]);
      await client.query('commit');
    }
  } finally {
    await client.end();
  }
};
