/** The passkeys of a user: adding, renaming and removing them. */
import type { KeyObject } from 'node:crypto';
import type { PublicKeyCredentialCreationOptionsJSON } from '@simplewebauthn/server';
import type { SessionCaller } from '../foundation/caller.ts';
import { newId, type Id, type UserId } from '../foundation/ids.ts';
import type { Database } from '../store/database.ts';
import type { Transaction } from '../store/transaction.ts';
import { lockOwner, type Renewal } from '../users/credentials.ts';
import { noteFactorAdded, noteFactorRemoved, refuseLastFactor, waysInOf } from './enrol.ts';
import type { KnownPasskey, NewPasskey, Passkeys } from './passkeys.ts';
import { onlyWayIn, passkeyExists, passkeyNotFound, tooManyPasskeys } from './problems.ts';
import type { RegistrationResponse } from './schemas.ts';
import { insertPasskey, listPasskeys, removePasskey, renamePasskey } from './store.ts';

/** Passkeys of one user at most. */
export const MOST_PASSKEYS = 20;

/** A passkey as its owner sees it. */
export interface PasskeyItem {
  readonly id: string;
  readonly name: string;
  readonly createdAt: Date;
  /** A UTC day, `YYYY-MM-DD`. */
  readonly usedOn: string | null;
  readonly synced: boolean;
}

interface Row {
  readonly id: string;
  readonly name: string;
  readonly created_at: Date;
  readonly used_on: string | null;
  readonly synced: boolean;
}

/** A row as its owner sees it. */
export const itemOf = ({ id, name, created_at, used_on, synced }: Row): PasskeyItem => ({
  id,
  name,
  createdAt: created_at,
  usedOn: used_on,
  synced,
});

/** The passkeys of a user as a browser has to be told of them. @param tx of this user. */
export const knownPasskeys = async (tx: Transaction, user: UserId): Promise<readonly KnownPasskey[]> =>
  (await tx.all(listPasskeys, [user])).map(({ credential_id, transports }) => ({
    credentialId: credential_id,
    transports,
  }));

/**
 * Stores a passkey that was verified; nothing else is changed. For sign-up, and for enrolling.
 * @param tx of this user. @throws passkey_exists (409), which ends no transaction by itself.
 */
export const storePasskey = async (
  tx: Transaction,
  user: UserId,
  { name, passkey, now }: { readonly name: string; readonly passkey: NewPasskey; readonly now: number },
): Promise<PasskeyItem> => {
  const id = newId('pky', now);
  const { credentialId, publicKey, counter, transports, synced } = passkey;
  const createdAt = new Date(now);
  const values = [id, user, credentialId, publicKey, counter, transports, synced, name, createdAt] as const;
  if ((await tx.one(insertPasskey, values)) === undefined) throw passkeyExists();
  return { id, name, createdAt, usedOn: null, synced };
};

export interface AddedPasskey {
  readonly passkey: PasskeyItem;
  readonly recoveryCodes: readonly string[] | null;
}

export interface PasskeyService {
  options(caller: SessionCaller): Promise<PublicKeyCredentialCreationOptionsJSON>;
  /** @throws challenge_over, passkey_invalid (400), passkey_exists, too_many_passkeys (409). */
  add(
    caller: SessionCaller,
    wanted: { readonly name: string; readonly response: RegistrationResponse },
    now: number,
  ): Promise<AddedPasskey>;
  /** @throws passkey_not_found (404). */
  rename(caller: SessionCaller, passkey: Id<'pky'>, name: string): Promise<PasskeyItem>;
  /** @throws passkey_not_found (404), only_way_in, second_factor_needed (409). */
  remove(caller: SessionCaller, passkey: Id<'pky'>, now: number): Promise<Renewal>;
}

export interface PasskeyServiceOptions {
  readonly database: Database;
  readonly passkeys: Passkeys;
  /** `deriveKey(master, 'recovery-code')`. */
  readonly codeKey: KeyObject;
}

export const createPasskeyService = ({
  database,
  passkeys,
  codeKey,
}: PasskeyServiceOptions): PasskeyService => ({
  options: async (caller) => {
    const { user, email, name } = caller;
    const exclude = await database.user(user, (tx) => knownPasskeys(tx, user));
    if (exclude.length >= MOST_PASSKEYS) throw tooManyPasskeys(MOST_PASSKEYS);
    const person = { userName: email, displayName: name ?? email };
    return passkeys.registrationOptions({ purpose: 'enrol', boundTo: user, ...person, exclude });
  },
  add: async (caller, { name, response }, now) => {
    const { user } = caller;
    const passkey = await passkeys.verifyRegistration({ purpose: 'enrol', boundTo: user, response });
    return database.user(user, async (tx) => {
      const owner = await lockOwner(tx, caller, now);
      const ways = await waysInOf(tx, user);
      if (ways.passkeys >= MOST_PASSKEYS) throw tooManyPasskeys(MOST_PASSKEYS);
      const item = await storePasskey(tx, user, { name, passkey, now });
      const factor = { factor: 'passkey', name } as const;
      return {
        passkey: item,
        recoveryCodes: await noteFactorAdded(tx, codeKey, factor, { caller, owner, now }),
      };
    });
  },
  rename: async ({ user }, passkey, name) => {
    const row = await database.user(user, (tx) => tx.one(renamePasskey, [user, passkey, name]));
    if (row === undefined) throw passkeyNotFound();
    return itemOf(row);
  },
  remove: (caller, passkey, now) =>
    database.user(caller.user, async (tx) => {
      const { user } = caller;
      const owner = await lockOwner(tx, caller, now);
      const ways = await waysInOf(tx, user);
      const removed = await tx.one(removePasskey, [user, passkey]);
      if (removed === undefined) throw passkeyNotFound();
      if (!ways.hasPassword && ways.passkeys <= 1) throw onlyWayIn();
      refuseLastFactor(ways);
      const factor = { factor: 'passkey', name: removed.name } as const;
      return noteFactorRemoved(tx, factor, { caller, owner, now });
    }),
});
