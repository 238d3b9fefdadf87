/**
 * Tokens that browsers keep for us: compact JWE (RFC 7516 §7.1) with `dir` and A256GCM, one key for each kind, so that
 * one kind can never be read as another. Nothing in a token's header decides anything.
 */
import { createCipheriv, createDecipheriv, hkdfSync, createSecretKey, type KeyObject } from 'node:crypto';
import { ok, refused, type Result } from '../foundation/result.ts';
import { randomSecretBytes } from '../foundation/secret.ts';

/** `known`: a browser that signed in before. `sign-up`: the browser that asked for one. */
export const TOKEN_KINDS = ['session', 'pending', 'known', 'sign-up'] as const;
export type TokenKind = (typeof TOKEN_KINDS)[number];

/** `unknown-key`: the form is right, but the ring has no such key, or not yet. */
export type TokenReason = 'malformed' | 'unknown-key' | 'forged';

/** What is encrypted under one key of the ring. */
export interface TokenKey {
  /** 8 to 32 characters of base64url. */
  readonly id: string;
  /** Milliseconds since the Unix epoch. */
  readonly createdAt: number;
  /** A 256-bit key for each kind. */
  readonly keys: Readonly<Record<TokenKind, KeyObject>>;
}

/** Longer than any token of ours, shorter than what a cookie may be (RFC 6265 §6.1). */
export const LONGEST_TOKEN = 2048;

const IV_BYTES = 12;
const TAG_BYTES = 16;
const CIPHER = 'aes-256-gcm';

/** @param secret 32 bytes. A key for each kind comes out of it by HKDF-SHA-256 (RFC 5869), the kind being the label. */
export const tokenKeyOf = (id: string, secret: Uint8Array, createdAt: number): TokenKey => {
  const derive = (kind: TokenKind): KeyObject =>
    createSecretKey(Buffer.from(hkdfSync('sha256', secret, '', `vouchsafe token ${kind}`, 32)));
  return {
    id,
    createdAt,
    keys: {
      session: derive('session'),
      pending: derive('pending'),
      known: derive('known'),
      'sign-up': derive('sign-up'),
    },
  };
};

const headerOf = (kind: TokenKind, keyId: string): string =>
  `{"alg":"dir","enc":"A256GCM","kid":"${keyId}","typ":"${kind}+jwt"}`;

const toBase64Url = (bytes: Uint8Array | string): string =>
  Buffer.from(bytes as string).toString('base64url');

/** Base64url without padding and without a second spelling of the same bytes (RFC 4648 §3.5); undefined otherwise. */
const fromBase64Url = (text: string): Buffer | undefined => {
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text ? bytes : undefined;
};

/** Encrypts claims; each token has a random IV of its own (NIST SP 800-38D §8.2.2). */
export const sealToken = (kind: TokenKind, key: TokenKey, claims: object): string => {
  const header = toBase64Url(headerOf(kind, key.id));
  const iv = randomSecretBytes(IV_BYTES);
  const cipher = createCipheriv(CIPHER, key.keys[kind], iv, { authTagLength: TAG_BYTES });
  cipher.setAAD(Buffer.from(header, 'ascii'));
  const text = Buffer.concat([cipher.update(JSON.stringify(claims), 'utf8'), cipher.final()]);
  return `${header}..${toBase64Url(iv)}.${toBase64Url(text)}.${toBase64Url(cipher.getAuthTag())}`;
};

/** Eight to thirty-two characters between two texts of fixed length. */
const KEY_ID = /^[A-Za-z0-9_-]{8,32}$/;

/**
 * The id of the key, if the header is exactly the one that a token of this kind has, byte for byte: so there is no
 * algorithm, compression, critical extension or doubled member to be read in two ways.
 */
const keyIdOf = (kind: TokenKind, header: string): string | undefined => {
  const text = fromBase64Url(header)?.toString('latin1');
  const id = text?.slice(headerOf(kind, '').indexOf('"kid":"') + 7).split('"', 1)[0];
  return id !== undefined && KEY_ID.test(id) && text === headerOf(kind, id) ? id : undefined;
};

const decrypt = (
  key: KeyObject,
  header: string,
  iv: Buffer,
  text: Buffer,
  tag: Buffer,
): string | undefined => {
  const decipher = createDecipheriv(CIPHER, key, iv, { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(header, 'ascii'));
  decipher.setAuthTag(tag);
  try {
    return decipher.update(text, undefined, 'utf8') + decipher.final('utf8');
  } catch {
    return undefined;
  }
};

/** What one token holds; only whoever has the key can have put it there. Says nothing about its times yet. */
export const openToken = (
  kind: TokenKind,
  token: string,
  find: (keyId: string) => TokenKey | undefined,
): Result<unknown, TokenReason> => {
  if (token.length > LONGEST_TOKEN) return refused('malformed');
  const parts = token.split('.');
  const [header = '', wrappedKey, ivText = '', cipherText = '', tagText = ''] = parts;
  // With `dir` there is no encrypted key (RFC 7518 §4.5).
  if (parts.length !== 5 || wrappedKey !== '') return refused('malformed');
  const keyId = keyIdOf(kind, header);
  const [iv, text, tag] = [fromBase64Url(ivText), fromBase64Url(cipherText), fromBase64Url(tagText)];
  if (keyId === undefined || iv?.length !== IV_BYTES || tag?.length !== TAG_BYTES || text === undefined) {
    return refused('malformed');
  }
  const key = find(keyId);
  if (key === undefined) return refused('unknown-key');
  const json = decrypt(key.keys[kind], header, iv, text, tag);
  if (json === undefined) return refused('forged');
  try {
    return ok(JSON.parse(json) as unknown);
  } catch {
    return refused('forged');
  }
};
