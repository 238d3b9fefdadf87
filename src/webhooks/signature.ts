/** Signatures of messages, as Standard Webhooks has them (https://www.standardwebhooks.com, symmetric `v1`). */
import { hmacKey, hmacSha256, randomSecretBytes, Secret } from '../foundation/secret.ts';

/** Bytes of a secret; the specification asks for 24 to 64. */
export const SECRET_BYTES = 32;

/** 32 fresh bytes. */
export const newSecret = (): Buffer => randomSecretBytes(SECRET_BYTES);

/** As its owner gets it: `whsec_` and base64. */
export const writeSecret = (secret: Uint8Array): Secret =>
  new Secret(`whsec_${Buffer.from(secret).toString('base64')}`);

/** What a message is sent with. */
export interface SignedHeaders {
  readonly 'webhook-id': string;
  /** Seconds since the Unix epoch. */
  readonly 'webhook-timestamp': string;
  readonly 'webhook-signature': string;
}

/**
 * Signs `id.timestamp.body` with each secret, so that a receiver may have either while one replaces the other.
 * @param now milliseconds since the Unix epoch: of the attempt, not of the event.
 */
export const signMessage = (
  secrets: readonly Uint8Array[],
  id: string,
  body: string,
  now: number,
): SignedHeaders => {
  const timestamp = String(Math.floor(now / 1000));
  const signed = `${id}.${timestamp}.${body}`;
  const signatures = secrets.map(
    (secret) => `v1,${hmacSha256(hmacKey(Buffer.from(secret)), signed).toString('base64')}`,
  );
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') };
};
