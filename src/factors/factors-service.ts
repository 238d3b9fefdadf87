/** A user's factors as a whole: what there is, and new recovery codes. */
import type { KeyObject } from 'node:crypto';
import type { SessionCaller } from '../foundation/caller.ts';
import type { UserId } from '../foundation/ids.ts';
import type { Database } from '../store/database.ts';
import { lockOwner } from '../users/credentials.ts';
import { replaceRecoveryCodes, waysInOf } from './enrol.ts';
import { mailCodesReplaced } from './letters.ts';
import { itemOf, type PasskeyItem } from './passkey-service.ts';
import { noSecondFactor } from './problems.ts';
import { findTotp, listPasskeys } from './store.ts';
import { countRecoveryCodes } from './verify.ts';

export interface FactorsView {
  readonly hasPassword: boolean;
  /** Null where there is no confirmed authenticator app. */
  readonly totpSince: Date | null;
  readonly passkeys: readonly PasskeyItem[];
  readonly recoveryCodesLeft: number;
}

export interface Factors {
  show(user: UserId): Promise<FactorsView>;
  /** Ten fresh codes, shown once; those of before are void. @throws no_second_factor (409). */
  replaceCodes(caller: SessionCaller, now: number): Promise<readonly string[]>;
}

export const createFactors = ({
  database,
  codeKey,
}: {
  readonly database: Database;
  readonly codeKey: KeyObject;
}): Factors => ({
  show: (user) =>
    database.user(user, async (tx) => {
      const [ways, totp, passkeys, recoveryCodesLeft] = await Promise.all([
        waysInOf(tx, user),
        tx.one(findTotp, [user]),
        tx.all(listPasskeys, [user]),
        countRecoveryCodes(tx, user),
      ]);
      return {
        hasPassword: ways.hasPassword,
        totpSince: totp?.confirmed_at ?? null,
        passkeys: passkeys.map(itemOf),
        recoveryCodesLeft,
      };
    }),
  replaceCodes: (caller, now) =>
    database.user(caller.user, async (tx) => {
      const { user } = caller;
      const { email } = await lockOwner(tx, caller, now);
      const { hasTotp, passkeys } = await waysInOf(tx, user);
      if (!hasTotp && passkeys === 0) throw noSecondFactor();
      const codes = await replaceRecoveryCodes(tx, codeKey, user, now);
      await mailCodesReplaced(tx, { user, email, now });
      return codes;
    }),
});
