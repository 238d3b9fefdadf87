import { z } from 'zod';
import { ROLES } from '../foundation/caller.ts';
import { emailField, nameField } from '../http/fields.ts';
import { LONGEST_NAME } from './limits.ts';

const time = z.string().describe('RFC 3339, UTC');
const count = z.int().nonnegative();

export const companySchema = z.object({
  id: z.string(),
  name: z.string(),
  contact_email: z
    .string()
    .nullable()
    .describe('Where mail about failed attempts, webhooks and unusual use goes instead of to its owners'),
  require_second_factor: z
    .boolean()
    .describe('Whether only members who signed in with a second factor are let in'),
  mail_unusual: z.boolean().describe('Whether unusual use is mailed, once a day at most'),
  created_at: time,
  your_role: z.enum(ROLES),
});

export const newCompanySchema = z.strictObject({ name: nameField(LONGEST_NAME) });

export const companyChangeSchema = z.strictObject({
  name: nameField(LONGEST_NAME).optional(),
  contact_email: emailField().nullable().optional(),
  require_second_factor: z.boolean().optional(),
  mail_unusual: z.boolean().optional(),
});

export const projectSchema = z.object({
  id: z.string(),
  name: z.string(),
  created_at: time,
  keys: count.describe('Keys that work'),
  per_second: count.describe('Requests in a second, over time'),
  burst: count.describe('Requests that may come at once'),
  per_day: count.nullable().describe('Requests in a UTC day; null where there is no limit'),
  per_month: count.nullable().describe('Requests in a UTC month; null where there is no limit'),
  is_soft: z
    .boolean()
    .describe('Whether requests beyond those of a day or a month are answered all the same'),
  plan: z
    .string()
    .nullable()
    .describe('The plan that these limits are of; null where the project has limits of its own'),
  used_today: count.describe('Requests answered since 00:00 UTC'),
  used_this_month: count.describe('Requests answered since the first of the month, 00:00 UTC'),
  over_quota: z
    .boolean()
    .describe('Whether more was answered than a day or a month has, as soft limits allow'),
});

export const projectNameSchema = z.strictObject({ name: nameField(LONGEST_NAME) });
