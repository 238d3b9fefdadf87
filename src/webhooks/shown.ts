/** Webhooks and deliveries as the API shows them. */
import type { DisabledBecause } from './notices.ts';

export interface ShownWebhook {
  readonly id: string;
  readonly url: string;
  readonly description: string;
  readonly events: string[];
  readonly is_enabled: boolean;
  readonly disabled_because: DisabledBecause | null;
  readonly failing_since: string | null;
  readonly previous_secret_expires_at: string | null;
  readonly created_at: string;
}

/** A webhook as it is read. */
export interface WebhookRow {
  readonly id: string;
  readonly url: string;
  readonly description: string;
  readonly events: readonly string[];
  readonly is_enabled: boolean;
  readonly disabled_because: string | null;
  readonly failing_since: Date | null;
  readonly previous_expires_at: Date | null;
  readonly created_at: Date;
}

export type DeliveryState = 'waiting' | 'delivered' | 'failed';

export interface ShownDelivery {
  readonly id: string;
  readonly webhook: string;
  readonly type: string;
  readonly created_at: string;
  readonly state: DeliveryState;
  readonly attempts: number;
  readonly attempted_at: string | null;
  readonly next_at: string | null;
  readonly ended_at: string | null;
  readonly status: number | null;
  readonly reason: string | null;
  readonly can_resend: boolean;
}

/** A delivery as it is read. */
export interface DeliveryRow {
  readonly id: string;
  readonly webhook_id: string;
  readonly type: string;
  readonly created_at: Date;
  readonly state: string;
  readonly attempts: number;
  readonly attempted_at: Date | null;
  readonly next_at: Date | null;
  readonly ended_at: Date | null;
  readonly status: number | null;
  readonly reason: string | null;
  readonly has_body: boolean;
}

const timeOf = (at: Date | null): string | null => at?.toISOString() ?? null;

/** @param now milliseconds since the Unix epoch: a previous secret that is over by then is not shown. */
export const shownWebhook = (row: WebhookRow, now: number): ShownWebhook => ({
  id: row.id,
  url: row.url,
  description: row.description,
  events: [...row.events],
  is_enabled: row.is_enabled,
  disabled_because:
    row.disabled_because === 'gone' || row.disabled_because === 'failing' ? row.disabled_because : null,
  failing_since: timeOf(row.failing_since),
  previous_secret_expires_at:
    row.previous_expires_at !== null && row.previous_expires_at.getTime() > now
      ? row.previous_expires_at.toISOString()
      : null,
  created_at: row.created_at.toISOString(),
});

export const shownDelivery = (row: DeliveryRow): ShownDelivery => ({
  id: row.id,
  webhook: row.webhook_id,
  type: row.type,
  created_at: row.created_at.toISOString(),
  state: row.state === 'delivered' || row.state === 'failed' ? row.state : 'waiting',
  attempts: row.attempts,
  attempted_at: timeOf(row.attempted_at),
  next_at: timeOf(row.next_at),
  ended_at: timeOf(row.ended_at),
  status: row.status,
  reason: row.reason,
  can_resend: row.has_body,
});
