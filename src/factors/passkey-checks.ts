/** The cryptography of passkeys, by a library, with whatever it throws at hostile input turned into a plain no. */
import type { WebAuthnCredential } from '@simplewebauthn/server';
import { dropAttestation } from './attestation.ts';
import type { AuthenticationResponse, RegistrationResponse } from './schemas.ts';
import { loadWebAuthn } from './webauthn.ts';

/** COSE algorithms that every authenticator knows one of: EdDSA, ES256, RS256 (WebAuthn §5.8.5). */
export const SIGNATURES = [-8, -7, -257] as const;

/** Ways to an authenticator that a browser can be told to take (WebAuthn §5.8.4). */
const TRANSPORTS = new Set(['ble', 'hybrid', 'internal', 'nfc', 'smart-card', 'usb']);

/** Bytes; the limits of the table. */
const CREDENTIAL_ID = { least: 16, most: 1023 };
const PUBLIC_KEY = { least: 32, most: 2000 };

/** What a passkey is bound to. */
export interface Place {
  readonly rpId: string;
  readonly origin: string;
}

/** A passkey that was just made, as it is stored. */
export interface NewPasskey {
  readonly credentialId: Buffer;
  /** COSE_Key (RFC 9052 §7). */
  readonly publicKey: Buffer;
  readonly counter: number;
  readonly transports: readonly string[];
  /** Kept by more than one device. */
  readonly synced: boolean;
  readonly userVerified: boolean;
}

const isWithin = (bytes: Uint8Array, { least, most }: { least: number; most: number }): boolean =>
  bytes.length >= least && bytes.length <= most;

const expectationsOf = (challenge: string, { rpId, origin }: Place) =>
  ({
    expectedChallenge: challenge,
    expectedOrigin: origin,
    expectedRPID: rpId,
    requireUserVerification: true,
  }) as const;

/** A registration that holds; undefined where anything about it does not. @param challenge ours, taken out before. */
export const checkRegistration = async (
  { id, rawId, type, response }: RegistrationResponse,
  challenge: string,
  place: Place,
): Promise<NewPasskey | undefined> => {
  const { verifyRegistrationResponse } = await loadWebAuthn();
  try {
    const verdict = await verifyRegistrationResponse({
      ...expectationsOf(challenge, place),
      supportedAlgorithmIDs: [...SIGNATURES],
      response: {
        id,
        rawId,
        type,
        clientExtensionResults: {},
        response: {
          clientDataJSON: response.clientDataJSON,
          attestationObject: await dropAttestation(response.attestationObject),
        },
      },
    });
    if (!verdict.verified) return undefined;
    const { credential, credentialBackedUp, userVerified } = verdict.registrationInfo;
    const credentialId = Buffer.from(credential.id, 'base64url');
    const publicKey = Buffer.from(credential.publicKey);
    if (credential.id !== id || !userVerified) return undefined;
    if (!isWithin(credentialId, CREDENTIAL_ID) || !isWithin(publicKey, PUBLIC_KEY)) return undefined;
    const transports = [...new Set(response.transports)].filter((one) => TRANSPORTS.has(one));
    return {
      credentialId,
      publicKey,
      counter: credential.counter,
      transports,
      synced: credentialBackedUp,
      userVerified,
    };
  } catch {
    return undefined;
  }
};

/** The passkey as its row has it. */
interface StoredPasskey {
  readonly public_key: Uint8Array;
  readonly counter: number;
}

/** A use that holds, with its counter; undefined where anything about it does not, a counter that did not grow too. */
export const checkAssertion = async (
  { id, rawId, type, response }: AuthenticationResponse,
  challenge: string,
  place: Place,
  stored: StoredPasskey,
): Promise<{ readonly counter: number; readonly synced: boolean } | undefined> => {
  const credential: WebAuthnCredential = {
    id,
    publicKey: new Uint8Array(stored.public_key),
    counter: stored.counter,
  };
  const { clientDataJSON, authenticatorData, signature } = response;
  const { verifyAuthenticationResponse } = await loadWebAuthn();
  try {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      ...expectationsOf(challenge, place),
      credential,
      response: {
        id,
        rawId,
        type,
        clientExtensionResults: {},
        response: { clientDataJSON, authenticatorData, signature },
      },
    });
    if (!verified || !authenticationInfo.userVerified) return undefined;
    return { counter: authenticationInfo.newCounter, synced: authenticationInfo.credentialBackedUp };
  } catch {
    return undefined;
  }
};
