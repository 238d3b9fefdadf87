import { z } from 'zod';
import { nameField } from '../http/fields.ts';
import { EVENT_TYPES, EVENTS, type EventType } from './events.ts';
import { FAILING_DAYS, LONGEST_DESCRIPTION, LONGEST_URL, OVERLAP_HOURS } from './limits.ts';

const time = z.string().describe('RFC 3339, UTC');

export const webhookSchema = z.object({
  id: z.string(),
  url: z.string().describe('In its canonical form'),
  description: z.string(),
  events: z.array(z.string()).describe('What it is told of'),
  is_enabled: z.boolean(),
  disabled_because: z
    .enum(['gone', 'failing'])
    .nullable()
    .describe(
      `Why it was switched off by the server: its receiver answered 410, or nothing arrived for ${FAILING_DAYS} days; null otherwise`,
    ),
  failing_since: time.nullable().describe('Since when nothing arrives; null where the last message did'),
  previous_secret_expires_at: time
    .nullable()
    .describe('Until when the secret before the last rotation signs along'),
  created_at: time,
});

const eventList = Object.entries(EVENTS)
  .map(([type, meaning]) => `\`${type}\`: ${meaning}`)
  .join('. ');

const FIELDS = {
  url: z
    .string()
    .min(1)
    .max(LONGEST_URL)
    .describe('https, port 443 or from 1024 on, without a user and a fragment; a host with public addresses'),
  description: z.union([z.literal(''), nameField(LONGEST_DESCRIPTION)]).describe('For people; may be empty'),
  events: z
    .array(z.enum(EVENT_TYPES as readonly [EventType, ...EventType[]]))
    .min(1, 'Choose at least one.')
    .max(EVENT_TYPES.length * 2)
    .transform((events) => [...new Set(events)])
    .describe(eventList),
};

export const newWebhookSchema = z.strictObject({
  url: FIELDS.url,
  description: FIELDS.description.default(''),
  events: FIELDS.events,
});

export const webhookChangeSchema = z
  .strictObject({
    url: FIELDS.url.optional(),
    description: FIELDS.description.optional(),
    events: FIELDS.events.optional(),
    is_enabled: z.boolean().optional(),
  })
  .refine((change) => Object.keys(change).length > 0, 'Say what is to change.');

export const webhookRotationSchema = z.strictObject({
  expected_previous_secret_expires_at: z.iso
    .datetime({ offset: true })
    .nullable()
    .optional()
    .describe(
      '`previous_secret_expires_at` as you know it. Where another is found, nothing is done (409), so that a double click does not end the secret that is in use',
    ),
});

export const webhookSecretSchema = z.object({
  webhook: webhookSchema,
  secret: z
    .string()
    .describe(
      `\`whsec_\` and base64, as the libraries of Standard Webhooks take it. Shown now and never again. After a rotation both secrets sign for ${OVERLAP_HOURS} hours`,
    ),
});

export const deliverySchema = z.object({
  id: z.string().describe('The `webhook-id` of every attempt'),
  webhook: z.string(),
  type: z.string(),
  created_at: time,
  state: z.enum(['waiting', 'delivered', 'failed']),
  attempts: z.int().nonnegative(),
  attempted_at: time.nullable(),
  next_at: time.nullable().describe('When it is tried next; null where it is not'),
  ended_at: time.nullable(),
  status: z.int().nullable().describe('Status of the last answer; null where there was none'),
  reason: z
    .string()
    .nullable()
    .describe(
      'Why there was no answer: `name_not_found`, `name_unanswered`, `not_public`, `connection`, `tls`, `timeout`, `protocol`, `url`, `disabled`, `backlog`, `secret`; null where there was one',
    ),
  can_resend: z.boolean().describe('Whether what it says is still there'),
});

export const deliveriesSchema = z.object({ items: z.array(deliverySchema), next: z.string().nullable() });
