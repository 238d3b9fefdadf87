/** Makes others wait in the middle of what they do, at a lock that a test holds past row-level security. */
import { connect, type Connection } from '../../src/store/connection.ts';

export interface Hold {
  /** Lets whoever waits go on; may be called twice. */
  release(): Promise<void>;
}

/**
 * Takes locks and keeps them until they are released, in a transaction of its own that changes nothing.
 * @param statement such as `lock table … in share mode`, or a `select … for update`.
 */
export const hold = async (superuser: Connection, statement: string): Promise<Hold> => {
  const client = await connect(superuser, { name: 'test hold' });
  await client.query('begin');
  await client.query(statement);
  let over: Promise<void> | undefined;
  return { release: () => (over ??= client.query('rollback').then(() => client.end())) };
};
