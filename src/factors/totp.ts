/** Codes of authenticator apps (RFC 6238 with the values that every app knows: SHA-1, six digits, 30 seconds). */
import { Secret as TotpSecret, TOTP } from 'otpauth';
import { digestsEqual, randomSecretBytes } from '../foundation/secret.ts';

const STEP_MS = 30_000;
/** Steps before and after the present one whose codes count, for clocks that are off and hands that are slow (§5.2). */
const WINDOW = 1;
/** As long as the HMAC's hash (RFC 4226 §4, R6). */
const SECRET_BYTES = 20;
const PARAMETERS = { algorithm: 'SHA1', digits: 6, period: STEP_MS / 1000 } as const;

const secretOf = (bytes: Uint8Array): TotpSecret => new TotpSecret({ buffer: new Uint8Array(bytes).buffer });

/** A fresh secret, 20 bytes. */
export const newTotpSecret = (): Buffer => randomSecretBytes(SECRET_BYTES);

/** A secret as it is shown to be typed, 32 characters of base32, and as the address that a QR code holds. */
export const describeTotp = (
  secret: Uint8Array,
  issuer: string,
  label: string,
): { readonly secret: string; readonly uri: string } => {
  const totp = new TOTP({ ...PARAMETERS, secret: secretOf(secret), issuer, label });
  return { secret: totp.secret.base32, uri: totp.toString() };
};

/** The code of a time step. */
export const totpCodeAt = (secret: Uint8Array, step: number): string =>
  TOTP.generate({ ...PARAMETERS, secret: secretOf(secret), timestamp: step * STEP_MS });

/** The time step of an instant in milliseconds since the Unix epoch. */
export const totpStepAt = (now: number): number => Math.floor(now / STEP_MS);

/**
 * The latest step after `lastStep` whose code this is; undefined where there is none. Every step of the window is
 * compared whatever the others were, each without telling by time where it differs.
 * @param code as it was typed: six digits, spaces allowed.
 */
export const matchTotp = (
  secret: Uint8Array,
  code: string,
  now: number,
  lastStep: number,
): number | undefined => {
  const typed = Buffer.from(code.replaceAll(/\s/g, ''));
  const present = totpStepAt(now);
  let found: number | undefined;
  for (let step = present - WINDOW; step <= present + WINDOW; step += 1) {
    const isEqual = digestsEqual(Buffer.from(totpCodeAt(secret, step)), typed);
    // RFC 6238 §5.2: a code is accepted once.
    if (isEqual && step > lastStep) found = step;
  }
  return found;
};
