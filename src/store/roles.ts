/** The roles that the schema needs, made and checked: all four on a database that the operator brings. */
import pg from 'pg';
import { CannotStart } from './cannot-start.ts';
import { connect, type Connection } from './connection.ts';

const FLAGS = 'nologin nosuperuser nobypassrls nocreatedb nocreaterole';

interface Step {
  readonly isDone: string;
  readonly sql: string;
  /** Whether the server goes without it where the login may not do it. */
  readonly isOptional?: true;
}

const create = (role: string): Step => ({
  isDone: `select exists (select from pg_roles where rolname = '${role}') as done`,
  sql: `create role ${role} ${FLAGS};`,
});

/** That `member` can take `role` on, without having its rights before it does (which PostgreSQL 15 cannot tell apart). */
const membership = (role: string, member: string, version: number): Step => {
  const [kind, options] = version >= 160_000 ? ['SET', ' with inherit false, set true'] : ['MEMBER', ''];
  return {
    isDone: `select pg_has_role(${pg.escapeLiteral(member)}, '${role}', '${kind}') as done`,
    sql: `grant ${role} to ${pg.escapeIdentifier(member)}${options};`,
  };
};

/** Each step is a question that answers `done`, and the SQL that makes it so. */
type Steps = (login: string, database: string, version: number) => readonly Step[];

/** Lets the server bound the files that its own sessions make (`temporaryMb` of a session). */
const BOUND_FILES: Step = {
  isDone: `select has_parameter_privilege('vouchsafe_app', 'temp_file_limit', 'set') as done`,
  sql: 'grant set on parameter temp_file_limit to vouchsafe_app;',
  // A superuser may. On a server whose administrator does not, the bound is the one that stands in its configuration.
  isOptional: true,
};

const externalSteps: Steps = (login, database, version) => {
  return [
    create('vouchsafe_owner'),
    create('vouchsafe_app'),
    create('vouchsafe_system'),
    create('vouchsafe_jobs'),
    membership('vouchsafe_owner', login, version),
    membership('vouchsafe_app', login, version),
    membership('vouchsafe_jobs', login, version),
    membership('vouchsafe_system', 'vouchsafe_owner', version),
    membership('vouchsafe_jobs', 'vouchsafe_owner', version),
    {
      isDone: `select has_database_privilege('vouchsafe_owner', current_database(), 'create') as done`,
      sql: `grant create on database ${pg.escapeIdentifier(database)} to vouchsafe_owner;`,
    },
    BOUND_FILES,
  ];
};

/** What a cluster of ours lacks that an earlier version made. */
const embeddedSteps: Steps = (_login, _database, version) => [
  create('vouchsafe_jobs'),
  membership('vouchsafe_jobs', 'vouchsafe_owner', version),
  BOUND_FILES,
];

const isDone = async (client: pg.Client, step: Step): Promise<boolean> => {
  try {
    return (await client.query<{ done: boolean }>(step.isDone)).rows[0]?.done ?? false;
  } catch {
    // The question names a role that does not exist yet.
    return false;
  }
};

const OLDEST_SERVER = 150_000;

const ensure = async (connection: Connection, steps: Steps): Promise<void> => {
  const client = await connect(connection, { name: 'vouchsafe roles' });
  try {
    const version = Number(
      (await client.query<{ server_version_num: string }>('show server_version_num')).rows[0]
        ?.server_version_num,
    );
    if (version < OLDEST_SERVER) {
      throw new CannotStart(
        `PostgreSQL ${Math.floor(version / 10_000)} is too old; DATABASE_URL must lead to version 15 or newer.`,
      );
    }
    const wanted = steps(connection.user, connection.database, version);
    for (const [index, step] of wanted.entries()) {
      if (await isDone(client, step)) continue;
      try {
        await client.query(step.sql);
      } catch (error) {
        // Another process of ours may have been quicker.
        if (step.isOptional === true || (await isDone(client, step))) continue;
        const missing = wanted.slice(index).map(({ sql }) => sql);
        throw new CannotStart(
          `The login of DATABASE_URL may not prepare the database; let an administrator run in it: ${missing.join(' ')}`,
          error,
        );
      }
    }
  } finally {
    await client.end();
  }
};

/**
 * Makes what is missing of the roles, as the login of DATABASE_URL. Throws CannotStart with the exact SQL for a
 * database administrator where the login may not.
 */
export const ensureRoles = (connection: Connection): Promise<void> => ensure(connection, externalSteps);

/** Makes what is missing in a cluster of our own that an earlier version initialised, as its superuser. */
export const ensureEmbeddedRoles = (superuser: Connection): Promise<void> => ensure(superuser, embeddedSteps);

const ROLE_QUESTION = `
  select rolsuper as "isSuperuser", rolbypassrls as "bypassesPolicies",
         exists (
           select from pg_class join pg_namespace on pg_namespace.oid = relnamespace
           where nspname = 'vouchsafe' and pg_has_role(current_user, relowner, 'usage')
         ) as "ownsTables"
  from pg_roles where rolname = current_user`;

interface RoleAnswer {
  readonly isSuperuser: boolean;
  readonly bypassesPolicies: boolean;
  readonly ownsTables: boolean;
}

/** What the server's role could do past row-level security; empty when it is as it should be. */
export const findExcessRights = async (connection: Connection): Promise<readonly string[]> => {
  const client = await connect(connection, { name: 'vouchsafe role check' });
  try {
    const role = (await client.query<RoleAnswer>(ROLE_QUESTION)).rows[0];
    const found: string[] = [];
    if (role === undefined || role.isSuperuser) found.push('is a superuser');
    if (role?.bypassesPolicies === true) found.push('bypasses row-level security');
    if (role?.ownsTables === true) found.push('owns tables');
    return found;
  } finally {
    await client.end();
  }
};

/** Throws CannotStart, naming the role, unless row-level security holds for the role of this connection. */
export const assertConfinedRole = async (
  connection: Connection,
  role: 'vouchsafe_app' | 'vouchsafe_jobs' = 'vouchsafe_app',
): Promise<void> => {
  const found = await findExcessRights(connection);
  if (found.length > 0) {
    throw new CannotStart(
      `The database role of the server ${found.join(' and ')}, so that row-level security would not bind it; revoke that from the role ${role}.`,
    );
  }
};
