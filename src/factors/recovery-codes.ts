/** Recovery codes: ten of 50 bits, shown once, kept as keyed digests. */
import type { KeyObject } from 'node:crypto';
import type { UserId } from '../foundation/ids.ts';
import { hmacSha256, randomSecretBytes } from '../foundation/secret.ts';

/** How many a user gets at once. */
export const RECOVERY_CODES = 10;

/** Crockford's base32 in lower case, without i, l, o and u. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const SIGNS = 10;
const CODE = new RegExp(`^[${ALPHABET}]{${SIGNS}}$`);

/** A fresh code as it is shown: `xxxxx-xxxxx`. 256 is a multiple of 32, so every sign is equally likely. */
export const newRecoveryCode = (): string => {
  const signs = Array.from(randomSecretBytes(SIGNS), (byte) => ALPHABET[byte % ALPHABET.length]).join('');
  return `${signs.slice(0, SIGNS / 2)}-${signs.slice(SIGNS / 2)}`;
};

/**
 * The ten signs that somebody meant: case, spaces and dashes make no difference, and letters that are in no code are
 * read as the digits that they look like (Crockford). Undefined where it cannot be a code.
 */
export const readRecoveryCode = (typed: string): string | undefined => {
  // Long input is nobody's code and is not worth rewriting.
  if (typed.length > 64) return undefined;
  const signs = typed
    .toLowerCase()
    .replaceAll(/[\s\p{Pd}]/gu, '')
    .replaceAll('o', '0')
    .replaceAll(/[il]/g, '1');
  return CODE.test(signs) ? signs : undefined;
};

/** What a row keeps, 32 bytes; bound to the user, so that one in another's row is worth nothing. */
export const recoveryDigest = (key: KeyObject, user: UserId, signs: string): Buffer =>
  hmacSha256(key, `${user}:${signs}`);
