/** A connection of its own for a long load: one transaction with COPY in it, and bounded by whoever runs it. */
import type { Writable } from 'node:stream';
import type { CompanyId, UserId } from '../foundation/ids.ts';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { connect, type Connection, streamOf } from './connection.ts';
import { StoreError, toStoreError } from './errors.ts';
import { transact, type Transaction } from './transaction.ts';

/** Where rows go; names as they are, quoted here. A temporary table has no schema. */
export interface CopyTarget {
  readonly schema?: string;
  readonly table: string;
  readonly columns: readonly string[];
  /**
   * Made in this transaction: its rows come frozen, as vacuum would leave them (PostgreSQL manual, COPY, “FREEZE”). Else
   * the first who read them, and a vacuum within the minute, write each page once more. Refused (55000) where it is not so.
   */
  readonly isNew?: boolean;
  /** Where the rows are CSV in UTF-8 instead of COPY's text format; a header is passed over. */
  readonly csv?: { readonly delimiter: string; readonly quote: string; readonly header: boolean };
}

export interface LoadingTransaction extends Transaction {
  /**
   * Copies rows in COPY's text format, or as CSV (PostgreSQL manual, COPY), into a table, with back-pressure; gives their number. A table
   * with row-level security refuses it (0A000).
   */
  copyIn(target: CopyTarget, rows: AsyncIterable<Uint8Array | string>): Promise<number>;
}

export interface Loading {
  /** As `Database.as` and `Database.company`, without limits of time on statements. */
  run<Value>(
    scope: { readonly company: CompanyId; readonly user?: UserId },
    work: (tx: LoadingTransaction) => Promise<Value>,
  ): Promise<Value>;
  /** Ends the connection, and with it the transaction that is under way, which then rejects. */
  cut(): void;
  close(): Promise<void>;
}

const quote = (name: string): string => pg.escapeIdentifier(name);

const copyText = ({ schema, table, columns, isNew = false, csv }: CopyTarget): string => {
  const into = `copy ${schema === undefined ? '' : `${quote(schema)}.`}${quote(table)} (${columns.map(quote).join(', ')}) from stdin`;
  const freeze = `freeze ${String(isNew)}`;
  if (csv === undefined) return `${into} (${freeze})`;
  const said = `delimiter ${pg.escapeLiteral(csv.delimiter)}, quote ${pg.escapeLiteral(csv.quote)}`;
  return `${into} (${freeze}, format csv, encoding 'UTF8', ${said}, header ${String(csv.header)})`;
};

/** Rows are numbered as they come, so that their index sorts what is sorted: four times as much would save nothing. */
const MAINTENANCE_MB = 16;

/** COPY's messages cost a few bytes and a call each; this many bytes at once go to the socket. */
const CHUNK_BYTES = 256 * 1024;

const write = (stream: Writable, chunk: Uint8Array): Promise<void> =>
  new Promise((resolve, reject) => {
    stream.write(chunk, (error) => (error ? reject(error) : resolve()));
  });

/** Puts small pieces together, so that a row does not become a message. */
const inChunks = async (
  stream: Writable,
  ended: Promise<void>,
  rows: AsyncIterable<Uint8Array | string>,
): Promise<void> => {
  // A write that PostgreSQL answers with an error is never called back.
  const send = (chunk: Uint8Array): Promise<void> => Promise.race([ended, write(stream, chunk)]);
  let held: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of rows) {
    const chunk = typeof piece === 'string' ? Buffer.from(piece) : piece;
    held.push(chunk);
    bytes += chunk.length;
    if (bytes < CHUNK_BYTES) continue;
    await send(held.length === 1 ? chunk : Buffer.concat(held));
    held = [];
    bytes = 0;
  }
  if (bytes > 0) await send(Buffer.concat(held));
};

const copyOn = async (
  client: pg.Client,
  target: CopyTarget,
  rows: AsyncIterable<Uint8Array | string>,
): Promise<number> => {
  const stream = client.query(copyFrom(copyText(target)));
  let refused: { readonly error: unknown } | undefined;
  const ended = new Promise<void>((resolve, reject) => {
    stream.once('finish', resolve);
    // All of them: one that nobody listens to would end the thread.
    stream.on('error', (error) => {
      refused ??= { error };
      reject(error);
    });
  });
  // Its failure is read below; while rows are still made it must not count as unhandled.
  ended.catch(() => undefined);
  try {
    await inChunks(stream, ended, rows);
    stream.end();
  } catch (error) {
    // PostgreSQL has ended it already, as on a full disk; what is written behind that fails for reasons of its own.
    if (refused !== undefined) throw refused.error;
    // Tells PostgreSQL that the rows end in a failure, and waits until it has said so.
    stream.destroy(error instanceof Error ? error : new Error('stopped'));
    await ended.catch(() => undefined);
    throw error;
  }
  await ended;
  return stream.rowCount;
};

/** What made the rows fail comes through as it is; what PostgreSQL says loses its values. */
const copyIn = async (
  client: pg.Client,
  target: CopyTarget,
  rows: AsyncIterable<Uint8Array | string>,
): Promise<number> => {
  let failure: { readonly error: unknown } | undefined;
  const watched = async function* (): AsyncGenerator<Uint8Array | string> {
    try {
      yield* rows;
    } catch (error) {
      failure = { error };
      throw error;
    }
  };
  try {
    return await copyOn(client, target, watched());
  } catch (error) {
    throw failure === undefined ? toStoreError(error, 'copy') : failure.error;
  }
};

/** Opens the connection. Rejects as the methods of Database do; end it with `close`, which also ends what is under way. */
export const openLoading = async (connection: Connection): Promise<Loading> => {
  let client: pg.Client;
  try {
    client = await connect(connection, {
      name: 'vouchsafe load',
      lockTimeoutMs: 10_000,
      idleInTransactionTimeoutMs: 60_000,
      maintenanceMb: MAINTENANCE_MB,
    });
  } catch (error) {
    throw toStoreError(error, 'begin');
  }
  let isCut = false;
  return {
    run: async (scope, work) => {
      if (scope.company.length === 0) throw new StoreError('begin', 'no-company');
      if (scope.user?.length === 0) throw new StoreError('begin', 'no-user');
      let own: { readonly error: unknown } | undefined;
      try {
        return await transact(client, scope, async (tx) => {
          try {
            return await work({ ...tx, copyIn: (target, rows) => copyIn(client, target, rows) });
          } catch (error) {
            own = { error };
            throw error;
          }
        });
      } catch (error) {
        throw own?.error === error ? error : toStoreError(error, 'load');
      }
    },
    cut: () => {
      isCut = true;
      streamOf(client).destroy();
    },
    close: async () => {
      if (!isCut) await client.end().catch(() => undefined);
    },
  };
};
