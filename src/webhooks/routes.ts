import { z } from 'zod';
import { proofNotFresh } from '../audit/problems.ts';
import { defineEndpoint } from '../http/endpoint.ts';
import { idField } from '../http/fields.ts';
import type { AnyRoute } from '../http/route.ts';
import { isFresh } from '../policy/authorise.ts';
import { createByHand, type ByHandParts } from './by-hand.ts';
import { FAILING_DAYS, KEPT_DAYS, MOST_WEBHOOKS, OVERLAP_HOURS } from './limits.ts';
import {
  deliveriesSchema,
  deliverySchema,
  newWebhookSchema,
  webhookChangeSchema,
  webhookRotationSchema,
  webhookSchema,
  webhookSecretSchema,
} from './schemas.ts';
import { createWebhooks, type WebhooksParts } from './service.ts';

/** What the endpoints of webhooks are made of. */
export interface WebhookRouteParts extends WebhooksParts, ByHandParts {}

const TAG = 'Webhooks';
const PATH = '/v1/companies/:company/webhooks';
const WEBHOOK = `${PATH}/:webhook`;
const DELIVERIES = `${WEBHOOK}/deliveries`;
const ofCompany = { company: z.string() };
const ofWebhook = { ...ofCompany, webhook: idField('whk') };

const URL_PROBLEMS = 'webhook_url_invalid, webhook_url_unreachable';

