import { z } from 'zod';
import { ROLES } from '../foundation/caller.ts';
import { emailField, nameField } from '../http/fields.ts';
import { passwordText, tokenText } from '../sessions/schemas.ts';

const time = z.string().describe('RFC 3339, UTC');
const role = z.enum(ROLES);

export const memberSchema = z.object({
  user: z.string(),
  email: z.string(),
  name: z.string().nullable(),
  role,
  joined_at: time,
  second_factor: z.boolean().describe('Whether a second factor is enrolled'),
  you: z.boolean(),
});

export const roleChangeSchema = z.strictObject({
  role,
  expected_role: role.describe('The role as you know it. Where another is found, nothing is done (409)'),
});

export const invitationSchema = z.object({
  id: z.string(),
  email: z.string(),
  role,
  created_at: time,
  expires_at: time,
  invited_by: z.string().nullable().describe('The user who invited'),
});

export const newInvitationSchema = z.strictObject({ email: emailField(), role });

export const invitationTokenSchema = z.strictObject({ token: tokenText });

export const acceptanceSchema = z.strictObject({
  token: tokenText,
  password: passwordText.optional(),
  name: nameField(100).optional(),
});

export const invitationViewSchema = z.object({
  company_name: z.string(),
  email: z.string(),
  role,
  has_account: z
    .boolean()
    .describe('Whether the invited address has an account, which has to be signed in to'),
  expires_at: time,
});
