/** What the management of datasets takes and gives. */
import { z } from 'zod';
import { idField, nameField } from '../http/fields.ts';
import { LONGEST_DESCRIPTION, LONGEST_TITLE } from './limits.ts';

const time = z.string().describe('RFC 3339, UTC');
const count = z.int().nonnegative();
const visibility = z
  .enum(['company', 'private'])
  .describe(
    'Whether all members of the company see it by their role, or its owner and those it is shared with',
  );

/** As migration 0016 has it. */
const datasetName = z
  .string()
  .regex(
    /^[a-z][a-z0-9_-]{0,62}$/,
    'A name begins with a letter and has small letters, digits, - and _ only, 63 at most.',
  )
  .describe('Stands in addresses');

const description = z
  .string()
  .max(LONGEST_DESCRIPTION)
  // PostgreSQL holds no NUL, and half of a surrogate pair is no character.
  .refine((text) => !text.includes('\0') && text.isWellFormed(), 'A description is text.');

/** `:dataset` in a path. */
export const datasetField = z
  .string()
  .max(70)
  .describe('An id, `dst_…`, or the name of a dataset of the company');

/** `:number` of a version in a path. */
export const versionField = z
  .string()
  .regex(/^[1-9]\d{0,8}$/, 'Versions are numbered from 1.')
  .transform(Number);

const columnSchema = z.object({
  name: z.string(),
  type: z.string().describe('A type of PostgreSQL, such as int8, numeric, text, timestamptz'),
  label: z.string().optional().describe('As people call it'),
});

const summary = {
  id: z.string(),
  name: z.string(),
  title: z.string().nullable(),
  visibility,
  company: z
    .object({ id: z.string(), name: z.string() })
    .nullable()
    .describe('Whose it is, where that is another company; null for your own'),
  owner: z
    .object({ user: z.string(), name: z.string() })
    .nullable()
    .describe('Null where its owner has left the company, or is none of your company'),
  right: z.enum(['read', 'modify', 'manage']).describe('What you may do with it'),
  reason: z
    .enum(['company_owner', 'dataset_owner', 'company_role', 'grant'])
    .describe('By which rule: your role, since it is yours, or since it was shared with you'),
  may_be_shared_outside: z.boolean().describe('Whether people of other companies can be given rights on it'),
  version: count.describe('Its newest version; 0 while it has no content'),
  rows: count,
  column_count: count,
  created_at: time,
  changed_at: time.describe('When its newest version was made'),
};

export const datasetSummarySchema = z.object(summary);

export const datasetSchema = z.object({
  ...summary,
  description: z.string().nullable(),
  columns: z.array(columnSchema),
  key: z.array(z.string()).describe('Columns by which a row is known; none where there is no key'),
});

export const newDatasetSchema = z.strictObject({
  name: datasetName,
  title: nameField(LONGEST_TITLE).optional(),
  description: description.min(1).optional(),
  visibility,
  columns: z
    .array(
      z.strictObject({
        name: z.string().max(300),
        type: z.string().max(20),
        label: nameField(LONGEST_TITLE).optional(),
      }),
    )
    .min(1)
    .optional()
    .describe('Left out where the first upload says what they are'),
  key: z.array(z.string().max(300)).max(100).optional(),
});

export const datasetChangeSchema = z.strictObject({
  name: datasetName.optional(),
  title: nameField(LONGEST_TITLE).nullable().optional(),
  description: description.nullable().optional(),
  visibility: visibility.optional(),
  owner: idField('usr').optional().describe('A member of the company'),
});

const versionFields = {
  number: count,
  kind: z
    .enum(['create', 'upload', 'append', 'edit', 'restore'])
    .describe('How it came to be: made empty, uploaded, added to by an upload, edited, or restored'),
  made_at: time,
  made_by: z
    .object({ user: z.string().nullable(), key: z.string().nullable(), name: z.string() })
    .nullable()
    .describe('A user or a key of your company; null where gone, or of another company'),
  rows: count,
  added: count
    .nullable()
    .describe(
      'Rows that the version before does not have; null where both were too large to be compared while it was made',
    ),
  changed: count.nullable(),
  removed: count.nullable(),
};

export const versionsSchema = z.object({
  items: z.array(z.object(versionFields)),
  next: z.string().nullable(),
});

export const versionSchema = z.object({
  ...versionFields,
  columns: z.array(columnSchema),
  key: z.array(z.string()),
});

const cells = z
  .record(z.string(), z.string().nullable())
  .describe('Each cell as PostgreSQL writes it, as text, so that no digit is lost; null where it is empty');

export const differencesSchema = z.object({
  added: count,
  changed: count,
  removed: count,
  items: z.array(
    z.object({
      kind: z.enum(['added', 'changed', 'removed']),
      key: cells.nullable().describe('Null where the two have no key in common'),
      before: cells.nullable(),
      after: cells.nullable(),
    }),
  ),
  next: z.string().nullable(),
});

export const restoreSchema = z.strictObject({
  expected_version: count.optional().describe('Refused where this is not the newest version any more'),
});

export const restorationSchema = z.object({
  id: z.string(),
  dataset: z.string(),
  number: count.describe('The version that comes back'),
  phase: z.enum(['waiting', 'restoring', 'restored', 'failed']),
  rows: count,
  rows_done: count.describe('Rows that are copied by now'),
  version: count.nullable().describe('The new version, once there is one'),
  failure: z
    .enum(['version_conflict', 'right_lost', 'disk_full', 'internal_error'])
    .nullable()
    .describe('Why it failed; then nothing has changed'),
  created_at: time,
});

export const comparisonSchema = z.object({
  id: z.string(),
  dataset: z.string(),
  a: count,
  b: count,
  phase: z.enum(['waiting', 'comparing', 'compared', 'failed']),
  rows: count.describe('Of both versions together'),
  rows_done: count.describe('Rows that are read by now; once it is all of them, they are put side by side'),
  added: count.nullable().describe('Null until it is compared'),
  changed: count.nullable(),
  removed: count.nullable(),
  failure: z.enum(['right_lost', 'took_too_long', 'disk_full', 'internal_error']).nullable(),
  created_at: time,
});

/** `after` of a page, and how many. */
export const pageQuery = {
  after: z.string().max(70).optional().describe('`next` of the page before'),
  limit: z
    .string()
    .regex(/^(?:[1-9]\d?|100)$/, 'A page has 1 to 100.')
    .transform(Number)
    .optional(),
};

/** `after` of a page of differences: how many come before it. */
export const differencesQuery = {
  ...pageQuery,
  after: z
    .string()
    .regex(/^\d{1,6}$/, 'This is `next` of the page before.')
    .transform(Number)
    .optional()
    .describe('`next` of the page before'),
};

export type ShownSummary = z.input<typeof datasetSummarySchema>;
export type ShownDataset = z.input<typeof datasetSchema>;
export type ShownVersion = z.input<typeof versionsSchema>['items'][number];
export type ShownVersionDetail = z.input<typeof versionSchema>;
export type ShownDifferences = z.input<typeof differencesSchema>;
export type ShownComparison = z.input<typeof comparisonSchema>;
export type ShownRestoration = z.input<typeof restorationSchema>;
export type NewDataset = z.output<typeof newDatasetSchema>;
export type DatasetChange = z.output<typeof datasetChangeSchema>;