/** Endpoints of webhooks and their deliveries. Secrets are shown once, when they are made. */
export const createWebhookRoutes = (parts: WebhookRouteParts): readonly AnyRoute[] => {
  const webhooks = createWebhooks(parts);
  const byHand = createByHand(parts);
  return [
    defineEndpoint({
      operation: 'webhooks.list',
      method: 'GET',
      path: PATH,
      access: { member: 'webhooks.read' },
      tag: TAG,
      summary: 'Webhooks of a company',
      description: 'All webhooks, oldest first. Never a secret.',
      params: ofCompany,
      reply: {
        status: 200,
        description: 'The webhooks',
        schema: z.object({ items: z.array(webhookSchema), next: z.string().nullable() }),
      },
      handle: async (_input, { caller, membership: { company }, now }) => ({
        body: { items: await webhooks.list({ company, user: caller.user }, now), next: null },
      }),
    }),
    defineEndpoint({
      operation: 'webhooks.create',
      method: 'POST',
      path: PATH,
      access: { member: 'webhooks.change' },
      fresh: true,
      tag: TAG,
      summary: 'Make a webhook',
      description: `Sends what happens to an address of yours, signed as Standard Webhooks has it; at most ${MOST_WEBHOOKS} a company. Its secret stands in this answer and nowhere else. Messages go to public addresses only. Each comes at least once, with the same \`webhook-id\` in every attempt: ten attempts over three days, until you answer with 2xx. Redirects are not followed; 410 switches the webhook off, and so do ${FAILING_DAYS} days in which nothing arrives.`,
      params: ofCompany,
      body: newWebhookSchema,
      reply: { status: 201, description: 'The webhook and its secret', schema: webhookSecretSchema },
      problems: { 400: URL_PROBLEMS, 409: 'too_many_webhooks' },
      handle: async ({ body }, { caller, membership: { company }, now }) => ({
        body: await webhooks.create({ company, caller, now }, body),
      }),
    }),
    defineEndpoint({
      operation: 'webhooks.change',
      method: 'PATCH',
      path: WEBHOOK,
      access: { member: 'webhooks.change' },
      tag: TAG,
      summary: 'Change a webhook',
      description:
        'Gives a webhook another address, description or choice of events, or switches it on or off; what is left out stays. Another address asks for a fresh proof.',
      params: ofWebhook,
      body: webhookChangeSchema,
      reply: { status: 200, description: 'The webhook', schema: webhookSchema },
      problems: {
        400: URL_PROBLEMS,
        403: 'fresh_proof_required, where the address is changed',
        404: 'webhook_not_found',
      },
      handle: async ({ params: { webhook }, body }, { caller, membership: { company }, now }) => {
        if (body.url !== undefined && !isFresh(caller, now)) throw proofNotFresh(caller);
        return { body: await webhooks.change({ company, caller, now }, webhook, body) };
      },
    }),
    defineEndpoint({
      operation: 'webhooks.remove',
      method: 'DELETE',
      path: WEBHOOK,
      access: { member: 'webhooks.change' },
      tag: TAG,
      summary: 'Remove a webhook',
      description: 'Takes a webhook away, with its deliveries. What waits for it is given up.',
      params: ofWebhook,
      reply: { status: 204, description: 'It is gone' },
      problems: { 404: 'webhook_not_found' },
      handle: async ({ params: { webhook } }, { caller, membership: { company }, now }) => {
        await webhooks.remove({ company, caller, now }, webhook);
        return { body: undefined };
      },
    }),
    defineEndpoint({
      operation: 'webhooks.rotate',
      method: 'POST',
      path: `${WEBHOOK}/rotate`,
      access: { member: 'webhooks.change' },
      fresh: true,
      tag: TAG,
      summary: 'Give a webhook another secret',
      description: `Makes a new secret, which stands in this answer and nowhere else. For ${OVERLAP_HOURS} hours messages are signed with the one before as well, so that nothing has to change at the same moment.`,
      params: ofWebhook,
      body: webhookRotationSchema,
      reply: { status: 200, description: 'The webhook and its new secret', schema: webhookSecretSchema },
      problems: { 404: 'webhook_not_found', 409: 'changed_meanwhile' },
      handle: async ({ params: { webhook }, body }, { caller, membership: { company }, now }) => ({
        body: await webhooks.rotate(
          { company, caller, now },
          webhook,
          body.expected_previous_secret_expires_at,
        ),
      }),
    }),
    defineEndpoint({
      operation: 'webhooks.test',
      method: 'POST',
      path: `${WEBHOOK}/test`,
      access: { member: 'webhooks.change' },
      tag: TAG,
      summary: 'Send a test',
      description:
        'Sends a message of the type `test`, once, whether the webhook is switched on or not. What became of it stands in the list of deliveries.',
      params: ofWebhook,
      reply: { status: 202, description: 'The delivery', schema: deliverySchema },
      problems: { 404: 'webhook_not_found', 429: 'rate_limited' },
      handle: async ({ params: { webhook } }, { caller, membership: { company }, now }) => ({
        body: await byHand.test({ company, caller, now }, webhook),
      }),
    }),
    defineEndpoint({
      operation: 'deliveries.list',
      method: 'GET',
      path: DELIVERIES,
      access: { member: 'webhooks.read' },
      tag: TAG,
      summary: 'Deliveries to a webhook',
      description: `What was sent, newest first, and what became of it; kept for ${KEPT_DAYS} days after its end. What a message said is kept until it has arrived, and is not shown.`,
      params: ofWebhook,
      query: { before: idField('dlv').optional().describe('`next` of the page before') },
      reply: { status: 200, description: 'One page of deliveries', schema: deliveriesSchema },
      handle: async ({ params: { webhook }, query: { before } }, { caller, membership: { company } }) => ({
        body: await byHand.list({ company, user: caller.user, webhook, before }),
      }),
    }),
    defineEndpoint({
      operation: 'deliveries.resend',
      method: 'POST',
      path: `${DELIVERIES}/:delivery/resend`,
      access: { member: 'webhooks.change' },
      tag: TAG,
      summary: 'Send a message again',
      description:
        'Tries a message now that waits for its next attempt, or that was given up. It bears the same `webhook-id`.',
      params: { ...ofWebhook, delivery: idField('dlv') },
      reply: { status: 202, description: 'The delivery', schema: deliverySchema },
      problems: {
        404: 'delivery_not_found',
        409: 'delivery_arrived, webhook_disabled',
        429: 'rate_limited',
      },
      handle: async ({ params: { webhook, delivery } }, { caller, membership: { company }, now }) => ({
        body: await byHand.resend({ company, caller, now }, webhook, delivery),
      }),
    }),
  ];
};
