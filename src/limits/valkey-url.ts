/** VALKEY_URL as settings: where Valkey, or Redis, is reached, how it is protected on the way, and as whom. */
import { Secret } from '../foundation/secret.ts';

export interface ValkeySettings {
  readonly host: string;
  readonly port: number;
  /** TLS with a verified name, or none, which stays on this machine. */
  readonly tls: boolean;
  readonly user: string | undefined;
  readonly password: Secret | undefined;
  /** The number of the database. */
  readonly database: number;
}

const PORT = 6379;
const MOST_DATABASES = 16_384;
const ENCRYPTED: ReadonlySet<string> = new Set(['valkeys:', 'rediss:']);
const PLAIN: ReadonlySet<string> = new Set(['valkey:', 'redis:']);

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);

const decode = (text: string): string | undefined => {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
};

/**
 * Reads `valkeys://`, `rediss://`, `valkey://` and `redis://` URLs with an optional user, password, port and number of the
 * database; undefined for anything else. Another machine is reached over TLS only.
 */
export const parseValkeyUrl = (text: string): ValkeySettings | undefined => {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  const tls = ENCRYPTED.has(url.protocol);
  if (!tls && !PLAIN.has(url.protocol)) return undefined;
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  if (host === '' || url.search !== '' || url.hash !== '' || (!tls && !isLoopback(host))) return undefined;
  const path = /^\/?(\d{0,5})$/.exec(url.pathname);
  const database = Number(path?.[1] ?? Number.NaN);
  if (!(database < MOST_DATABASES)) return undefined;
  const user = decode(url.username);
  const password = decode(url.password);
  if (user === undefined || password === undefined || (user !== '' && password === '')) return undefined;
  return {
    host,
    port: url.port === '' ? PORT : Number(url.port),
    tls,
    user: user === '' ? undefined : user,
    password: password === '' ? undefined : new Secret(password),
    database,
  };
};
