/** What follows when a second factor comes or goes: sessions, recovery codes, a mail to the owner. */
import type { KeyObject } from 'node:crypto';
import type { SessionCaller } from '../foundation/caller.ts';
import type { UserId } from '../foundation/ids.ts';
import type { Transaction } from '../store/transaction.ts';
import { renewCredentials, setSessionStrength, type Owner, type Renewal } from '../users/credentials.ts';
import { mailFactorChange, type NamedFactor } from './letters.ts';
import { secondFactorNeeded } from './problems.ts';
import { newRecoveryCode, readRecoveryCode, RECOVERY_CODES, recoveryDigest } from './recovery-codes.ts';
import { deleteRecovery, insertRecovery, readWaysIn } from './store.ts';
import { countRecoveryCodes } from './verify.ts';

/** A user's change to their factors: who, in which session, and when (milliseconds since the Unix epoch). */
export interface Change {
  readonly caller: SessionCaller;
  readonly owner: Owner;
  readonly now: number;
}

/** How somebody can get into their account, and whether a company asks for a second factor. */
export interface WaysIn {
  readonly hasPassword: boolean;
  readonly hasTotp: boolean;
  readonly passkeys: number;
  readonly isRequired: boolean;
}

/** @param tx of this user. */
export const waysInOf = async (tx: Transaction, user: UserId): Promise<WaysIn> => {
  const row = await tx.one(readWaysIn, [user]);
  return {
    hasPassword: row?.has_password ?? false,
    hasTotp: row?.has_totp ?? false,
    passkeys: row?.passkeys ?? 0,
    isRequired: row?.is_required ?? false,
  };
};

/** Ten fresh recovery codes in place of all there were, as they are shown once. @param tx of this user. */
export const replaceRecoveryCodes = async (
  tx: Transaction,
  codeKey: KeyObject,
  user: UserId,
  now: number,
): Promise<readonly string[]> => {
  await tx.all(deleteRecovery, [user]);
  const codes = Array.from({ length: RECOVERY_CODES }, newRecoveryCode);
  for (const code of codes) {
    const signs = readRecoveryCode(code) ?? '';
    await tx.all(insertRecovery, [user, recoveryDigest(codeKey, user, signs), new Date(now)]);
  }
  return codes;
};

/**
 * A factor was added: this session has one now, others do not, and the owner hears of it.
 * Gives recovery codes where there were none; null where there are some still.
 */
export const noteFactorAdded = async (
  tx: Transaction,
  codeKey: KeyObject,
  factor: NamedFactor,
  { caller, owner, now }: Change,
): Promise<readonly string[] | null> => {
  const { user } = caller;
  await setSessionStrength(tx, caller, true);
  const codes =
    (await countRecoveryCodes(tx, user)) > 0 ? null : await replaceRecoveryCodes(tx, codeKey, user, now);
  await mailFactorChange(tx, 'factor-added', factor, { user, email: owner.email, now });
  return codes;
};

/** Refuses to remove the last factor of somebody from whom a company asks for one. @throws second_factor_needed (409). */
export const refuseLastFactor = ({ hasTotp, passkeys, isRequired }: WaysIn): void => {
  if (isRequired && passkeys + (hasTotp ? 1 : 0) <= 1) throw secondFactorNeeded();
};

/**
 * A factor was removed: every other session ends, this one goes on; without any factor left it counts as one without,
 * and recovery codes, which stand in for one, are void.
 */
export const noteFactorRemoved = async (
  tx: Transaction,
  factor: NamedFactor,
  { caller, owner, now }: Change,
): Promise<Renewal> => {
  const { user, session } = caller;
  const renewal = await renewCredentials(tx, user, session, now);
  const { hasTotp, passkeys } = await waysInOf(tx, user);
  if (!hasTotp && passkeys === 0) {
    await setSessionStrength(tx, caller, false);
    await tx.all(deleteRecovery, [user]);
  }
  await mailFactorChange(tx, 'factor-removed', factor, { user, email: owner.email, now });
  return renewal;
};
