/** Webhooks and what is on its way to them. */
import { statement } from '../store/statement.ts';

/** The enabled webhooks that asked for an event, and whether `$3` messages wait for one already. */
export const listSubscribed = statement({
  name: 'webhooks.subscribed',
  text: `select webhook.id,
                (select count(*) from (select from vouchsafe.webhook_delivery as one
                   where one.company_id = webhook.company_id and one.webhook_id = webhook.id and one.state = 'waiting'
                   limit $3) as waiting) >= $3 as is_full
           from vouchsafe.webhook
          where webhook.company_id = $1 and webhook.is_enabled and $2 = any (webhook.events)
          order by webhook.id`,
  params: ['text', 'text', 'int8'],
  columns: { id: 'text', is_full: 'bool' },
});

/** delivery, company, webhook, type, body, at, state, next attempt, reason, end. */
export const insertDelivery = statement({
  name: 'webhooks.insert-delivery',
  text: `insert into vouchsafe.webhook_delivery
           (id, company_id, webhook_id, type, body, created_at, state, next_at, reason, ended_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
  params: [
    ...(['text', 'text', 'text', 'text', 'text?', 'timestamptz', 'text'] as const),
    ...(['timestamptz?', 'text?', 'timestamptz?'] as const),
  ],
});

/** The job of a delivery's next attempt, at a time, in the caller's transaction. */
export const queueDelivery = statement({
  name: 'webhooks.queue-delivery',
  text: 'select vouchsafe.queue_webhook_delivery($1, $2)',
  params: ['text', 'timestamptz'],
  columns: { queue_webhook_delivery: 'void' },
});

/** Whose a waiting delivery is. */
export const findDelivery = statement({
  name: 'webhooks.find-delivery',
  text: 'select company_id, webhook_id from vouchsafe.find_webhook_delivery($1)',
  params: ['text'],
  columns: { company_id: 'text', webhook_id: 'text' },
});

/** Deliveries that should have been tried by `$1` and that nobody holds at `$2`; at most `$3` of one webhook. */
export const listOverdue = statement({
  name: 'webhooks.overdue',
  text: 'select delivery_id, company_id, webhook_id from vouchsafe.overdue_webhook_deliveries($1, $2, $3)',
  params: ['timestamptz', 'timestamptz', 'int4'],
  columns: { delivery_id: 'text', company_id: 'text', webhook_id: 'text' },
});

/** Forgets deliveries that ended before a time. */
export const dropDeliveriesBefore = statement({
  name: 'webhooks.drop-deliveries-before',
  text: 'select vouchsafe.drop_webhook_deliveries_before($1) as dropped',
  params: ['timestamptz'],
  columns: { dropped: 'int8' },
});

/** Takes a delivery that is due by `$3` for an attempt at `$4`, which nobody else makes until `$5`. */
export const claimDelivery = statement({
  name: 'webhooks.claim-delivery',
  text: `update vouchsafe.webhook_delivery as delivery
            set attempts = delivery.attempts + 1, attempted_at = $4, claimed_until = $5
           from vouchsafe.webhook
          where delivery.company_id = $1 and delivery.id = $2 and delivery.state = 'waiting' and delivery.next_at <= $3
            and (delivery.claimed_until is null or delivery.claimed_until < $4)
            and webhook.company_id = $1 and webhook.id = delivery.webhook_id
        returning delivery.type, delivery.body, delivery.attempts, webhook.url, webhook.is_enabled, webhook.secret_box,
                  webhook.previous_box, webhook.previous_expires_at`,
  params: ['text', 'text', 'timestamptz', 'timestamptz', 'timestamptz'],
  columns: {
    type: 'text',
    body: 'text?',
    attempts: 'int4',
    url: 'text',
    is_enabled: 'bool',
    secret_box: 'bytea',
    previous_box: 'bytea?',
    previous_expires_at: 'timestamptz?',
  },
});

/** Ends a delivery at `$4`, with the status or the reason of its last attempt. What was sent is gone where it arrived. */
export const endDelivery = statement({
  name: 'webhooks.end-delivery',
  text: `update vouchsafe.webhook_delivery
            set state = $3, ended_at = $4, status = $5, reason = $6, next_at = null, claimed_until = null,
                body = case when $3 = 'delivered' then null else body end
          where company_id = $1 and id = $2 and state = 'waiting'`,
  params: ['text', 'text', 'text', 'timestamptz', 'int4?', 'text?'],
});

/** Sets the next attempt. */
export const delayDelivery = statement({
  name: 'webhooks.delay-delivery',
  text: `update vouchsafe.webhook_delivery set next_at = $3, status = $4, reason = $5, claimed_until = null
          where company_id = $1 and id = $2 and state = 'waiting' returning id`,
  params: ['text', 'text', 'timestamptz', 'int4?', 'text?'],
  columns: { id: 'text' },
});

/** Something arrived. */
export const noteSuccess = statement({
  name: 'webhooks.note-success',
  text: `update vouchsafe.webhook set failing_since = null
          where company_id = $1 and id = $2 and failing_since is not null`,
  params: ['text', 'text'],
});

/** Something did not arrive; since when that is all that happens. */
export const noteFailure = statement({
  name: 'webhooks.note-failure',
  text: `update vouchsafe.webhook set failing_since = coalesce(failing_since, $3)
          where company_id = $1 and id = $2 returning failing_since`,
  params: ['text', 'text', 'timestamptz'],
  columns: { failing_since: 'timestamptz?' },
});

/** Switches a webhook off for a reason; nothing where it is off already. */
export const disableWebhook = statement({
  name: 'webhooks.disable',
  text: `update vouchsafe.webhook set is_enabled = false, disabled_because = $3
          where company_id = $1 and id = $2 and is_enabled returning url, description`,
  params: ['text', 'text', 'text'],
  columns: { url: 'text', description: 'text' },
});

/** Whom a company's mail goes to: its own address, else its owners'. */
export const listRecipients = statement({
  name: 'webhooks.recipients',
  text: `select company.name as company_name, coalesce(company.contact_email, person.email) as recipient,
                case when company.contact_email is null then person.id end as person_id
           from vouchsafe.company
           left join (vouchsafe.member join vouchsafe.user_account as person on person.id = member.user_id)
             on member.company_id = company.id and member.role = 'owner' and company.contact_email is null
          where company.id = $1 and coalesce(company.contact_email, person.email) is not null
          order by person.id`,
  params: ['text'],
  columns: { company_name: 'text', recipient: 'text', person_id: 'text?' },
});

const WEBHOOK_COLUMNS = {
  id: 'text',
  url: 'text',
  description: 'text',
  events: 'text[]',
  is_enabled: 'bool',
  disabled_because: 'text?',
  failing_since: 'timestamptz?',
  previous_expires_at: 'timestamptz?',
  created_at: 'timestamptz',
} as const;

/** All webhooks of a company, oldest first. */
export const listWebhooks = statement({
  name: 'webhooks.list',
  text: `select id, url, description, events, is_enabled, disabled_because, failing_since, previous_expires_at, created_at
           from vouchsafe.webhook where company_id = $1 order by id`,
  params: ['text'],
  columns: WEBHOOK_COLUMNS,
});

/** A webhook, held until the end of the transaction. */
export const lockWebhook = statement({
  name: 'webhooks.lock',
  text: `select id, url, description, events, is_enabled, disabled_because, failing_since, previous_expires_at, created_at
           from vouchsafe.webhook where company_id = $1 and id = $2 for no key update`,
  params: ['text', 'text'],
  columns: WEBHOOK_COLUMNS,
});

/** webhook, company, url, description, events, box, at. */
export const insertWebhook = statement({
  name: 'webhooks.insert',
  text: `insert into vouchsafe.webhook (id, company_id, url, description, events, secret_box, created_at)
         values ($1, $2, $3, $4, $5, $6, $7)`,
  params: ['text', 'text', 'text', 'text', 'text[]', 'bytea', 'timestamptz'],
});

/** url, description, events, on or off; whatever was wrong before is over where it is switched on or leads elsewhere (`$7`). */
export const changeWebhook = statement({
  name: 'webhooks.change',
  text: `update vouchsafe.webhook
            set url = $3, description = $4, events = $5, is_enabled = $6,
                disabled_because = case when $6 then null else disabled_because end,
                failing_since = case when $7 then null else failing_since end
          where company_id = $1 and id = $2`,
  params: ['text', 'text', 'text', 'text', 'text[]', 'bool', 'bool'],
});

/** Another secret; the one before signs along until `$4`. */
export const rotateWebhook = statement({
  name: 'webhooks.rotate',
  text: `update vouchsafe.webhook set previous_box = secret_box, previous_expires_at = $4, secret_box = $3
          where company_id = $1 and id = $2`,
  params: ['text', 'text', 'bytea', 'timestamptz'],
});

/** Takes a webhook away, with its deliveries. */
export const removeWebhook = statement({
  name: 'webhooks.remove',
  text: 'delete from vouchsafe.webhook where company_id = $1 and id = $2 returning url',
  params: ['text', 'text'],
  columns: { url: 'text' },
});

const DELIVERY_COLUMNS = {
  id: 'text',
  webhook_id: 'text',
  type: 'text',
  created_at: 'timestamptz',
  state: 'text',
  attempts: 'int4',
  attempted_at: 'timestamptz?',
  next_at: 'timestamptz?',
  ended_at: 'timestamptz?',
  status: 'int4?',
  reason: 'text?',
  has_body: 'bool',
} as const;

/** Deliveries to a webhook before one of them (`$3`, or null), newest first, at most `$4`. */
export const pageOfDeliveries = statement({
  name: 'webhooks.deliveries',
  text: `select id, webhook_id, type, created_at, state, attempts, attempted_at, next_at, ended_at, status, reason,
                body is not null as has_body
           from vouchsafe.webhook_delivery
          where company_id = $1 and webhook_id = $2 and ($3::text is null or id < $3)
          order by id desc limit $4`,
  params: ['text', 'text', 'text?', 'int8'],
  columns: DELIVERY_COLUMNS,
});

/** One delivery to a webhook, held until the end of the transaction. */
export const lockDelivery = statement({
  name: 'webhooks.lock-delivery',
  text: `select id, webhook_id, type, created_at, state, attempts, attempted_at, next_at, ended_at, status, reason,
                body is not null as has_body
           from vouchsafe.webhook_delivery where company_id = $1 and webhook_id = $2 and id = $3 for no key update`,
  params: ['text', 'text', 'text'],
  columns: DELIVERY_COLUMNS,
});

/** Lets a delivery begin anew at a time; one that waits already goes on counting its attempts. */
export const reviveDelivery = statement({
  name: 'webhooks.revive-delivery',
  text: `update vouchsafe.webhook_delivery
            set attempts = case when state = 'waiting' then attempts else 0 end, state = 'waiting', next_at = $3,
                ended_at = null
          where company_id = $1 and id = $2 and body is not null`,
  params: ['text', 'text', 'timestamptz'],
});

/** All that is kept of one webhook, as text; for the check that its secret is not among it. */
export const readWebhookAsText = statement({
  name: 'webhooks.read-as-text',
  text: 'select row_to_json(one)::text as content from vouchsafe.webhook as one where company_id = $1 and id = $2',
  params: ['text', 'text'],
  columns: { content: 'text' },
});
