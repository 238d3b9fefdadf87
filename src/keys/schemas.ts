import { z } from 'zod';
import { FIRST_SCOPES, SCOPES } from '../foundation/caller.ts';
import { nameField } from '../http/fields.ts';
import { LONGEST_KEY_NAME, LONGEST_OVERLAP_HOURS, MOST_NETWORKS, USUAL_OVERLAP_HOURS } from './limits.ts';
import { canonicalNetwork } from './networks.ts';

const time = z.string().describe('RFC 3339, UTC');

export const keySchema = z.object({
  id: z.string(),
  project: z.string(),
  name: z.string(),
  public_key: z.string(),
  scopes: z.array(z.string()).describe('What its secret may do'),
  networks: z
    .array(z.string())
    .describe('From where its keys may be used, in CIDR notation; empty: from everywhere'),
  per_second: z
    .int()
    .nullable()
    .describe(
      "Requests of the pair in a second, within its project's; null where it has no limit of its own",
    ),
  per_day: z
    .int()
    .nullable()
    .describe(
      "Requests of the pair in a UTC day, within its project's; null where it has no limit of its own",
    ),
  created_at: time,
  created_by: z
    .string()
    .nullable()
    .describe('The user who made it; null for the operator and people who are gone'),
  last_used_at: time.nullable().describe('To the quarter of an hour'),
  expires_at: time.nullable(),
  revoked_at: time.nullable(),
  exposed_at: time.nullable().describe('When the secret was seen to travel in plain text'),
  previous_secret_expires_at: time
    .nullable()
    .describe('Until when the secret before the last rotation works'),
});

/** Any of the words that there are, each once. */
export const scopesField = z
  .array(z.enum(SCOPES))
  .min(1, 'Choose at least one.')
  .max(32)
  .transform((scopes) => [...new Set(scopes)]);

const networkField = z
  .string()
  .max(100)
  .transform((text, context) => {
    const network = canonicalNetwork(text);
    if (network !== undefined) return network;
    context.addIssue({
      code: 'custom',
      message: 'This is not a network such as 192.0.2.0/24 or 2001:db8::/32, with nothing behind its prefix.',
    });
    return z.NEVER;
  });

export const networksField = z
  .array(networkField)
  .max(MOST_NETWORKS, `A key has at most ${MOST_NETWORKS} networks.`)
  .transform((networks) => [...new Set(networks)]);

export const expiryField = z.iso
  .datetime({ offset: true, message: 'This is not a time such as 2027-01-31T00:00:00Z.' })
  .transform((text) => new Date(text))
  // Beyond these years other calendars in the house would stumble.
  .refine((at) => at.getUTCFullYear() >= 2000 && at.getUTCFullYear() <= 2199, 'Choose a year before 2200.');

const SETTINGS = {
  scopes: scopesField.describe('What its secret may do'),
  networks: networksField.describe(
    `From where its secret may be used, and its public key in pages, in CIDR notation, at most ${MOST_NETWORKS}; the address is that of the connection. None: from everywhere`,
  ),
  expires_at: expiryField.nullable().describe('When it ends by itself; null: never'),
  per_second: z
    .int()
    .min(1)
    .max(1_000_000)
    .nullable()
    .describe("Requests in a second, and as many at once, within its project's; null: no limit of its own"),
  per_day: z
    .int()
    .min(0)
    .max(2_000_000_000)
    .nullable()
    .describe("Requests in a UTC day, within its project's, refused beyond; null: no limit of its own"),
};

export const newKeySchema = z.strictObject({
  name: nameField(LONGEST_KEY_NAME),
  scopes: SETTINGS.scopes.default([...FIRST_SCOPES]),
  networks: SETTINGS.networks.default([]),
  expires_at: SETTINGS.expires_at.default(null),
  per_second: SETTINGS.per_second.default(null),
  per_day: SETTINGS.per_day.default(null),
});

export const keyChangeSchema = z
  .strictObject({
    name: nameField(LONGEST_KEY_NAME).optional(),
    scopes: SETTINGS.scopes.optional(),
    networks: SETTINGS.networks.optional(),
    expires_at: SETTINGS.expires_at.optional(),
    per_second: SETTINGS.per_second.optional(),
    per_day: SETTINGS.per_day.optional(),
  })
  .refine((change) => Object.keys(change).length > 0, 'Say what is to change.');

export const rotationSchema = z.strictObject({
  overlap_hours: z
    .int()
    .min(0)
    .max(LONGEST_OVERLAP_HOURS)
    .default(USUAL_OVERLAP_HOURS)
    .describe('How long the secret before goes on working'),
  expected_previous_secret_expires_at: z.iso
    .datetime({ offset: true })
    .nullable()
    .optional()
    .describe(
      '`previous_secret_expires_at` as you know it. Where another is found, nothing is done (409), so that a double click does not end the secret that is in use',
    ),
});

export const secretSchema = z.object({
  key: keySchema,
  secret: z.string().describe('Shown now and never again'),
});

const tokenField = z.string().max(200).describe('From the fragment of the link');

export const revealTokenSchema = z.strictObject({ token: tokenField });

export const useRevealSchema = z.strictObject({
  token: tokenField,
  overlap_hours: rotationSchema.shape.overlap_hours,
});

export const revealSchema = z.object({
  company: z.string(),
  company_name: z.string(),
  project_name: z.string(),
  key: keySchema,
  expires_at: time.describe('When the link ends'),
});

export const exposedSchema = z.strictObject({
  secret: z.string().max(256).describe('The secret key, as it was found'),
});

export const takenSchema = z.object({ taken: z.literal(true) });
