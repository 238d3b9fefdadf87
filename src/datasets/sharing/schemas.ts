import { z } from 'zod';
import { emailField, idField } from '../../http/fields.ts';

const time = z.string().describe('RFC 3339, UTC');
const given = z.enum(['read', 'modify']).describe('`modify` includes `read`').meta({ example: 'read' });
const end = time.nullable().describe('From when on it counts no more; null: no end');
const untilField = z.iso
  .datetime({ offset: true })
  .max(40)
  .describe('From when on the right counts no more, RFC 3339; it has to lie ahead')
  .meta({ example: '2027-06-30T22:00:00Z' });
const person = {
  user: z.string(),
  name: z.string().nullable(),
  email: z.string().nullable(),
  company: z.object({ id: z.string(), name: z.string().nullable() }).describe('In whose name they act'),
};

export const datasetParam = z
  .string()
  .describe('The dataset’s id, or its name in this company')
  .meta({ example: 'wells' });

/** One page of something. */
export const pageOf = <Item extends z.ZodType>(
  item: Item,
): z.ZodObject<{ items: z.ZodArray<Item>; next: z.ZodNullable<z.ZodString> }> =>
  z.object({ items: z.array(item), next: z.string().nullable() });

export const personSchema = z.object({
  ...person,
  right: z.enum(['read', 'modify', 'manage']),
  reason: z.enum(['company_owner', 'dataset_owner', 'company_role', 'grant']),
  why: z.string().describe('The reason as a sentence').meta({
    example:
      'Ada Lovelace may read it by a grant, until 30 June 2027 at 22:00 UTC, while acting for Engines.',
  }),
  grant: z.string().nullable().describe('The grant that decides, where one does'),
  until: end,
  you: z.boolean(),
});

export const aclSchema = z.object({
  acl: z.object({ viewers: z.array(z.string()), owners: z.array(z.string()) }),
  groups: z.array(
    z.object({
      email: z.string().meta({ example: 'data.wells.viewers@com-01kanz.example.com' }),
      members: z.array(z.object({ email: z.string(), role: z.enum(['OWNER', 'MEMBER']) })),
    }),
  ),
});

export const grantSchema = z.object({
  id: z.string(),
  ...person,
  right: given,
  until: end,
  granted_by: z.string().nullable().describe('The user who gave it'),
  granted_at: time,
  counts: z.boolean().describe('False where it has ended, or the dataset is not let out any more'),
});

export const newGrantSchema = z.strictObject({
  user: idField('usr')
    .describe('A member of the company')
    .meta({ example: 'usr_01kanzyq4pefq8h3v5m0s2t6xw' }),
  right: given,
  until: untilField.optional(),
});

export const grantChangeSchema = z.strictObject({
  right: given.optional(),
  until: untilField.nullable().optional().describe('Null takes the end away'),
});

export const invitationSchema = z.object({
  id: z.string(),
  email: z.string(),
  right: given,
  until: end,
  created_at: time,
  expires_at: time,
  invited_by: z.string().nullable().describe('The user who invited'),
});

export const newInvitationSchema = z.strictObject({
  email: emailField().meta({ example: 'ada@partner.example' }),
  right: given,
  until: untilField.optional(),
});

/** As `tokenText` of sessions: what is no token is answered like a link that is over. */
const tokenText = z.string().max(200).describe('From the fragment of the mailed link');

export const tokenSchema = z.strictObject({ token: tokenText });

export const invitationViewSchema = z.object({
  company_name: z.string(),
  dataset_name: z.string(),
  email: z.string(),
  right: given,
  until: end,
  expires_at: time,
});

export const acceptedSchema = z.object({
  dataset: z.string(),
  dataset_name: z.string(),
  right: given,
  until: end,
});

export const askSchema = z.strictObject({
  dataset: z
    .string()
    .max(100)
    .describe('The id of a dataset, as whoever has it passes it on')
    .meta({ example: 'dst_01kanzyq4pefq8h3v5m0s2t6xw' }),
  right: given,
});

export const requestSchema = z.object({
  id: z.string(),
  dataset: z.object({ id: z.string(), name: z.string() }),
  email: z.string(),
  name: z.string().nullable(),
  company_name: z.string().describe('In whose name they want to use it'),
  right: given,
  created_at: time,
  expires_at: time,
});

export const decisionSchema = z.strictObject({
  decision: z.enum(['grant', 'refuse']),
  right: given.optional().describe('What is given; what was asked for where it is left out'),
  until: untilField.optional(),
  tell: z
    .boolean()
    .optional()
    .describe(
      'Whether a refusal is mailed, which says that there is such a dataset. Where left out: to members of the company, and not to others',
    ),
});

export const activitySchema = z.object({
  id: z.string(),
  at: time,
  actor: z
    .object({ id: z.string(), name: z.string().nullable(), email: z.string().nullable() })
    .nullable()
    .describe('A user or a key; null where somebody did it who has been erased'),
  action: z.string(),
  details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
});

export const switchSchema = z.object({
  shared_outside: z.boolean().describe('Whether the dataset is set to be let out'),
  company_allows: z.boolean().describe('Whether the company lets datasets out'),
  may_be_shared_outside: z.boolean().describe('Both'),
  people_outside: z.int().describe('Grants of people of other companies, counting or not'),
});

export const switchChangeSchema = z.strictObject({ shared_outside: z.boolean() });

export const settingsSchema = z.object({
  outside: z.boolean().describe('Whether datasets can be shared with people of other companies'),
  reads_logged: z
    .boolean()
    .describe('Whether reading a dataset is noted in the log, besides changes and exports'),
});

export const settingsChangeSchema = z.strictObject({
  outside: z.boolean().optional(),
  reads_logged: z.boolean().optional(),
});
