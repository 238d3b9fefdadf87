/** How to reach a database, as plain data that can be handed to a worker thread, and the one place that opens it. */
import { readFileSync } from 'node:fs';
import type { Duplex } from 'node:stream';
import pg from 'pg';
import { CannotStart } from './cannot-start.ts';
import { typeParsers } from './types.ts';

export interface Connection {
  /** A host name, an address, or the directory of a Unix socket. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** In clear, since a wrapper would not survive the way to a worker; never log a Connection. */
  readonly password: string | undefined;
  readonly database: string;
  /** The role that the session takes at once, where it is not the one that logs in. */
  readonly role: string | undefined;
  /** Certificate authorities in PEM for verified TLS, `true` for the system's, `false` for a plain connection. */
  readonly tls: boolean | { readonly ca: string };
}

export interface SessionOptions {
  /** Shown in `pg_stat_activity`. */
  readonly name: string;
  /** Milliseconds; 0 or left out means no limit. */
  readonly statementTimeoutMs?: number;
  readonly lockTimeoutMs?: number;
  readonly idleInTransactionTimeoutMs?: number;
  readonly connectTimeoutMs?: number;
  /** Whether PostgreSQL refuses every change on this connection. */
  readonly readOnly?: boolean;
  /** Mebibytes that sorts and joins of this connection may put on the disk at once; left out, as many as the server lets. */
  readonly temporaryMb?: number;
  /** Mebibytes in which an index is sorted; left out, as many as the server lets. */
  readonly maintenanceMb?: number;
}

const EXAMPLE = 'postgresql://vouchsafe:password@db.example.org/vouchsafe?sslmode=verify-full';

const refuse = (why: string): never => {
  throw new CannotStart(`DATABASE_URL ${why}; a good one looks like ${EXAMPLE}.`);
};

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return refuse('has a broken percent-encoding');
  }
};

const ALLOWED_PARAMETERS = ['host', 'port', 'user', 'password', 'sslmode', 'sslrootcert'];

/**
 * Reads a libpq URL (PostgreSQL manual §34.1.1.2, one host). The value never appears in an error, since it holds a
 * password. Another machine is reached only by TLS with a verified name (`sslmode=verify-full`).
 */
export const parseDatabaseUrl = (text: string): Connection => {
  if (!URL.canParse(text)) return refuse('is not a URL');
  const url = new URL(text);
  if (url.protocol !== 'postgresql:' && url.protocol !== 'postgres:')
    return refuse('does not begin with postgresql://');
  const parameters = url.searchParams;
  for (const name of parameters.keys()) {
    if (!ALLOWED_PARAMETERS.includes(name))
      return refuse(`may only have the parameters ${ALLOWED_PARAMETERS.join(', ')}`);
  }
  const host = parameters.get('host') ?? (decode(url.hostname).replace(/^\[(.*)\]$/, '$1') || 'localhost');
  const user = parameters.get('user') ?? decode(url.username);
  const database = decode(url.pathname.slice(1));
  if (user === '') return refuse('names no user');
  if (database === '') return refuse('names no database');
  const port = Number(parameters.get('port') ?? (url.port || '5432'));
  if (!Number.isInteger(port) || port < 1 || port > 65_535) return refuse('has a port outside 1 to 65535');
  const mode = parameters.get('sslmode') ?? 'disable';
  if (mode !== 'disable' && mode !== 'verify-full')
    return refuse('has an sslmode other than verify-full or disable');
  if (mode === 'disable' && !host.startsWith('/') && !isLoopback(host)) {
    return refuse('leads to another machine without sslmode=verify-full');
  }
  const password = parameters.get('password') ?? (decode(url.password) || undefined);
  const tls =
    mode === 'verify-full' && !host.startsWith('/') && readAuthorities(parameters.get('sslrootcert'));
  return { host, port, user, password, database, role: undefined, tls };
};

const readAuthorities = (path: string | null): true | { readonly ca: string } => {
  if (path === null || path === 'system') return true;
  try {
    return { ca: readFileSync(path, 'utf8') };
  } catch {
    return refuse('names a file in sslrootcert that cannot be read');
  }
};

/** The session's settings in the start-up message, so that they hold from the first statement on. */
const startupOptions = (connection: Connection, session: SessionOptions): string => {
  const settings: Record<string, string | number | undefined> = {
    role: connection.role,
    search_path: 'vouchsafe,pg_temp',
    timezone: 'UTC',
    // What columns are inferred from, and what rows say, is how PostgreSQL writes dates by itself.
    datestyle: 'ISO',
    intervalstyle: 'postgres',
    statement_timeout: session.statementTimeoutMs,
    lock_timeout: session.lockTimeoutMs,
    idle_in_transaction_session_timeout: session.idleInTransactionTimeoutMs,
    default_transaction_read_only: session.readOnly === true ? 'on' : undefined,
    maintenance_work_mem: session.maintenanceMb === undefined ? undefined : `${session.maintenanceMb}MB`,
  };
  return Object.entries(settings)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `-c ${name}=${String(value)}`)
    .join(' ');
};

/** What `pg` wants to know; every field is given, so that no PG… variable of the environment takes part. */
export const clientConfig = (connection: Connection, session: SessionOptions): pg.ClientConfig => ({
  host: connection.host,
  port: connection.port,
  user: connection.user,
  database: connection.database,
  options: startupOptions(connection, session),
  application_name: session.name,
  client_encoding: 'UTF8',
  keepAlive: true,
  keepAliveInitialDelayMillis: 10_000,
  connectionTimeoutMillis: session.connectTimeoutMs ?? 5000,
  types: typeParsers,
  ssl:
    connection.tls === false
      ? false
      : {
          rejectUnauthorized: true,
          host: connection.host,
          ...(connection.tls === true ? undefined : connection.tls),
        },
  ...(connection.password === undefined ? undefined : { password: connection.password }),
});

/** Setting it is an administrator's, who may let a role do so (manual, GRANT … ON PARAMETER); elsewhere the server's bound holds. */
const BOUND_FILES =
  "select set_config('temp_file_limit', $1, false) where has_parameter_privilege('temp_file_limit', 'set')";

/** Bounds what a connection that has just been opened may put on the disk besides tables. */
export const boundFiles = async (client: pg.ClientBase, temporaryMb: number): Promise<void> => {
  await client.query(BOUND_FILES, [`${temporaryMb}MB`]);
};

/** Opens one connection for work outside the pool: migrations, listening, tests. */
export const connect = async (connection: Connection, session: SessionOptions): Promise<pg.Client> => {
  const client = new pg.Client(clientConfig(connection, session));
  // Without a listener a lost connection would end the process; whoever uses the client learns it from the next call.
  client.on('error', () => undefined);
  await client.connect();
  if (session.temporaryMb !== undefined) await boundFiles(client, session.temporaryMb);
  return client;
};

/** What a client speaks through. `pg` says it to nobody, and has no way to end a connection without waiting for what it is doing. */
export const streamOf = (client: pg.ClientBase): Duplex =>
  (client as unknown as { readonly connection: { readonly stream: Duplex } }).connection.stream;
