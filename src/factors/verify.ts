/** Whether a code proves somebody: what sign-in and step-up ask. All of it in a transaction of that user. */
import type { KeyObject } from 'node:crypto';
import type { UserId } from '../foundation/ids.ts';
import type { Transaction } from '../store/transaction.ts';
import { openSecret } from '../foundation/box.ts';
import { readRecoveryCode, recoveryDigest } from './recovery-codes.ts';
import { acceptTotpStep, countRecovery, findTotp, useRecovery } from './store.ts';
import { matchTotp } from './totp.ts';

/**
 * Whether this is a code of the user's confirmed authenticator app that was not accepted before. Of any number of
 * requests with the same code exactly one gets true, since the step is written on condition that it grows.
 * @param tx of this user (`database.user`). @param boxKey `deriveKey(master, 'totp')`. @param now in milliseconds.
 */
export const verifyTotp = async (
  tx: Transaction,
  boxKey: KeyObject,
  user: UserId,
  code: string,
  now: number,
): Promise<boolean> => {
  const row = await tx.one(findTotp, [user]);
  if (row === undefined || row.confirmed_at === null) return false;
  const step = matchTotp(openSecret(boxKey, user, row.box), code, now, row.last_step);
  if (step === undefined) return false;
  return (await tx.one(acceptTotpStep, [user, row.box, step])) !== undefined;
};

/** Whether a recovery code was right, and how many are left unused. */
export interface RecoveryVerdict {
  readonly ok: boolean;
  readonly left: number;
}

/** How many unused recovery codes the user has. @param tx of this user. */
export const countRecoveryCodes = async (tx: Transaction, user: UserId): Promise<number> =>
  (await tx.one(countRecovery, [user]))?.unused ?? 0;

/**
 * Uses a recovery code up, if it is one of the user's: exactly one of any number of requests with it gets `ok`.
 * @param tx of this user. @param codeKey `deriveKey(master, 'recovery-code')`. @param now in milliseconds.
 */
export const useRecoveryCode = async (
  tx: Transaction,
  codeKey: KeyObject,
  user: UserId,
  code: string,
  now: number,
): Promise<RecoveryVerdict> => {
  const signs = readRecoveryCode(code);
  const used =
    signs === undefined
      ? undefined
      : await tx.one(useRecovery, [user, recoveryDigest(codeKey, user, signs), new Date(now)]);
  return { ok: used !== undefined, left: await countRecoveryCodes(tx, user) };
};
