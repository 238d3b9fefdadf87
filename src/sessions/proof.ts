/** Step-up: somebody who is signed in proves anew who they are, before what cannot be undone. */
import type { AuthenticationResponse } from '../factors/schemas.ts';
import { listPasskeys } from '../factors/store.ts';
import { verifyTotp } from '../factors/verify.ts';
import type { SessionCaller } from '../foundation/caller.ts';
import type { Secret } from '../foundation/secret.ts';
import type { Proof } from '../gate/claims.ts';
import type { Request } from '../http/route.ts';
import { FRESH_MS } from '../policy/authorise.ts';
import type { SessionParts } from './parts.ts';
import { invalidCode, invalidCredentials, proofMethodRefused, sessionEnded } from './problems.ts';
import { hasSecondFactor } from './start.ts';
import { lockUser, proveSession, readCredentials } from './store.ts';
import type { Visitor } from './visitor.ts';

export type FreshProof =
  | { readonly password: Secret }
  | { readonly totp: string }
  | { readonly passkey: AuthenticationResponse };

export interface Proven {
  /** Milliseconds since the Unix epoch. */
  readonly freshUntil: number;
  /** The session's next token, as a `Set-Cookie` value. */
  readonly cookie: string;
}

export interface Proofs {
  options(caller: SessionCaller): Promise<object>;
  /** @throws proof_method_refused, invalid_credentials, invalid_code, passkey_refused, session_ended, too_many_attempts. */
  prove(
    caller: SessionCaller,
    proof: FreshProof,
    visitor: Visitor,
    request: Request,
    now: number,
  ): Promise<Proven>;
}

export const createProofs = (parts: SessionParts): Proofs => {
  const { database, hasher, guessing, cookies, passkeys, totpKey } = parts;

  /** What was proved before the transaction that notes it; codes are taken in it. */
  const checkAhead = async (
    user: SessionCaller['user'],
    proof: FreshProof,
    known: { readonly phc: string | null; readonly isSecondEnrolled: boolean },
    visitor: Visitor,
  ): Promise<Proof> => {
    if ('passkey' in proof) {
      await passkeys.verifyAuthentication({ purpose: 'proof', boundTo: user, response: proof.passkey });
      return 'hwk';
    }
    if ('totp' in proof) return 'otp';
    if (known.isSecondEnrolled) throw proofMethodRefused();
    const { ok } = await hasher.verify(proof.password, known.phc ?? undefined, visitor.source);
    if (!ok) throw invalidCredentials();
    return 'pwd';
  };

  return {
    options: async ({ user }) => {
      const known = await database.user(user, (tx) => tx.all(listPasskeys, [user]));
      return passkeys.authenticationOptions({
        purpose: 'proof',
        boundTo: user,
        allow: known.map((one) => ({ credentialId: one.credential_id, transports: one.transports })),
      });
    },

    prove: async ({ user, session }, proof, visitor, request, now) => {
      guessing.proof(user, now);
      const row = await database.user(user, (tx) => tx.one(readCredentials, [user]));
      if (row === undefined) throw sessionEnded();
      const { phc, credential_epoch: epoch } = row;
      const kind = await checkAhead(
        user,
        proof,
        { phc, isSecondEnrolled: row.has_totp || row.passkeys > 0 },
        visitor,
      );
      await database.user(user, async (tx) => {
        await tx.one(lockUser, [user]);
        if ('totp' in proof && !(await verifyTotp(tx, totpKey, user, proof.totp, now))) throw invalidCode();
        // Enrolled while the password was looked at.
        if (kind === 'pwd' && (await hasSecondFactor(tx, user))) throw proofMethodRefused();
        const noted = await tx.one(proveSession, [user, session, epoch, kind !== 'pwd']);
        if (noted === undefined) throw sessionEnded();
      });
      guessing.rightProof(user);
      const cookie = cookies.continueSession(request, { provenAt: now, proofs: [kind] }, now);
      if (cookie === undefined) throw sessionEnded();
      return { freshUntil: now + FRESH_MS, cookie };
    },
  };
};
