/** One key for each purpose, all from one master (HKDF-SHA-256, RFC 5869): what one leaks says nothing about another. */
import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';

/** Every purpose for which the master is used; each is a label of its own. */
export const KEY_PURPOSES = ['ring', 'link', 'totp', 'recovery-code', 'webhook'] as const;
export type KeyPurpose = (typeof KEY_PURPOSES)[number];

/** A 256-bit key for one purpose. @param master 32 secret bytes. */
export const deriveKey = (master: Uint8Array, purpose: KeyPurpose): KeyObject =>
  createSecretKey(Buffer.from(hkdfSync('sha256', master, '', `vouchsafe ${purpose}`, 32)));
