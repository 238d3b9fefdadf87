/** Shapes on the wire: what signing up and in takes and gives. */
import { z } from 'zod';
import { authenticationResponse, recoveryCode, registrationResponse, totpCode } from '../factors/schemas.ts';
import { ROLES } from '../foundation/caller.ts';
import { nameField } from '../http/fields.ts';

/** Longer than any address that we take; what it is worth is found out by `canonicalEmail`. */
export const emailText = z
  .string()
  .min(1)
  .max(1000)
  .describe('An e-mail address; upper and lower case are the same.')
  .meta({ examples: ['ada@example.com'] });

/** Longer than any password that we take, so that an over-long one gets its own answer. */
export const passwordText = z
  .string()
  .min(1)
  .max(4096)
  .describe(
    'The password: any characters, spaces too. At least 15, or 8 once a second factor is enrolled; at most 256.',
  )
  .meta({ examples: ['violet kettle hums at dawn'] });

/** Any text: what is no token is a link that does not work. */
export const tokenText = z
  .string()
  .max(200)
  .describe('What stands after `#token=` in the link that was mailed.')
  .meta({ examples: ['vYk3n0Yt5u2mJq8c1f7xR4zT6wE9sB0aD-gHhKlMnPo'] });

export const companyName = nameField(200)
  .describe('The name of the company.')
  .meta({ examples: ['Example Maps Ltd'] });

export const passkeyName = nameField(100)
  .describe('What the person calls the passkey.')
  .meta({ examples: ['Laptop'] });

const time = z.iso.datetime().meta({ examples: ['2026-11-22T12:00:00.000Z'] });

export const userSchema = z
  .object({ id: z.string(), email: z.string(), name: z.string().nullable() })
  .describe('The person who is signed in.');

export const membershipSchema = z
  .object({
    company: z.string(),
    name: z.string().describe('The name of the company.'),
    role: z.enum(ROLES),
    requires_second_factor: z.boolean(),
  })
  .describe('What the person is in a company.');

export const signedIn = z
  .object({
    state: z.literal('signed_in'),
    user: userSchema,
    memberships: z.array(membershipSchema),
    recovery_codes_left: z.int().optional().describe('After a recovery code was used: how many are left.'),
  })
  .describe('There is a session now; the cookie `__Host-vs-session` holds its token.');

export const secondStep = z
  .object({
    state: z.literal('second_factor'),
    methods: z.array(z.enum(['totp', 'passkey', 'recovery_code'])),
  })
  .describe('The password was right; there is no session before the second step.');

/** Exactly one of the members of a body with several. */
const isOne = (value: Readonly<Record<string, unknown>>): boolean =>
  Object.values(value).filter((one) => one !== undefined).length === 1;

export const secondProof = z
  .strictObject({
    totp: totpCode.optional(),
    passkey: authenticationResponse.optional(),
    recovery_code: recoveryCode.optional(),
  })
  .refine(isOne, 'Give exactly one of "totp", "passkey" and "recovery_code".');

export const freshProof = z
  .strictObject({
    password: passwordText.optional(),
    totp: totpCode.optional(),
    passkey: authenticationResponse.optional(),
  })
  .refine(isOne, 'Give exactly one of "password", "totp" and "passkey".');

export const confirmation = z
  .strictObject({
    token: tokenText,
    password: passwordText.optional(),
    passkey: z.strictObject({ name: passkeyName, response: registrationResponse }).optional(),
  })
  .refine(
    ({ password, passkey }) => password === undefined || passkey === undefined,
    'Give "password" or "passkey", not both.',
  );

export const sessionSummary = z.object({
  id: z.string(),
  current: z.boolean().describe('Whether it is the one that asks.'),
  created_at: time,
  last_seen_at: time.describe('To the quarter of an hour.'),
  browser: z.string().describe('The family of the browser.'),
  platform: z.string().describe('The operating system.'),
  second_factor: z.boolean(),
});

export const freshUntil = time.describe('Until then no further proof is asked for.');
