import { z } from 'zod';
import { isId } from '../foundation/ids.ts';

export const auditEventSchema = z.object({
  id: z.string(),
  at: z.string().describe('RFC 3339, UTC'),
  actor: z
    .object({ id: z.string(), name: z.string().nullable() })
    .nullable()
    .describe('Who did it. Null for the server itself and for people who have been erased'),
  action: z.string().describe('The operation, as in this document'),
  target: z.string().nullable().describe('The id of what was changed'),
  details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
});

export const auditQuery = {
  before: z
    .string()
    .refine((text) => isId('aud', text), 'This is the id of an event, aud_…')
    .optional()
    .describe('`next` of the page before'),
  limit: z.coerce.number().int().min(1).max(100).optional().describe('How many, 50 where left out'),
};
