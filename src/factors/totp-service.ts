/** Authenticator apps: adding one in two steps, and removing it. */
import type { KeyObject } from 'node:crypto';
import type { SessionCaller } from '../foundation/caller.ts';
import type { Database } from '../store/database.ts';
import { lockOwner, type Renewal } from '../users/credentials.ts';
import { openSecret, sealSecret } from '../foundation/box.ts';
import { noteFactorAdded, noteFactorRemoved, refuseLastFactor, waysInOf } from './enrol.ts';
import { codeWrong, totpExists, totpNotFound, totpNotStarted } from './problems.ts';
import { confirmTotp, findTotp, removeTotp, startTotp } from './store.ts';
import { describeTotp, matchTotp, newTotpSecret } from './totp.ts';

/** Milliseconds from starting to confirming; later the secret may have lain on a screen for too long. */
const CONFIRM_MS = 60 * 60_000;

const APP = { factor: 'totp', name: null } as const;

export interface TotpService {
  /** A new secret, in place of one that was not confirmed. @throws totp_exists (409). */
  start(caller: SessionCaller, now: number): Promise<{ readonly secret: string; readonly uri: string }>;
  /**
   * The app counts from now on; its code does not count a second time. Gives recovery codes where there were none.
   * @throws code_wrong (400), totp_not_started, totp_exists (409).
   */
  confirm(caller: SessionCaller, code: string, now: number): Promise<readonly string[] | null>;
  /** @throws totp_not_found (404), second_factor_needed (409). */
  remove(caller: SessionCaller, now: number): Promise<Renewal>;
}

export interface TotpServiceOptions {
  readonly database: Database;
  /** `deriveKey(master, 'totp')`. */
  readonly boxKey: KeyObject;
  /** `deriveKey(master, 'recovery-code')`. */
  readonly codeKey: KeyObject;
  /** Under which name an app lists the account. */
  readonly issuer: string;
}

export const createTotpService = ({
  database,
  boxKey,
  codeKey,
  issuer,
}: TotpServiceOptions): TotpService => ({
  start: (caller, now) =>
    database.user(caller.user, async (tx) => {
      const { email } = await lockOwner(tx, caller, now);
      const secret = newTotpSecret();
      const box = sealSecret(boxKey, caller.user, secret);
      if ((await tx.one(startTotp, [caller.user, box, new Date(now)])) === undefined) throw totpExists();
      return describeTotp(secret, issuer, email);
    }),
  confirm: (caller, code, now) =>
    database.user(caller.user, async (tx) => {
      const { user } = caller;
      const owner = await lockOwner(tx, caller, now);
      const row = await tx.one(findTotp, [user]);
      if (row !== undefined && row.confirmed_at !== null) throw totpExists();
      if (row === undefined || now - row.created_at.getTime() > CONFIRM_MS) throw totpNotStarted();
      const step = matchTotp(openSecret(boxKey, user, row.box), code, now, row.last_step);
      if (step === undefined) throw codeWrong();
      const confirmed = await tx.one(confirmTotp, [user, row.box, step, new Date(now)]);
      if (confirmed === undefined) throw totpNotStarted();
      return noteFactorAdded(tx, codeKey, APP, { caller, owner, now });
    }),
  remove: (caller, now) =>
    database.user(caller.user, async (tx) => {
      const owner = await lockOwner(tx, caller, now);
      const ways = await waysInOf(tx, caller.user);
      if (!ways.hasTotp) throw totpNotFound();
      refuseLastFactor(ways);
      await tx.all(removeTotp, [caller.user]);
      return noteFactorRemoved(tx, APP, { caller, owner, now });
    }),
});
