/** Signing in: by password, with a second step where there is a second factor, or by a passkey alone. */
import { listPasskeys } from '../factors/store.ts';
import type { AuthenticationResponse } from '../factors/schemas.ts';
import { useRecoveryCode, verifyTotp } from '../factors/verify.ts';
import type { PendingCaller } from '../foundation/caller.ts';
import type { UserId } from '../foundation/ids.ts';
import { Problem } from '../foundation/problem.ts';
import type { Secret } from '../foundation/secret.ts';
import type { Proof } from '../gate/claims.ts';
import { enqueueMail } from '../mail/outbox.ts';
import type { Transaction } from '../store/transaction.ts';
import type { SessionParts } from './parts.ts';
import { invalidCode, invalidCredentials, sessionEnded } from './problems.ts';
import { secondFactorsOf, type SecondFactor } from './rules.ts';
import type { Started } from './start.ts';
import { findSignIn, lockUser, readCredentials, replaceHash } from './store.ts';
import { guesserOf, type Visitor } from './visitor.ts';

/** The password was right and a second factor is enrolled: there is no session yet, and only one thing to do. */
export interface SecondStep {
  readonly body: { readonly state: 'second_factor'; readonly methods: readonly SecondFactor[] };
  readonly cookies: readonly string[];
}

/** One way of taking the second step. */
export type SecondProof =
  | { readonly totp: string }
  | { readonly recoveryCode: string }
  | { readonly passkey: AuthenticationResponse };

/** A recovery code says how many are left, so that nobody finds out too late. */
export interface StrongStarted extends Started {
  readonly recoveryCodesLeft: number | undefined;
}

export interface SignIns {
  /** @throws invalid_credentials, the same whatever was wrong; too_many_attempts, passwords_paused. */
  withPassword(email: string, password: Secret, visitor: Visitor, now: number): Promise<Started | SecondStep>;
  /** Options for whichever passkey the person chooses. */
  passkeyOptions(visitor: Visitor, now: number): Promise<object>;
  /** @throws challenge_over, passkey_refused. */
  withPasskey(response: AuthenticationResponse, visitor: Visitor, now: number): Promise<Started>;
  secondStepOptions(caller: PendingCaller): Promise<object>;
  /** @throws invalid_code, passkey_refused, too_many_attempts; session_ended where the credentials changed meanwhile. */
  takeSecondStep(
    caller: PendingCaller,
    proof: SecondProof,
    visitor: Visitor,
    now: number,
  ): Promise<StrongStarted>;
}

export const createSignIns = (parts: SessionParts): SignIns => {
  const { database, hasher, guessing, cookies, passkeys, start, totpKey, recoveryKey } = parts;

  /** A hash made at a lower cost becomes one at the current cost; when hashing is busy, the next sign-in does it. */
  const raiseCost = async (user: UserId, phc: string, password: Secret, source: string): Promise<void> => {
    try {
      const next = await hasher.hash(password, source);
      await database.user(user, (tx) => tx.all(replaceHash, [user, phc, next]));
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
    }
  };

  const startStrong = async (
    tx: Transaction,
    caller: PendingCaller,
    proof: Proof,
    { device }: Visitor,
    now: number,
  ): Promise<Started> => {
    const { user, credentialEpoch } = caller;
    const started = await start(tx, { user, credentialEpoch, proofs: ['pwd', proof], device, now });
    if (started === undefined) throw sessionEnded();
    return started;
  };

  const byRecoveryCode = async (
    tx: Transaction,
    caller: PendingCaller,
    code: string,
    visitor: Visitor,
    now: number,
  ): Promise<StrongStarted> => {
    const { user } = caller;
    const { ok, left } = await useRecoveryCode(tx, recoveryKey, user, code, now);
    if (!ok) throw invalidCode();
    const started = await startStrong(tx, caller, 'rec', visitor, now);
    const recipient = started.body.user.email;
    await enqueueMail(tx, { template: 'recovery-code-used', recipient, params: { left }, user }, now);
    return { ...started, recoveryCodesLeft: left };
  };

  return {
    withPassword: async (email, password, visitor, now) => {
      const [account] = await database.run(findSignIn, [email]);
      const guesser = guesserOf(visitor, account?.user_id, account?.credential_epoch);
      guessing.password(email, guesser, now);
      const phc = account?.password ?? undefined;
      const { ok, outdated } = await hasher.verify(password, phc, guesser.familiar ?? visitor.source);
      if (!ok || account === undefined || phc === undefined) {
        guessing.wrongPassword(guesser, now);
        throw invalidCredentials();
      }
      guessing.rightPassword(email, guesser);
      const user = account.user_id as UserId;
      const credentialEpoch = account.credential_epoch;
      if (outdated) await raiseCost(user, phc, password, visitor.source);
      const methods = secondFactorsOf({
        hasTotp: account.has_totp,
        passkeys: account.passkeys,
        recoveryCodes: account.recovery_codes,
      });
      if (methods.length > 0) {
        return {
          body: { state: 'second_factor', methods },
          cookies: [cookies.pending({ user, credentialEpoch }, now)],
        };
      }
      const { device } = visitor;
      const started = await database.user(user, (tx) =>
        start(tx, { user, credentialEpoch, proofs: ['pwd'], device, now }),
      );
      // Changed or deleted while the password was looked at.
      if (started === undefined) throw invalidCredentials();
      return started;
    },

    passkeyOptions: (visitor, now) => {
      guessing.token(visitor.source, now);
      return passkeys.authenticationOptions({ purpose: 'sign-in', boundTo: null });
    },

    withPasskey: async (response, visitor, now) => {
      guessing.token(visitor.source, now);
      const { user, credentialEpoch } = await passkeys.verifyAuthentication({
        purpose: 'sign-in',
        boundTo: null,
        response,
      });
      const { device } = visitor;
      const started = await database.user(user, (tx) =>
        start(tx, { user, credentialEpoch, proofs: ['hwk'], device, now }),
      );
      if (started === undefined) throw sessionEnded();
      return started;
    },

    secondStepOptions: async ({ user, credentialEpoch }) => {
      const allow = await database.user(user, async (tx) => {
        const person = await tx.one(readCredentials, [user]);
        if (person?.credential_epoch !== credentialEpoch) throw sessionEnded();
        return tx.all(listPasskeys, [user]);
      });
      return passkeys.authenticationOptions({
        purpose: 'second-factor',
        boundTo: user,
        allow: allow.map((one) => ({ credentialId: one.credential_id, transports: one.transports })),
      });
    },

    takeSecondStep: async (caller, proof, visitor, now) => {
      const { user, credentialEpoch } = caller;
      const guesser = guesserOf(visitor, user, credentialEpoch);
      guessing.code(user, guesser, now);
      if ('passkey' in proof)
        await passkeys.verifyAuthentication({
          purpose: 'second-factor',
          boundTo: user,
          response: proof.passkey,
        });
      const started = await database.user(user, async (tx): Promise<StrongStarted> => {
        // Before any other row of theirs, in the order that changes of factors keep.
        await tx.one(lockUser, [user]);
        if ('recoveryCode' in proof) return byRecoveryCode(tx, caller, proof.recoveryCode, visitor, now);
        if ('totp' in proof && !(await verifyTotp(tx, totpKey, user, proof.totp, now))) throw invalidCode();
        const step = await startStrong(tx, caller, 'totp' in proof ? 'otp' : 'hwk', visitor, now);
        return { ...step, recoveryCodesLeft: undefined };
      });
      guessing.rightCode(user, guesser);
      return started;
    },
  };
};
