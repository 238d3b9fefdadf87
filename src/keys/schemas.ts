import { z } from 'zod';
import { nameField } from '../http/fields.ts';
import { LONGEST_KEY_NAME, LONGEST_OVERLAP_HOURS, USUAL_OVERLAP_HOURS } from './limits.ts';

const time = z.string().describe('RFC 3339, UTC');

export const keySchema = z.object({
  id: z.string(),
  project: z.string(),
  name: z.string(),
  public_key: z.string(),
  scopes: z.array(z.string()),
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

export const keyNameSchema = z.strictObject({ name: nameField(LONGEST_KEY_NAME) });

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
