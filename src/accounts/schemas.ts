import { z } from 'zod';
import { ROLES } from '../foundation/caller.ts';
import { emailField, nameField } from '../http/fields.ts';
import { LONGEST_NAME } from './limits.ts';

const time = z.string().describe('RFC 3339, UTC');
const count = z.int().nonnegative();

export const companySchema = z.object({
  id: z.string(),
  name: z.string(),
  contact_email: z.string().nullable().describe('Where mail about the company goes besides its owners'),
  require_second_factor: z
    .boolean()
    .describe('Whether only members who signed in with a second factor are let in'),
  created_at: time,
  your_role: z.enum(ROLES),
});

export const newCompanySchema = z.strictObject({ name: nameField(LONGEST_NAME) });

export const companyChangeSchema = z.strictObject({
  name: nameField(LONGEST_NAME).optional(),
  contact_email: emailField().nullable().optional(),
  require_second_factor: z.boolean().optional(),
});

export const projectSchema = z.object({
  id: z.string(),
  name: z.string(),
  per_second: count.describe('Requests in any one second'),
  per_day: count.nullable().describe('Requests in a UTC day; null where there is no limit'),
  created_at: time,
  keys: count.describe('Keys that work'),
  used_today: count.describe('Requests answered since 00:00 UTC'),
});

export const projectNameSchema = z.strictObject({ name: nameField(LONGEST_NAME) });

/** Days that usage can be of; the table of counters takes no others. */
const day = z.iso
  .date('This is a day of the form YYYY-MM-DD.')
  .refine((text) => text >= '2020-01-01' && text <= '2199-12-31', 'Usage is counted from 2020 on.');

export const usageQuery = {
  from: day.optional().describe('First UTC day, 29 days before `to` where left out'),
  to: day.optional().describe('Last UTC day, today where left out'),
};

const outcomes = { ok: count, refused: count, failed: count };

export const usageSchema = z.object({
  from: z.string(),
  to: z.string(),
  today: z.object(outcomes),
  month: z.object(outcomes).describe('Since the first of this month, UTC'),
  days: z.array(z.object({ day: z.string(), ...outcomes })),
  operations: z.array(z.object({ operation: z.string(), ...outcomes })),
});
