/** TOTP secrets at rest: AES-256-GCM (NIST SP 800-38D) under a key outside the database, bound to their user. */
import { createCipheriv, createDecipheriv, type KeyObject } from 'node:crypto';
import type { UserId } from '../foundation/ids.ts';
import { randomSecretBytes } from '../foundation/secret.ts';

const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Nonce, ciphertext and tag in one; opens for this user only. @param key 256 bits, for this purpose alone. */
export const sealSecret = (key: KeyObject, user: UserId, secret: Uint8Array): Buffer => {
  const nonce = randomSecretBytes(NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES }).setAAD(
    Buffer.from(user),
  );
  return Buffer.concat([nonce, cipher.update(secret), cipher.final(), cipher.getAuthTag()]);
};

/** @throws Error where the box was made under another key or for another user, or was changed. */
export const openSecret = (key: KeyObject, user: UserId, box: Uint8Array): Uint8Array => {
  const decipher = createDecipheriv(ALGORITHM, key, box.subarray(0, NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  })
    .setAAD(Buffer.from(user))
    .setAuthTag(box.subarray(box.length - TAG_BYTES));
  return Buffer.concat([
    decipher.update(box.subarray(NONCE_BYTES, box.length - TAG_BYTES)),
    decipher.final(),
  ]);
};
