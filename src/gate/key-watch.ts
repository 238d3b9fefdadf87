import type { Log } from '../foundation/log.ts';

/** What the watch needs of the database. */
export interface KeyChanges {
  /** Calls `onChange` with the id of each key or project that changed, `onState` when the connection comes or goes. */
  listen(
    onChange: (id: string) => void,
    onState: (connected: boolean) => void,
  ): Promise<{ close(): Promise<void> }>;
  /** How many changes there have been. */
  epoch(): Promise<bigint | number>;
}

export interface KeyWatchOptions {
  readonly changes: KeyChanges;
  /** One key or project changed. */
  readonly forget: (id: string) => void;
  /** A change may have been missed. */
  readonly forgetAll: () => void;
  /** The database was asked a moment ago and every change before that has been passed on. */
  readonly confirm: () => void;
  readonly log: Log;
  /** Milliseconds between two polls; a missed notification is noticed by the second. */
  readonly pollMs?: number;
}

export interface KeyWatch {
  close(): Promise<void>;
}

const POLL_MS = 300;

/**
 * Learns of changed keys by `NOTIFY`, with a polling net under it: when the database's count of changes runs ahead
 * of the notifications for two polls, everything is forgotten. So a revocation is known within two polls even if
 * its notification is lost, and `confirm` stays away while the database cannot be asked.
 */
export const startKeyWatch = async (options: KeyWatchOptions): Promise<KeyWatch> => {
  const { changes, forget, forgetAll, confirm, log, pollMs = POLL_MS } = options;
  let notified = 0n;
  let seenEpoch = BigInt(await changes.epoch());
  let behindBefore = false;
  let failing = false;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  const subscription = await changes.listen(
    (id) => {
      notified += 1n;
      forget(id);
    },
    (connected) => {
      if (connected) forgetAll();
      else if (!closed)
        log.warn('key changes are not being heard; polling goes on', { code: 'key_watch_disconnected' });
    },
  );

  const poll = async (): Promise<void> => {
    const epoch = BigInt(await changes.epoch());
    const behind = epoch - seenEpoch > notified;
    if (behind && behindBefore) forgetAll();
    if (!behind || behindBefore) {
      seenEpoch = epoch;
      notified = 0n;
      behindBefore = false;
    } else {
      behindBefore = true;
    }
    confirm();
  };

  const loop = async (): Promise<void> => {
    try {
      await poll();
      if (failing) log.info('key changes are known again', { code: 'key_watch_recovered' });
      failing = false;
    } catch (error) {
      if (!failing)
        log.warn('key changes cannot be asked for; each key is checked in the database', { error });
      failing = true;
    }
    if (!closed) timer = setTimeout(() => void loop(), pollMs);
  };
  await poll();
  timer = setTimeout(() => void loop(), pollMs);

  return {
    close: async () => {
      closed = true;
      clearTimeout(timer);
      await subscription.close();
    },
  };
};
