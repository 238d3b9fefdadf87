/** Passkeys (WebAuthn Level 3): options for the browser, and what its answers prove. */
import type {
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/server';
import { utcDay, type Clock } from '../foundation/clock.ts';
import type { Id, UserId } from '../foundation/ids.ts';
import type { Database } from '../store/database.ts';
import { CEREMONY_MS, closeCeremony, openCeremony, type Ceremony } from './ceremony.ts';
import { readChallenge } from './client-data.ts';
import {
  checkAssertion,
  checkRegistration,
  SIGNATURES,
  type NewPasskey,
  type Place,
} from './passkey-checks.ts';
import { challengeOver, passkeyInvalid, passkeyRefused } from './problems.ts';
import type { AuthenticationResponse, RegistrationResponse } from './schemas.ts';
import { findPasskey, usePasskey } from './store.ts';
import { loadWebAuthn } from './webauthn.ts';

export type { NewPasskey } from './passkey-checks.ts';

/** A passkey as a browser has to be told of it. */
export interface KnownPasskey {
  readonly credentialId: Uint8Array;
  readonly transports: readonly string[];
}

/** Who was proved by which passkey. */
export interface ProvenPasskey {
  readonly passkey: Id<'pky'>;
  readonly user: UserId;
  /** Of the user when the passkey was looked up; a session is made under it or not at all. */
  readonly credentialEpoch: number;
}

/** Making a passkey is bound to the user it is for, or to the sign-up of one. */
type Registration =
  | { readonly purpose: 'sign-up'; readonly boundTo: Id<'sup'> }
  | { readonly purpose: 'enrol'; readonly boundTo: UserId };
/** Using one is bound to a user, except at sign-in, where the passkey says whose it is. */
type Authentication =
  | { readonly purpose: 'sign-in'; readonly boundTo: null }
  | { readonly purpose: 'second-factor' | 'proof'; readonly boundTo: UserId };

export interface Passkeys {
  registrationOptions(
    request: Registration & {
      readonly userName: string;
      readonly displayName: string;
      /** Passkeys that the user has: a device is not enrolled twice. */
      readonly exclude: readonly KnownPasskey[];
    },
  ): Promise<PublicKeyCredentialCreationOptionsJSON>;
  /** What is to be stored. @throws challenge_over, passkey_invalid (400). */
  verifyRegistration(
    request: Registration & { readonly response: RegistrationResponse },
  ): Promise<NewPasskey>;
  authenticationOptions(
    request: Authentication & { readonly allow?: readonly KnownPasskey[] },
  ): Promise<PublicKeyCredentialRequestOptionsJSON>;
  /**
   * Who was proved; the use is noted. One answer proves once.
   * @throws challenge_over (400), passkey_refused (401).
   */
  verifyAuthentication(
    request: Authentication & { readonly response: AuthenticationResponse },
  ): Promise<ProvenPasskey>;
}

export interface PasskeysOptions {
  readonly database: Database;
  /** The host of PUBLIC_URL. */
  readonly rpId: string;
  readonly rpName: string;
  /** PUBLIC_URL, with its port. */
  readonly origin: string;
  readonly clock: Clock;
}

/** The id that somebody who signs up with a passkey will have: the authenticator keeps it before there is a user. */
export const userToBe = (signUp: Id<'sup'>): UserId => `usr_${signUp.slice('sup_'.length)}`;

const userHandleOf = ({ boundTo }: Registration): UserId =>
  boundTo.startsWith('sup_') ? userToBe(boundTo as Id<'sup'>) : (boundTo as UserId);

const descriptorOf = ({ credentialId, transports }: KnownPasskey): { id: string; transports: string[] } => ({
  id: Buffer.from(credentialId).toString('base64url'),
  transports: [...transports],
});

/** Everything about passkeys of one installation; `rpId` and `origin` are what a passkey is bound to. */
export const createPasskeys = ({ database, rpId, rpName, origin, clock }: PasskeysOptions): Passkeys => {
  const place: Place = { rpId, origin };

  const takeChallenge = async (clientData: string, { purpose, boundTo }: Ceremony): Promise<string> => {
    const challenge = readChallenge(clientData);
    if (challenge === undefined) throw challengeOver();
    await closeCeremony(database, clock, challenge, { purpose, boundTo });
    return challenge;
  };

  return {
    registrationOptions: async (request) => {
      const { generateRegistrationOptions } = await loadWebAuthn();
      return generateRegistrationOptions({
        rpID: rpId,
        rpName,
        userID: new Uint8Array(Buffer.from(userHandleOf(request))),
        userName: request.userName,
        userDisplayName: request.displayName,
        challenge: await openCeremony(database, clock, request),
        timeout: CEREMONY_MS,
        attestationType: 'none',
        excludeCredentials: request.exclude.map(descriptorOf),
        authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
        supportedAlgorithmIDs: [...SIGNATURES],
      });
    },
    verifyRegistration: async (request) => {
      const { response } = request;
      const challenge = await takeChallenge(response.response.clientDataJSON, request);
      const passkey = await checkRegistration(response, challenge, place);
      if (passkey === undefined) throw passkeyInvalid();
      return passkey;
    },
    authenticationOptions: async (request) => {
      const { generateAuthenticationOptions } = await loadWebAuthn();
      return generateAuthenticationOptions({
        rpID: rpId,
        challenge: await openCeremony(database, clock, request),
        timeout: CEREMONY_MS,
        userVerification: 'required',
        allowCredentials: (request.allow ?? []).map(descriptorOf),
      });
    },
    verifyAuthentication: async (request) => {
      const { response, boundTo } = request;
      const challenge = await takeChallenge(response.response.clientDataJSON, request);
      const [row] = await database.run(findPasskey, [Buffer.from(response.id, 'base64url')]);
      // A passkey proves its own user and nobody else, whoever asked for the challenge.
      if (row === undefined || (boundTo !== null && row.user_id !== boundTo)) throw passkeyRefused();
      const user = row.user_id as UserId;
      const { userHandle } = response.response;
      const handle = userHandle ? Buffer.from(userHandle, 'base64url').toString() : undefined;
      // WebAuthn §7.2 step 6: nobody was named before, so the passkey has to say whom it is for, and the truth.
      if (handle === undefined ? boundTo === null : handle !== user) throw passkeyRefused();
      const used = await checkAssertion(response, challenge, place, row);
      if (used === undefined) throw passkeyRefused();
      const { counter, synced } = used;
      const noted = await database.user(user, (tx) =>
        tx.one(usePasskey, [user, row.passkey_id, counter, synced, utcDay(clock.now())]),
      );
      if (noted === undefined) throw passkeyRefused();
      return { passkey: row.passkey_id as Id<'pky'>, user, credentialEpoch: row.credential_epoch };
    },
  };
};
