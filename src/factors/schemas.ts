/** Shapes on the wire: codes, and what a browser says about a passkey (WebAuthn Level 3 §5.1), each with its limits. */
import { z } from 'zod';

/** A code of an authenticator app, with the spaces that apps show. */
export const totpCode = z
  .string()
  .regex(/^\s*\d{3}\s?\d{3}\s*$/, 'A code is six digits.')
  .max(16)
  .describe('The six digits that the authenticator app shows.')
  .meta({ examples: ['123456'] });

/** A recovery code as somebody types it; whether it is one is found out where it is checked. */
export const recoveryCode = z
  .string()
  .min(1)
  .max(64)
  .describe('One of the ten recovery codes; case, spaces and dashes make no difference.')
  .meta({ examples: ['7x2mq-9c4td'] });

/** Base64url without padding, at most so many characters. */
const base64url = (most: number): z.ZodString =>
  z
    .string()
    .min(1)
    .max(most)
    .regex(/^[A-Za-z0-9_-]+$/, 'This is not base64url.');

/** A credential id has at most 1023 bytes (WebAuthn §4). */
const credentialId = base64url(1364);
const transports = z.array(z.string().max(32)).max(16).optional();
const common = {
  id: credentialId,
  rawId: credentialId,
  type: z.literal('public-key'),
  authenticatorAttachment: z.string().max(32).nullish(),
  // What extensions answer is nothing that we ask for; let in, since browsers always send it, and not looked at.
  clientExtensionResults: z.record(z.string().max(64), z.unknown()).optional(),
};

/** What `PublicKeyCredential.toJSON()` gives after `navigator.credentials.create()`. */
export const registrationResponse = z
  .object({
    ...common,
    response: z.object({
      clientDataJSON: base64url(4096),
      attestationObject: base64url(32_768),
      transports,
    }),
  })
  .describe('What the browser gave for the options, as `PublicKeyCredential.toJSON()` writes it.');
export type RegistrationResponse = z.output<typeof registrationResponse>;

/** What `PublicKeyCredential.toJSON()` gives after `navigator.credentials.get()`. */
export const authenticationResponse = z
  .object({
    ...common,
    response: z.object({
      clientDataJSON: base64url(4096),
      authenticatorData: base64url(4096),
      signature: base64url(4096),
      userHandle: z
        .string()
        .max(128)
        .regex(/^[A-Za-z0-9_-]*$/)
        .nullish(),
    }),
  })
  .describe('What the browser gave for the options, as `PublicKeyCredential.toJSON()` writes it.');
export type AuthenticationResponse = z.output<typeof authenticationResponse>;

/** Options for the browser, as `parseCreationOptionsFromJSON()` and its sibling read them. */
export const ceremonyOptions = z
  .record(z.string(), z.unknown())
  .describe(
    'Give it to `PublicKeyCredential.parseCreationOptionsFromJSON()` or `parseRequestOptionsFromJSON()`.',
  );
