import { z } from 'zod';
import { MOST_COLUMNS, MOST_KEY_COLUMNS } from '../../services/datasets/access/content.ts';
import { COLUMN_TYPES, type ColumnType } from '../../services/datasets/query/column-types.ts';

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
  ordered: z.boolean().describe('Whether it is loaded as soon as it is there and looked at'),
  dataset: z.string().nullable().describe('Where it goes or went'),
  version: z.int().nullable().describe('Of the dataset; null until it is loaded'),
  failure: z
    .string()
    .nullable()
    .describe(
      'Why it is unreadable or failed: rows_rejected, version_conflict, duplicate_key, right_lost, dataset_gone, columns_differ, bytes_lost, disk_full, given_up (the server ended each time that it was at it), internal_error, or what makes the file unreadable',
    ),
  detail: z.string().nullable().describe('Where in the file, in a sentence, where that is known'),
  created_at: time,
  expires_at: time.describe('When it is forgotten, unless something happens to it before'),
});

export const uploadsSchema = z.object({ items: z.array(stateSchema), next: z.null() });

/** What was found in a file and how it is read. */
export const planSchema = z.object({
  phase: stateSchema.shape.phase,
  failure: stateSchema.shape.failure,
  detail: stateSchema.shape.detail,
  plan: z
    .looseObject({})
    .nullable()
    .describe(
      'Format, dialect, columns with their types and samples, rows and problems; null until somebody has looked',
    ),
});

const columnTypes = COLUMN_TYPES as unknown as [ColumnType, ...ColumnType[]];

/** What its uploader wants read otherwise; what is left out stays as it was. */
export const correctionsSchema = z.strictObject({
  format: z.enum(['csv', 'tsv', 'json', 'ndjson', 'parquet', 'xlsx']).optional(),
  encoding: z.enum(['utf-8', 'utf-16le', 'utf-16be', 'windows-1252', 'iso-8859-1']).optional(),
  dialect: z
    .strictObject({
      delimiter: z.enum([',', ';', '\t', '|']).optional(),
      quote: z.enum(['"', "'", '']).optional(),
      escape: z.enum(['"', "'", '\\', '']).optional(),
      lineEnd: z.enum(['\n', '\r\n', '\r']).optional(),
      header: z.boolean().optional().describe('Whether the first row names the columns'),
      decimal: z.enum(['.', ',']).optional(),
      guarded: z
        .boolean()
        .optional()
        .describe(
          'Whether it is a download with `safe=1`: the apostrophes that it has before formulas come off. Never guessed',
        ),
    })
    .optional(),
  sheet: z.string().max(255).optional(),
  header: z.boolean().optional().describe('Of a workbook'),
  nullWords: z.array(z.string().max(64)).max(20).optional().describe('Texts that stand for nothing'),
  columns: z
    .array(
      z
        .strictObject({ name: z.string().min(1).max(63).optional(), type: z.enum(columnTypes).optional() })
        .nullable(),
    )
    .max(MOST_COLUMNS)
    .optional()
    .describe('By their place in the file; null leaves one as it was found'),
  key: z.array(z.string().min(1).max(63)).max(MOST_KEY_COLUMNS).optional(),
});

const name = z
  .string()
  .regex(/^[a-z][a-z0-9_-]{0,62}$/)
  .describe('Stands in addresses: small letters, digits, _ and -');

const newDataset = z.strictObject({
  name,
  title: z.string().max(200).optional(),
  visibility: z.enum(['company', 'private']),
});

/** Where it goes: into a dataset that there is, or into a new one. */
export const loadSchema = z.strictObject({
  dataset: z
    .string()
    .min(1)
    .max(64)
    .optional()
    .describe('Id, or the name of one of the company’s; left out with `new`'),
  new: newDataset.optional().describe('Makes the dataset; it goes again where the load fails'),
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

/** The same for a key, which makes what the members of its company share: a private dataset is somebody's. */
export const keyLoadSchema = loadSchema.extend({
  new: newDataset
    .extend({ visibility: z.literal('company').default('company') })
    .optional()
    .describe('Makes the dataset, visible to the company; it goes again where the load fails'),
});
