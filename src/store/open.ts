/** Opens the installation's database, embedded or the operator's own, and says how to reach it as owner and as server. */
import { CannotStart } from './cannot-start.ts';
import { parseDatabaseUrl, type Connection } from './connection.ts';
import { openCluster } from './embedded/cluster.ts';
import { migrate, type MigrateOptions, type MigrationReport } from './migrate.ts';
import { assertConfinedRole, ensureEmbeddedRoles, ensureRoles } from './roles.ts';

export interface StoreOptions {
  /** Where the embedded server lives; not touched when `databaseUrl` is given. */
  readonly dataDir: string;
  readonly databaseUrl?: string | undefined;
  /** `serve` claims the data directory; `attach-or-start` shares a running server (commands). */
  readonly mode: 'serve' | 'attach-or-start';
  /** Connections that an embedded server has to take; a few dozen where left out. */
  readonly connections?: number;
  readonly onLog?: (line: string) => void;
}

export interface Store {
  /** For `createDatabase`, here and in worker threads: plain data, confined by row-level security. */
  readonly app: Connection;
  /** For the job queue and the outbox, on the main thread only: sees mail, and nothing else of anybody. */
  readonly jobs: Connection;
  /** For indexes of datasets alone (`openBuilding`), on the main thread only: as the owner of their tables. */
  readonly builder: Connection;
  /** `embedded`, or `external` where the operator gave DATABASE_URL. */
  readonly kind: 'embedded' | 'external';
  /** Directory of the Unix socket of an embedded server. */
  readonly socketDirectory: string | undefined;
  /** Brings the schema and the queue's up to date, then makes sure that the roles of the server are confined. */
  migrate(onProgress?: MigrateOptions['onProgress']): Promise<MigrationReport>;
  /** Stops an embedded server that was started here. */
  close(): Promise<void>;
}

interface Opened {
  readonly owner: Connection;
  readonly app: Connection;
  readonly jobs: Connection;
  readonly builder: Connection;
  readonly socketDirectory: string | undefined;
  prepare(): Promise<void>;
  close(): Promise<void>;
}

const openExternal = (databaseUrl: string): Opened => {
  const login = parseDatabaseUrl(databaseUrl);
  return {
    owner: { ...login, role: 'vouchsafe_owner' },
    app: { ...login, role: 'vouchsafe_app' },
    jobs: { ...login, role: 'vouchsafe_jobs' },
    builder: { ...login, role: 'vouchsafe_system' },
    socketDirectory: undefined,
    prepare: () => ensureRoles(login),
    close: async () => undefined,
  };
};

const openEmbedded = async ({ dataDir, mode, connections, onLog }: StoreOptions): Promise<Opened> => {
  const cluster = await openCluster({
    dataDir,
    mode,
    ...(connections === undefined ? undefined : { connections }),
    ...(onLog === undefined ? undefined : { onLog }),
  });
  const { superuser, owner, app, socketDirectory } = cluster;
  return {
    owner,
    app,
    jobs: { ...owner, role: 'vouchsafe_jobs' },
    builder: { ...owner, role: 'vouchsafe_system' },
    socketDirectory,
    prepare: () => ensureEmbeddedRoles(superuser),
    close: () => cluster.stop(),
  };
};

const explain = (error: unknown): unknown => {
  if (error instanceof CannotStart) return error;
  const code = (error as { code?: unknown }).code;
  return new CannotStart(
    `The database does not let us in (${typeof code === 'string' ? code : 'no answer'}); check that it runs and that DATABASE_URL names a user that may connect.`,
    error,
  );
};

/** Opens the store. Throws CannotStart with one sentence for the operator. */
export const openStore = async (options: StoreOptions): Promise<Store> => {
  const { databaseUrl } = options;
  const opened = databaseUrl === undefined ? await openEmbedded(options) : openExternal(databaseUrl);
  return {
    app: opened.app,
    jobs: opened.jobs,
    builder: opened.builder,
    kind: databaseUrl === undefined ? 'embedded' : 'external',
    socketDirectory: opened.socketDirectory,
    migrate: async (onProgress) => {
      try {
        await opened.prepare();
        const report = await migrate({
          connection: opened.owner,
          ...(onProgress === undefined ? undefined : { onProgress }),
        });
        await assertConfinedRole(opened.app);
        await assertConfinedRole(opened.jobs, 'vouchsafe_jobs');
        return report;
      } catch (error) {
        throw explain(error);
      }
    },
    close: () => opened.close(),
  };
};
