import { crc32 } from 'node:zlib';
import { randomSecretBytes, Secret } from '../foundation/secret.ts';

/** The two halves of a pair: `pk` may stand in a web page, `sk` may not. */
export type KeyKind = 'pk' | 'sk';
export type KeyEnvironment = 'live' | 'test';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** 43 characters out of 62 hold 256.03 bits. */
const RANDOM_LENGTH = 43;
/** 62⁶ > 2³². */
const CHECKSUM_LENGTH = 6;

/** For secret scanners; documented in SECURITY.md. */
export const KEY_PATTERN = /\bvs_(pk|sk)_(live|test)_[0-9A-Za-z]{49}\b/;

const WHOLE_KEY = /^vs_(pk|sk)_(live|test)_[0-9A-Za-z]{49}$/;

/** The length of every key: `vs_sk_live_` and 49 characters. */
export const KEY_LENGTH = 'vs_sk_live_'.length + RANDOM_LENGTH + CHECKSUM_LENGTH;

/** Uniform base62 characters: bytes of 248 and above are thrown away, as 248 is the last multiple of 62. */
const randomBase62 = (length: number): string => {
  let text = '';
  while (text.length < length) {
    for (const byte of randomSecretBytes(length)) {
      if (byte < 248 && text.length < length) text += ALPHABET[byte % 62];
    }
  }
  return text;
};

const checksum = (text: string): string => {
  let rest = crc32(text);
  let digits = '';
  for (let index = 0; index < CHECKSUM_LENGTH; index += 1) {
    digits = (ALPHABET[rest % 62] ?? '') + digits;
    rest = Math.floor(rest / 62);
  }
  return digits;
};

/** A fresh key: prefix, 256 random bits in base62, CRC32 of all before it in base62. */
export const generateKey = (kind: KeyKind, environment: KeyEnvironment): Secret => {
  const body = `vs_${kind}_${environment}_${randomBase62(RANDOM_LENGTH)}`;
  return new Secret(body + checksum(body));
};

/**
 * Whether a text is a key of this kind: exact prefix, alphabet, length and checksum.
 * It lets typos and guesses be refused before any database work (reference: GitHub's and Zuplo's key formats).
 */
export const isWellFormedKey = (kind: KeyKind, text: string): boolean =>
  text.length === KEY_LENGTH &&
  text.startsWith(`vs_${kind}_`) &&
  WHOLE_KEY.test(text) &&
  text.endsWith(checksum(text.slice(0, -CHECKSUM_LENGTH)));
