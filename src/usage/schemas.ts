import { z } from 'zod';
import { idField } from '../http/fields.ts';
import { INTERVALS } from './range.ts';
import { KINDS } from './rules.ts';

const count = z.int().nonnegative();
const milliseconds = z.number().nonnegative();

/** Days that usage can be of; the table of counters takes no others. */
const day = z.iso
  .date('This is a day of the form YYYY-MM-DD.')
  .refine((text) => text >= '2020-01-01' && text <= '2199-12-31', 'Usage is counted from 2020 on.');

/** Which counters: of which days, project and key. */
export const filterQuery = {
  from: day
    .optional()
    .describe(
      'First UTC day; where left out, 29 days before `to`, or by month the first of the month 11 before',
    ),
  to: day.optional().describe('Last UTC day, today where left out'),
  project: idField('prj').optional().describe('Of this project alone'),
  key: z
    .union([z.literal('none'), idField('key')], { error: 'This is an id of the form key_…, or none.' })
    .optional()
    .describe('Of this key alone; `none` is what was called with the id of a project'),
};

export const usageQuery = {
  ...filterQuery,
  interval: z.enum(INTERVALS).optional().describe('What to add up over, day where left out'),
};

const outcomes = { ok: count, refused: count, failed: count };

const estimate = z.object({
  estimate_ms: milliseconds.describe('Interpolated within its bucket'),
  at_most_ms: milliseconds
    .nullable()
    .describe(
      'The upper bound of its bucket, which is certain; null where it took longer than `estimate_ms`',
    ),
});

const durations = z
  .object({ p50: estimate, p90: estimate, p99: estimate })
  .nullable()
  .describe('Of requests that were not refused; null where none was measured');

export const usageSchema = z.object({
  interval: z.enum(INTERVALS),
  from: z.string(),
  to: z.string(),
  today: z.object(outcomes),
  month: z.object(outcomes).describe('Since the first of this month, UTC'),
  total: z.object({ ...outcomes, durations }).describe('Of the whole range'),
  days: z.array(z.object({ day: z.string(), ...outcomes })).describe('Empty by month'),
  months: z.array(z.object({ month: z.string(), ...outcomes })).describe('`YYYY-MM`; empty by day'),
  operations: z.array(z.object({ operation: z.string(), ...outcomes, durations })),
  keys: z.array(
    z.object({
      key: z
        .string()
        .nullable()
        .describe('Null: called with the id of the project, or before keys were told apart'),
      name: z.string().nullable(),
      project: z.string(),
      ...outcomes,
      durations,
    }),
  ),
});

export const unusualQuery = { project: filterQuery.project };

export const unusualSchema = z.object({
  items: z.array(
    z.object({
      kind: z
        .enum(KINDS)
        .describe('A busy day, the first call of a domain, or many requests refused or failed'),
      project: z.string(),
      project_name: z.string(),
      operation: z.string().nullable(),
      domain: z.object({ id: z.string(), origin: z.string().nullable() }).nullable(),
      day: z.string(),
      figure: count.describe('Requests; of kinds refused and failed those that were'),
      total: count.nullable().describe('Of how many requests, where the figure is a part'),
      usual: z
        .object({ low: z.number(), high: z.number() })
        .nullable()
        .describe('Requests a day, or with a total the share of it; over the 28 days before'),
      found_at: z.string().describe('RFC 3339, UTC'),
      sentence: z.string(),
    }),
  ),
  next: z.string().nullable(),
});
