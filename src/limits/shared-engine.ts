/** Which engine holds what the nodes of an installation share: Valkey where it is configured, PostgreSQL otherwise. */
import type { Connection } from '../store/connection.ts';
import type { Database } from '../store/database.ts';
import { createPostgresQuotaStore } from './postgres-quota.ts';
import type { QuotaStore } from './quota-store.ts';
import type { Exchange } from './shared-exchange.ts';
import { openPostgresExchange } from './shared-postgres.ts';
import { openValkey } from './valkey-client.ts';
import { createValkeyExchange } from './valkey-exchange.ts';
import { createValkeyQuotaStore } from './valkey-quota.ts';
import { parseValkeyUrl } from './valkey-url.ts';

/** Where Valkey is, as plain data that can be handed to a worker thread; never log it. */
export interface ValkeyPlace {
  /** Of the form that `parseValkeyUrl` takes. */
  readonly url: string;
  /** From `valkeyNamespace`. */
  readonly namespace: string;
}

/**
 * What the keys of an installation begin with, so that several can have one Valkey. In braces, so that all of them lie on
 * one node of a cluster.
 * @param fingerprint of the installation's pepper, which says nothing about it.
 */
export const valkeyNamespace = (fingerprint: Uint8Array): string =>
  `vouchsafe:{${Buffer.from(fingerprint).toString('hex').slice(0, 16)}}`;

const clientOf = ({ url }: ValkeyPlace): ReturnType<typeof openValkey> => {
  const settings = parseValkeyUrl(url);
  if (settings === undefined) throw new TypeError('VALKEY_URL was not validated');
  return openValkey(settings);
};

/**
 * Where the nodes meet.
 * @throws {CannotStart} where Valkey refuses the user or the password. One that is away is waited for by nobody.
 */
export const openExchange = async (
  connection: Connection,
  valkey: ValkeyPlace | undefined,
): Promise<Exchange> => {
  if (valkey === undefined) return openPostgresExchange(connection);
  const client = clientOf(valkey);
  try {
    await client.ready();
  } catch (error) {
    await client.close();
    throw error;
  }
  return createValkeyExchange(client, valkey.namespace);
};

/** What quotas are leased from, for one thread; `close` ends a connection of its own. */
export const openQuotaStore = (
  database: Pick<Database, 'run'>,
  valkey: ValkeyPlace | undefined,
): QuotaStore & { close(): Promise<void> } => {
  if (valkey === undefined) return { ...createPostgresQuotaStore(database), close: async () => undefined };
  const client = clientOf(valkey);
  return { ...createValkeyQuotaStore(client, valkey.namespace), close: () => client.close() };
};
