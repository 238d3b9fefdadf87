/** An authenticator app, written from RFC 6238 and RFC 4226 alone: no code of the server's, and no library. */
import { createHmac } from 'node:crypto';

const STEP_MS = 30_000;
/** Milliseconds that a code may need until the server looks at it. */
const ON_THE_WAY_MS = 10_000;
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** Bytes of a text in base32 (RFC 4648 §6); spaces between groups and padding are left aside. */
export const decodeBase32 = (text: string): Buffer => {
  let bits = '';
  for (const letter of text.toUpperCase().replaceAll(/[\s=]/g, '')) {
    const value = ALPHABET.indexOf(letter);
    if (value === -1) throw new Error('no letter of base32');
    bits += value.toString(2).padStart(5, '0');
  }
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
};

/** The six digits of a step (RFC 4226 §5.3). */
export const codeOfStep = (secret: Uint8Array, step: number): string => {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const digest = createHmac('sha1', secret).update(counter).digest();
  const offset = (digest.at(-1) ?? 0) & 0xf;
  return String((digest.readUInt32BE(offset) & 0x7f_ff_ff_ff) % 1_000_000).padStart(6, '0');
};

/** An app that holds one secret. */
export interface AuthenticatorApp {
  /** A code that was not given before and is good at this moment, by clocks that differ by a step at most. */
  code(now?: number): Promise<string>;
}

/** Sets the app up by typing the secret in. */
export const createAuthenticatorApp = (typedSecret: string): AuthenticatorApp => {
  const secret = decodeBase32(typedSecret);
  let last = 0;
  return {
    code: async (now = Date.now()) => {
      // One step early or late is accepted (RFC 6238 §5.2), so three codes at once need no waiting; but a code that is
      // late must not become too late on its way.
      last = Math.max(last + 1, Math.floor((now + ON_THE_WAY_MS) / STEP_MS) - 1);
      const early = (last - 1) * STEP_MS - now;
      if (early > 0) await new Promise((resolve) => setTimeout(resolve, early));
      return codeOfStep(secret, last);
    },
  };
};
