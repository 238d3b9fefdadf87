/** What an authenticator says about its own make, which nobody asked for and which is dropped unread. */
import { loadDecoders } from './webauthn.ts';

/**
 * The attestation object with its statement left out, as a browser that was asked for none writes it (WebAuthn §5.4.7).
 * Some authenticators send one all the same; looking at it would mean to fetch revocation lists from addresses that
 * stand in a stranger's certificate. Rejects for what cannot be decoded.
 * @param attestationObject base64url.
 */
export const dropAttestation = async (attestationObject: string): Promise<string> => {
  const { decodeAttestationObject, isoBase64URL, isoCBOR } = await loadDecoders();
  const authData = decodeAttestationObject(isoBase64URL.toBuffer(attestationObject)).get('authData');
  if (!(authData instanceof Uint8Array)) throw new TypeError('no authenticator data');
  const bare = new Map<string, unknown>([
    ['fmt', 'none'],
    ['attStmt', new Map()],
    ['authData', authData],
  ]);
  return isoBase64URL.fromBuffer(isoCBOR.encode(bare as Parameters<typeof isoCBOR.encode>[0]));
};
