/** Hears PostgreSQL's notifications on a connection of its own and finds its way back when that is lost. */
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { connect, type Connection } from './connection.ts';
import { StoreError } from './errors.ts';

export interface ListenerCallbacks {
  readonly onMessage: (payload: string) => void;
  /** True each time that listening begins, false each time that it is lost: notifications in between are missed. */
  readonly onState: (connected: boolean) => void;
}

export interface Listener {
  close(): Promise<void>;
}

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 2000;
/** A connection may die without a word (a firewall, a pulled cable); asking now and then finds it out. */
const HEARTBEAT_MS = 5000;
const HEARTBEAT_PATIENCE_MS = 5000;

const open = async (
  connection: Connection,
  channel: string,
  onMessage: (payload: string) => void,
): Promise<pg.Client> => {
  const client = await connect(connection, { name: 'vouchsafe listener', connectTimeoutMs: 3000 });
  client.on('notification', (message) => onMessage(message.payload ?? ''));
  try {
    await client.query(`listen ${channel}`);
    return client;
  } catch (error) {
    await client.end().catch(() => undefined);
    throw error;
  }
};

/** Resolves when the connection is lost or `stopped` fires. */
const untilLost = async (client: pg.Client, stopped: AbortSignal): Promise<void> => {
  const lost = new AbortController();
  const end = (): void => lost.abort();
  client.once('end', end);
  client.once('error', end);
  stopped.addEventListener('abort', end, { once: true });
  while (!lost.signal.aborted && !stopped.aborted) {
    await sleep(HEARTBEAT_MS, undefined, { signal: lost.signal }).catch(() => undefined);
    if (lost.signal.aborted) break;
    const beat = client.query('select').then(
      () => true,
      () => false,
    );
    const patience = sleep(HEARTBEAT_PATIENCE_MS, false, { signal: lost.signal }).catch(() => false);
    if (!(await Promise.race([beat, patience]))) break;
  }
  lost.abort();
  stopped.removeEventListener('abort', end);
};

/**
 * Listens on a channel (a plain lower-case name of ours). Resolves at the first attempt's end, whether it listens or
 * keeps trying; `onState` tells which.
 */
export const listen = async (
  connection: Connection,
  channel: string,
  callbacks: ListenerCallbacks,
): Promise<Listener> => {
  if (!/^[a-z_]+$/.test(channel)) throw new StoreError('listen', 'bad-channel');
  const stopping = new AbortController();
  const firstTry = Promise.withResolvers<undefined>();
  const keepListening = async (): Promise<void> => {
    let pause = FIRST_PAUSE_MS;
    while (!stopping.signal.aborted) {
      const client = await open(connection, channel, callbacks.onMessage).catch(() => undefined);
      if (client !== undefined) {
        pause = FIRST_PAUSE_MS;
        callbacks.onState(true);
        firstTry.resolve(undefined);
        await untilLost(client, stopping.signal);
        await Promise.race([client.end().catch(() => undefined), sleep(1000, undefined, { ref: false })]);
        callbacks.onState(false);
      }
      firstTry.resolve(undefined);
      await sleep(pause, undefined, { signal: stopping.signal }).catch(() => undefined);
      pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
    }
  };
  const listening = keepListening();
  await firstTry.promise;
  return {
    close: async () => {
      stopping.abort();
      await listening;
    },
  };
};
