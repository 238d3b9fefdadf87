/** Secrets at rest that have to be read again: AES-256-GCM (NIST SP 800-38D) under a key outside the database, each bound to its row. */
import { createCipheriv, createDecipheriv, type KeyObject } from 'node:crypto';
import { randomSecretBytes } from './secret.ts';

const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Nonce, ciphertext and tag in one: 28 bytes longer than the secret.
 * @param key 256 bits, for this purpose alone. @param boundTo the id of the row; it opens with the same one only.
 */
export const sealSecret = (key: KeyObject, boundTo: string, secret: Uint8Array): Buffer => {
  const nonce = randomSecretBytes(NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES }).setAAD(
    Buffer.from(boundTo),
  );
  return Buffer.concat([nonce, cipher.update(secret), cipher.final(), cipher.getAuthTag()]);
};

/** @throws Error where the box was made under another key or bound to another row, or was changed. */
export const openSecret = (key: KeyObject, boundTo: string, box: Uint8Array): Uint8Array => {
  const decipher = createDecipheriv(ALGORITHM, key, box.subarray(0, NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  })
    .setAAD(Buffer.from(boundTo))
    .setAuthTag(box.subarray(box.length - TAG_BYTES));
  return Buffer.concat([
    decipher.update(box.subarray(NONCE_BYTES, box.length - TAG_BYTES)),
    decipher.final(),
  ]);
};
