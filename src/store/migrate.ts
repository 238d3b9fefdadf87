/** Brings the schema up to date: numbered files, forward only, one transaction each, every table locked down after each. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type pg from 'pg';
import { CannotStart } from './cannot-start.ts';
import { connect, type Connection } from './connection.ts';
import { migrateQueue } from './queue.ts';

export interface MigrateOptions {
  /** A connection as the owner of the schema. */
  readonly connection: Connection;
  /** The folder of `0001_….sql`; the project's own where left out. */
  readonly directory?: string;
  /** Called before each file that is applied. */
  readonly onProgress?: (step: {
    readonly name: string;
    readonly done: number;
    readonly total: number;
  }) => void;
}

export interface MigrationReport {
  /** Names of the files applied now, in order. */
  readonly applied: readonly string[];
  /** Number of the newest file in the database. */
  readonly version: number;
}

interface Migration {
  readonly version: number;
  readonly name: string;
  readonly text: string;
  readonly checksum: string;
}

/** The project's migrations. */
export const MIGRATIONS_DIRECTORY = fileURLToPath(new URL('../../migrations/', import.meta.url));

/** Any number, the same in all our processes. */
const ADVISORY_LOCK = 7_013_201_964;

const FILE_NAME = /^(\d{4})_[a-z0-9_]+\.sql$/;

const readMigrations = (directory: string): readonly Migration[] => {
  const names = readdirSync(directory)
    .filter((name) => FILE_NAME.test(name))
    .sort();
  return names.map((name, index) => {
    const version = Number(FILE_NAME.exec(name)?.[1]);
    if (version !== index + 1)
      throw new CannotStart(`The migrations in ${directory} have a gap or a double before ${name}.`);
    const text = readFileSync(join(directory, name), 'utf8');
    return { version, name, text, checksum: createHash('sha256').update(text).digest('hex') };
  });
};

const PREPARE = `
  create schema if not exists vouchsafe;
  create table if not exists vouchsafe.schema_migration (
    version int primary key,
    name text not null,
    checksum text not null,
    applied_at timestamptz not null default now()
  )`;

interface AppliedRow {
  readonly version: number;
  readonly name: string;
  readonly checksum: string;
}

const readApplied = async (client: pg.Client): Promise<readonly AppliedRow[]> => {
  const { rows } = await client.query<{ there: boolean }>(
    `select to_regclass('vouchsafe.schema_migration') is not null as there`,
  );
  if (rows[0]?.there !== true) return [];
  const found = await client.query<AppliedRow>(
    'select version, name, checksum from vouchsafe.schema_migration order by version',
  );
  return found.rows;
};

const verify = (applied: readonly AppliedRow[], known: readonly Migration[]): void => {
  for (const row of applied) {
    const file = known[row.version - 1];
    if (file === undefined) {
      throw new CannotStart(
        `The database is at version ${applied.length}, newer than this Vouchsafe (${known.length}); start the newer release, or restore a backup from before the update.`,
      );
    }
    if (file.checksum !== row.checksum) {
      throw new CannotStart(
        `The migration ${row.name} was changed after it was applied; put its file back as it was and add a new one instead.`,
      );
    }
  }
};

/** The queue's tables are its library's; they are made once our files have made their schema. */
const migrateQueueOf = async (
  client: pg.Client,
  { connection, onProgress }: MigrateOptions,
): Promise<void> => {
  // The owner may not look into that schema, except in the catalog.
  const { rows } = await client.query<{ name: string }>(
    `select relname::text as name from pg_class join pg_namespace on pg_namespace.oid = relnamespace
      where nspname = 'graphile_worker' and relname in ('migrations', '_private_jobs')`,
  );
  const made = new Set(rows.map(({ name }) => name));
  if (!made.has('migrations')) return;
  if (!made.has('_private_jobs')) onProgress?.({ name: 'graphile_worker', done: 0, total: 1 });
  await migrateQueue({ ...connection, role: 'vouchsafe_jobs' });
};

const apply = async (client: pg.Client, migration: Migration, afterEach: string): Promise<void> => {
  try {
    await client.query('begin');
    await client.query(migration.text);
    // In the same transaction, so that no table is ever seen without its policies.
    await client.query(afterEach);
    await client.query(
      'insert into vouchsafe.schema_migration (version, name, checksum) values ($1, $2, $3)',
      [migration.version, migration.name, migration.checksum],
    );
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    const { code, message, position } = error as { code?: string; message?: string; position?: string };
    // Class 42 (syntax, missing names, rights) speaks of the schema; other messages may quote rows.
    const line =
      position === undefined ? '' : `, line ${migration.text.slice(0, Number(position)).split('\n').length}`;
    const why = code?.startsWith('42') === true ? `${message ?? ''} (${code}${line})` : (code ?? 'no code');
    throw new CannotStart(`The migration ${migration.name} failed and left nothing behind: ${why}.`);
  }
};

/**
 * Applies what is missing. Any number of processes may call it at once: one works, the others wait for it.
 * Throws CannotStart when an applied file has changed or the database comes from a newer release.
 */
export const migrate = async (options: MigrateOptions): Promise<MigrationReport> => {
  const directory = options.directory ?? MIGRATIONS_DIRECTORY;
  const known = readMigrations(directory);
  const afterEach = readFileSync(join(directory, 'after-each.sql'), 'utf8');
  const client = await connect(options.connection, { name: 'vouchsafe migrate' });
  try {
    const before = await readApplied(client);
    verify(before, known);
    if (before.length === known.length) {
      await migrateQueueOf(client, options);
      return { applied: [], version: known.length };
    }
    await client.query('select pg_advisory_lock($1)', [ADVISORY_LOCK]);
    await client.query(PREPARE);
    const applied = await readApplied(client);
    verify(applied, known);
    const missing = known.slice(applied.length);
    for (const [index, migration] of missing.entries()) {
      options.onProgress?.({ name: migration.name, done: index, total: missing.length });
      await apply(client, migration, afterEach);
    }
    await migrateQueueOf(client, options);
    return { applied: missing.map(({ name }) => name), version: known.length };
  } finally {
    // The session's end also gives the lock back.
    await client.end();
  }
};
