import { z } from 'zod';

const time = z.string().describe('RFC 3339, UTC');
const count = z.int().nonnegative();

/** What is going on with an upload. */
export const stateSchema = z.object({
  id: z.string(),
  filename: z.string(),
  filetype: z.string().describe('As the uploader said; empty where they did not'),
  length: count.describe('Bytes that were announced'),
  offset: count.describe('Bytes that are there'),
  phase: z
    .enum(['arriving', 'looking', 'ready', 'unreadable', 'loading', 'loaded', 'failed'])
    .describe(
      'arriving: bytes are missing; looking: its columns are found out; ready: the plan is there and it can be loaded; unreadable: nothing can be found in it as it is read now; loading; loaded: it is a version of its dataset; failed: nothing was loaded, and it can be loaded again',
    ),
  bytes_done: count.describe('Bytes that are looked at or loaded so far'),
  rows: count.describe('Rows that are looked at or loaded so far'),
  rejected: count.describe('Rows among them that do not fit their columns'),
  dataset: z.string().nullable().describe('Where it goes or went'),
  version: z.int().nullable().describe('Of the dataset; null until it is loaded'),
  failure: z
    .string()
    .nullable()
    .describe(
      'Why it is unreadable or failed: rows_rejected, version_conflict, duplicate_key, right_lost, dataset_gone, columns_differ, bytes_lost, disk_full, internal_error, or what makes the file unreadable',
    ),
  created_at: time,
  expires_at: time.describe('When it is forgotten, unless something happens to it before'),
});

export const uploadsSchema = z.object({ items: z.array(stateSchema), next: z.null() });

/** What was found in a file and how it is read. */
export const planSchema = z.object({
  phase: stateSchema.shape.phase,
  failure: stateSchema.shape.failure,
  plan: z
    .looseObject({})
    .nullable()
    .describe(
      'Format, dialect, columns with their types and samples, rows and problems; null until somebody has looked',
    ),
});

/** What its uploader wants read otherwise. */
export const correctionsSchema = z
  .record(z.string().max(64), z.unknown())
  .describe(
    'Only what is to be changed: of the dialect, the header, the columns’ names and types, the words that stand for nothing, the key',
  );

const name = z
  .string()
  .regex(/^[a-z][a-z0-9_-]{0,62}$/)
  .describe('Stands in addresses: small letters, digits, _ and -');

/** Where it goes: into a dataset that there is, or into a new one. */
export const loadSchema = z.strictObject({
  dataset: z
    .string()
    .min(1)
    .max(64)
    .optional()
    .describe('Id, or the name of one of the company’s; left out with `new`'),
  new: z
    .strictObject({
      name,
      title: z.string().max(200).optional(),
      visibility: z.enum(['company', 'private']),
    })
    .optional()
    .describe('Makes the dataset; it goes again where the load fails'),
  mode: z
    .enum(['replace', 'append'])
    .default('replace')
    .describe(
      'replace: the rows of the file are the new version; append: they come after those that are there',
    ),
  rejected: z
    .enum(['stop', 'skip'])
    .default('stop')
    .describe('stop: nothing is loaded where a row does not fit; skip: such rows are left out'),
  expected_version: z
    .int()
    .nonnegative()
    .max(2_147_483_647)
    .optional()
    .describe('Fails where the dataset has another version by then, because somebody else was quicker'),
});
