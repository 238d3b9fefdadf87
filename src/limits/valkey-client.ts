/** One connection to Valkey or Redis: runs scripts there, and comes back by itself when it was lost. */
import type { Redis } from 'iovalkey';
import { CannotStart } from '../store/cannot-start.ts';
import type { ValkeySettings } from './valkey-url.ts';

export interface ValkeyClient {
  /** Resolves when the first try to connect is over, however it went. @throws {CannotStart} where user or password are refused. */
  ready(): Promise<void>;
  /** Runs a script, which must be safe to lose: it is never sent twice. Rejects at once while there is no connection. */
  run(
    script: string,
    keys: readonly string[],
    values: readonly (string | number | Uint8Array)[],
  ): Promise<unknown>;
  close(): Promise<void>;
}

const CONNECT_MS = 2000;
/** A script takes a millisecond; the answer of a server that hangs is worth nothing later. */
const ANSWER_MS = 1000;
const LONGEST_PAUSE_MS = 5000;

/** The server said that this user or password, or what the user may do, is wrong; waiting would not help. */
const REFUSAL = /^(?:WRONGPASS|NOAUTH|NOPERM|ERR invalid password|ERR AUTH)\b/;

const toRefusal = (error: unknown, { host, port }: ValkeySettings): CannotStart | undefined => {
  const message = error instanceof Error ? error.message : '';
  return REFUSAL.test(message)
    ? new CannotStart(
        `The server at ${host}:${port} refuses the user or the password of VALKEY_URL, or lets them do too little; it needs +@connection +@read +@write +@scripting +info +time ~vouchsafe:*.`,
      )
    : undefined;
};

/** Begins to connect. Until the first try is over, scripts wait for it. */
export const openValkey = (settings: ValkeySettings): ValkeyClient => {
  const { host, port, tls, user, password, database } = settings;
  const open = async (): Promise<Redis> => {
    // Each thread would have it for itself, and most installations have no Valkey.
    const library = await import('iovalkey');
    return new library.Redis({
      host,
      port,
      db: database,
      ...(user === undefined ? {} : { username: user }),
      ...(password === undefined ? {} : { password: password.expose() }),
      ...(tls ? { tls: { servername: host, rejectUnauthorized: true } } : {}),
      connectTimeout: CONNECT_MS,
      commandTimeout: ANSWER_MS,
      // What cannot be sent now fails now, and what was lost on the way may have been done.
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: 0,
      lazyConnect: true,
      retryStrategy: (times) => Math.min(LONGEST_PAUSE_MS, 100 * 2 ** Math.min(times, 10)),
    });
  };
  let refusal: CannotStart | undefined;
  const note = (error: unknown): void => {
    refusal ??= toRefusal(error, settings);
  };
  const opened = open().then((client) => {
    // Whoever runs a script learns of it from there; without a listener the library would write it to the console.
    client.on('error', note);
    return client;
  });
  const first = opened.then((client) =>
    client.connect().then(() => client.ping().then(() => undefined, note), note),
  );
  // Whoever waits for it hears of it.
  first.catch(() => undefined);
  return {
    ready: async () => {
      await first;
      if (refusal !== undefined) throw refusal;
    },
    run: async (script, keys, values) => {
      await first;
      const client = await opened;
      const bytes = values.map((value) => (value instanceof Uint8Array ? Buffer.from(value) : value));
      return client.callBuffer('EVAL', [script, keys.length, ...keys, ...bytes]);
    },
    close: async () => {
      (await opened).disconnect();
      await first;
    },
  };
};
