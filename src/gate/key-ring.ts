/**
 * The ring of keys under which tokens are encrypted: up to three, a new one each day, each wrapped in the database under
 * the installation's master key. A token outlives the turning of the ring by at least a day.
 */
import { createCipheriv, createDecipheriv, hkdfSync, type KeyObject } from 'node:crypto';
import { deriveKey } from '../foundation/derive.ts';
import type { Log } from '../foundation/log.ts';
import { Problem } from '../foundation/problem.ts';
import { randomSecretBytes } from '../foundation/secret.ts';
import type { Database } from '../store/database.ts';
import { tokenKeyOf, type TokenKey } from './session-token.ts';
import { addRingKey, lockRing, readRing, trimRing } from './store.ts';

/** A key is the newest for this long; daily, far from the 2^32 messages of one key (NIST SP 800-38D §8.3). */
const TURN_MS = 86_400_000;
const MOST_KEYS = 3;
/** A fresh key is not encrypted with before every thread and node had time to hear of it. */
const SETTLE_MS = 60_000;
const REFRESH_MS = 5 * 60_000;
/** Tokens with unknown keys, of which anybody can send many, make the ring be read this often at most. */
const ASK_AGAIN_MS = 1000;

const IV_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;

/** A row of the ring. */
interface RingRow {
  readonly id: string;
  readonly wrapped: Buffer;
  readonly created_at: Date;
}

const wrap = (wrapping: KeyObject, id: string, key: Buffer): Buffer => {
  const iv = randomSecretBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', wrapping, iv, { authTagLength: TAG_BYTES });
  cipher.setAAD(Buffer.from(id));
  return Buffer.concat([iv, cipher.update(key), cipher.final(), cipher.getAuthTag()]);
};

/** Undefined where the key was wrapped under another master, or for another id. */
const unwrap = (wrapping: KeyObject, { id, wrapped }: RingRow): Buffer | undefined => {
  if (wrapped.length !== IV_BYTES + KEY_BYTES + TAG_BYTES) return undefined;
  const iv = wrapped.subarray(0, IV_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', wrapping, iv, { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(id));
  decipher.setAuthTag(wrapped.subarray(-TAG_BYTES));
  try {
    return Buffer.concat([decipher.update(wrapped.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()]);
  } catch {
    return undefined;
  }
};

/**
 * Adds a key when the newest is a day old, and deletes all but the newest three. Any number of processes may call it at
 * once: one of them turns the ring, the others find it turned.
 * @param now milliseconds since the Unix epoch.
 * @returns whether a key was added.
 */
export const rotateRing = async (database: Database, master: Uint8Array, now: number): Promise<boolean> => {
  const wrapping = deriveKey(master, 'ring');
  return database.system(async (tx) => {
    await tx.all(lockRing, []);
    const rows = await tx.all(readRing, []);
    // Keys under another master are of no use; where nothing can be read, the ring begins anew.
    const newest = rows.find((row) => unwrap(wrapping, row) !== undefined);
    if (newest !== undefined && now - newest.created_at.getTime() < TURN_MS) return false;
    const id = randomSecretBytes(12).toString('base64url');
    await tx.all(addRingKey, [id, wrap(wrapping, id, randomSecretBytes(KEY_BYTES)), new Date(now)]);
    await tx.all(trimRing, [MOST_KEYS]);
    return true;
  });
};

/** The ring as one thread knows it. */
export interface KeyRing {
  /** The key to encrypt with now. @throws unavailable (503) while the ring could not be read yet. */
  current(): TokenKey;
  find(id: string): TokenKey | undefined;
  /** Not turned: for tokens that outlive the ring by far and open nothing by themselves. */
  readonly lasting: TokenKey;
  /** Since when `current` has been the one to encrypt with, in milliseconds since the Unix epoch. */
  currentSince(): number;
  /** Reads the ring anew, at most once a second; never rejects. */
  refresh(): Promise<void>;
  close(): void;
}

export interface KeyRingOptions {
  readonly database: Database;
  readonly master: Uint8Array;
  readonly now: () => number;
  readonly log: Log;
}

const LASTING_ID = 'lasting0';

/**
 * Opens the ring in this thread. It is read when a key is asked for that it does not have, and every few minutes; whoever
 * finds no key, or the newest a day old, turns it.
 */
export const openRing = ({ database, master, now, log }: KeyRingOptions): KeyRing => {
  const wrapping = deriveKey(master, 'ring');
  const lastingSecret = Buffer.from(hkdfSync('sha256', wrapping.export(), '', 'vouchsafe token lasting', 32));
  const lasting = tokenKeyOf(LASTING_ID, lastingSecret, 0);
  /** Newest first. */
  let keys: readonly TokenKey[] = [];
  let askedAt = Number.NEGATIVE_INFINITY;
  let asking: Promise<void> | undefined;

  const load = async (): Promise<void> => {
    let rows = await database.run(readRing, []);
    const newest = rows.find((row) => unwrap(wrapping, row) !== undefined);
    if (newest === undefined || now() - newest.created_at.getTime() >= TURN_MS) {
      await rotateRing(database, master, now());
      rows = await database.run(readRing, []);
    }
    const known = new Map(keys.map((key) => [key.id, key]));
    keys = rows.flatMap((row) => {
      const secret = known.has(row.id) ? undefined : unwrap(wrapping, row);
      const key =
        secret === undefined ? known.get(row.id) : tokenKeyOf(row.id, secret, row.created_at.getTime());
      return key === undefined ? [] : [key];
    });
  };

  const refresh = (): Promise<void> => {
    if (asking !== undefined) return asking;
    // A clock that was set back must not keep the ring from being read.
    if (Math.abs(now() - askedAt) < ASK_AGAIN_MS) return Promise.resolve();
    askedAt = now();
    asking = load()
      .catch((error: unknown) => log.warn('the ring of session keys could not be read', { error }))
      .finally(() => {
        asking = undefined;
      });
    return asking;
  };

  const timer = setInterval(() => void refresh(), REFRESH_MS).unref();

  const current = (): TokenKey => {
    const key = keys.find(({ createdAt }) => now() - createdAt >= SETTLE_MS) ?? keys.at(-1);
    if (key !== undefined) return key;
    void refresh();
    throw new Problem(503, 'unavailable', 'Sessions are not available at the moment', {
      detail: 'Try again in a second.',
      headers: { 'retry-after': '1' },
    });
  };

  return {
    current,
    find: (id) => keys.find((key) => key.id === id),
    lasting,
    currentSince: () => current().createdAt + SETTLE_MS,
    refresh,
    close: () => clearInterval(timer),
  };
};
