import { z } from 'zod';

const stores = z.array(
  z.object({
    store: z.string().describe('What is kept there, such as `keys` or `sessions`'),
    rows: z.int().positive(),
  }),
);
const kept = z.array(z.string()).describe('What remains where until when, in sentences');

export const receiptSchema = z.object({
  receipt: z.object({ id: z.string(), at: z.string().describe('RFC 3339, UTC'), erased: stores, kept }),
});

export const accountPlanSchema = z.object({
  companies: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      fate: z.enum(['deleted', 'left']).describe('`deleted` where nobody else owns it'),
      members: z.int().positive(),
    }),
  ),
  stores: stores.describe('Rows that would be erased'),
  kept,
});

export const companyPlanSchema = z.object({ stores, members: z.int().positive(), kept });

/** Longer than what it has to equal; never kept. */
export const typedEmailSchema = z.strictObject({ email: z.string().max(1000) });
export const typedNameSchema = z.strictObject({ name: z.string().max(1000) });
