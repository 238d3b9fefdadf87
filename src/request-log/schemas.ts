import { z } from 'zod';
import { isId } from '../foundation/ids.ts';
import { LONGEST_LOGGED_QUERY, MOST_DAYS, MOST_KEPT } from './limits.ts';

const time = z.string().describe('RFC 3339, UTC');

export const loggedRequestSchema = z.object({
  id: z.string(),
  at: time.describe('When it came, to the millisecond: RFC 3339, UTC'),
  operation: z.string().describe('As in this document'),
  status: z.int().describe('HTTP status of the answer'),
  duration_us: z.int().nonnegative().describe('Microseconds from the request to its answer'),
  key: z.string().nullable().describe("The key's id; null where a page gave the id of the project"),
  query: z
    .string()
    .nullable()
    .describe(
      `What was asked: the parameters of the operation without credentials, sorted by name and form-encoded, at most ${LONGEST_LOGGED_QUERY} characters. Null where queries were not logged`,
    ),
});

export const loggingSchema = z.object({
  days: z.int().nullable().describe('How long requests are kept; null where the log is off'),
  queries: z.boolean().describe('Whether what was asked is logged as well'),
  since: time.nullable().describe('Nothing that came before is in the log; null where it never was on'),
  kept_days: z
    .int()
    .nullable()
    .describe('While it is off: after how many days the rest of what was logged before is gone'),
});

export const requestPageSchema = z.object({
  items: z.array(loggedRequestSchema),
  next: z.string().nullable().describe('What to ask with for the requests before these'),
  logging: loggingSchema,
});

export const loggingChangeSchema = z.strictObject({
  days: z
    .int()
    .min(1)
    .max(MOST_DAYS)
    .nullable()
    .optional()
    .describe(
      `Turns the log on, for so many days and at most ${MOST_KEPT.toLocaleString('en')} requests; null turns it off`,
    ),
  queries: z.boolean().optional().describe('Whether what is asked is logged as well. Asks for a fresh proof'),
});

export const emptiedSchema = z.object({
  deleted: z.int().nonnegative().describe('Requests that were deleted from the log'),
});

/** A status, or a class of them as in `4xx`. */
const STATUS = /^[1-5](?:xx|\d\d)$/;

const filters = {
  operation: z.string().max(64).optional().describe('Of this operation alone'),
  status: z
    .string()
    .regex(STATUS, 'This is a status, as in 429, or a class of them, as in 4xx.')
    .optional()
    .describe('Of this status, as in `429`, or of these, as in `4xx`'),
};

export const requestsQuery = {
  before: z
    .string()
    .max(40)
    .refine((text) => isId('log', text), 'This is the id of a logged request, log_…')
    .optional()
    .describe('`next` of the page before'),
  limit: z.coerce.number().int().min(1).max(100).optional().describe('How many, 50 where left out'),
  ...filters,
};

export const requestsExportSchema = z.strictObject(filters);
