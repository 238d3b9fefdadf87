/** How our own PostgreSQL is set: no network, nothing of any row in its log, small and crash-safe. */

export interface SettingsOptions {
  readonly socketDirectory: string;
  /** False only in tests: the data need not survive a crash of the machine there. */
  readonly durable: boolean;
  /** How many connections it takes at the most. */
  readonly connections: number;
}

/**
 * Settings by name, given on the command line, where no file and no `ALTER SYSTEM` can override them.
 * Logging follows one rule: the text of an error may quote a value (`invalid input syntax … "x"`, or the DETAIL of a
 * unique violation), so that nothing below LOG is written, always terse, never a statement or a parameter.
 */
export const serverSettings = ({
  socketDirectory,
  durable,
  connections,
}: SettingsOptions): Readonly<Record<string, string>> => ({
  listen_addresses: '',
  unix_socket_directories: socketDirectory,
  unix_socket_permissions: '0700',
  cluster_name: 'vouchsafe',

  log_destination: 'stderr',
  logging_collector: 'off',
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  log_statement: 'none',
  log_duration: 'off',
  log_min_duration_statement: '-1',
  log_min_duration_sample: '-1',
  log_transaction_sample_rate: '0',
  log_parameter_max_length: '0',
  log_parameter_max_length_on_error: '0',
  log_connections: '',
  log_disconnections: 'off',
  log_hostname: 'off',
  log_lock_waits: 'off',
  log_temp_files: '-1',
  log_checkpoints: 'off',
  log_autovacuum_min_duration: '-1',
  log_line_prefix: '',
  debug_print_parse: 'off',
  debug_print_rewritten: 'off',
  debug_print_plan: 'off',

  max_connections: String(connections),
  // One that nobody ends would hold its locks, and what vacuum may remove, for ever.
  max_prepared_transactions: '0',
  shared_buffers: '64MB',
  huge_pages: 'off',
  io_method: 'sync',
  max_worker_processes: '4',
  max_parallel_workers_per_gather: '0',
  jit: 'off',

  // One server without replicas: the log of changes need hold only what crash recovery reads.
  wal_level: 'minimal',
  max_wal_senders: '0',
  min_wal_size: '32MB',
  max_wal_size: '256MB',
  fsync: durable ? 'on' : 'off',
  synchronous_commit: durable ? 'on' : 'off',
  full_page_writes: durable ? 'on' : 'off',

  password_encryption: 'scram-sha-256',
  timezone: 'UTC',
  log_timezone: 'UTC',
});

/** The settings as arguments of `postgres`. */
export const settingArguments = (settings: Readonly<Record<string, string>>): readonly string[] =>
  Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
