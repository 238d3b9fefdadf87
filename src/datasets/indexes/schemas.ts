/** What the endpoints of indexes take and give. */
import { z } from 'zod';
import { MOST_INDEX_COLUMNS } from './index-sql.ts';

const columns = z.array(z.string());

export const indexSchema = z.object({
  index: z
    .int()
    .nullable()
    .describe('Its number; null for the one of the key, which every dataset with a key has'),
  kind: z.enum(['key', 'columns', 'search']),
  columns: columns.describe('In their order; empty for the one for search, which is of all texts'),
  state: z.enum(['ready', 'building', 'waiting', 'failed']),
  progress: z.int().nullable().describe('In hundredths, while PostgreSQL says so'),
  bytes: z.int().nullable(),
  failure: z
    .enum(['cell_too_long', 'disk_full', 'no_such_column'])
    .nullable()
    .describe('Why there is none of the present rows'),
  created_at: z.string().nullable().describe('RFC 3339, UTC'),
  reads: z.int().describe('Reads of the last thirty days that it serves, while it is ready'),
});

export const indexesSchema = z.object({
  items: z.array(indexSchema),
  suggestions: z.array(
    z.object({
      kind: z.enum(['columns', 'search']),
      columns,
      count: z.int().describe('Reads of the last thirty days that it would have served'),
      why: z.string(),
    }),
  ),
});

/** Either columns or search. */
export const newIndexSchema = z.union([
  z.strictObject({
    columns: z.array(z.string().max(63)).min(1).max(MOST_INDEX_COLUMNS).describe('The first counts most'),
  }),
  z.strictObject({ search: z.literal(true).describe('Of all texts, for words in large datasets') }),
]);

/** `:index` in a path. */
export const indexField = z
  .string()
  .regex(/^[1-9]\d{0,8}$/, 'Indexes are numbered from 1.')
  .transform(Number);

export type ShownIndex = z.output<typeof indexSchema>;
export type ShownIndexes = z.output<typeof indexesSchema>;
