/** What members do with the webhooks of a company. */
import type { KeyObject } from 'node:crypto';
import { changeAsMember, type Acting } from '../audit/change.ts';
import { sealSecret } from '../foundation/box.ts';
import { newId, type CompanyId, type UserId, type WebhookId } from '../foundation/ids.ts';
import type { Database } from '../store/database.ts';
import type { Transaction } from '../store/transaction.ts';
import type { EventType } from './events.ts';
import type { Guard } from './guard.ts';
import { MOST_WEBHOOKS, OVERLAP_HOURS } from './limits.ts';
import {
  rotatedMeanwhile,
  tooManyWebhooks,
  webhookNotFound,
  webhookUrlInvalid,
  webhookUrlUnreachable,
} from './problems.ts';
import { shownWebhook, type ShownWebhook, type WebhookRow } from './shown.ts';
import { newSecret, writeSecret } from './signature.ts';
import {
  changeWebhook,
  insertWebhook,
  listWebhooks,
  lockWebhook,
  removeWebhook,
  rotateWebhook,
} from './store.ts';
import { parseWebhookUrl } from './url.ts';

/** What the use cases of webhooks are made of. */
export interface WebhooksParts {
  readonly database: Pick<Database, 'as'>;
  /** `deriveKey(master, 'webhook')`. */
  readonly boxKey: KeyObject;
  readonly guard: Guard;
}

export interface NewWebhook {
  readonly url: string;
  readonly description: string;
  readonly events: readonly EventType[];
}

/** What is left out stays. */
export interface WebhookChange {
  readonly url?: string | undefined;
  readonly description?: string | undefined;
  readonly events?: readonly EventType[] | undefined;
  readonly is_enabled?: boolean | undefined;
}

/** A webhook and its secret, which is told this once. */
export interface ShownWebhookSecret {
  readonly webhook: ShownWebhook;
  readonly secret: string;
}

export interface Webhooks {
  /** Oldest first. */
  list(reader: { readonly company: CompanyId; readonly user: UserId }, now: number): Promise<ShownWebhook[]>;
  /** @throws webhook_url_invalid, webhook_url_unreachable (400), too_many_webhooks (409). */
  create(acting: Acting, webhook: NewWebhook): Promise<ShownWebhookSecret>;
  /** @throws webhook_url_invalid, webhook_url_unreachable (400), webhook_not_found (404). */
  change(acting: Acting, webhook: WebhookId, change: WebhookChange): Promise<ShownWebhook>;
  /**
   * The secret before signs along for a day; one from a rotation before that is over at once.
   * @param expected what the caller knows of the secret before; undefined where they do not say.
   * @throws webhook_not_found (404), changed_meanwhile (409).
   */
  rotate(
    acting: Acting,
    webhook: WebhookId,
    expected: string | null | undefined,
  ): Promise<ShownWebhookSecret>;
  /** What waits for it is given up. @throws webhook_not_found (404). */
  remove(acting: Acting, webhook: WebhookId): Promise<void>;
}

const CHANGE = { permission: 'webhooks.change' } as const;

/** Name servers may take so long, in milliseconds, while somebody waits for an answer. */
const LOOKUP_MS = 5000;

const HOUR_MS = 3_600_000;

/** What of a webhook was changed, for the log; the host alone of its address, since a path may be a secret. */
const differenceOf = (
  before: WebhookRow,
  after: WebhookRow,
): Readonly<Record<string, string | boolean>> | undefined => {
  const details: Record<string, string | boolean> = {};
  if (after.url !== before.url) details['host'] = new URL(after.url).host;
  if (after.description !== before.description) details['description'] = after.description;
  if (after.events.join(' ') !== before.events.join(' ')) details['events'] = after.events.join(' ');
  if (after.is_enabled !== before.is_enabled) details['is_enabled'] = after.is_enabled;
  return Object.keys(details).length === 0 ? undefined : details;
};

const isSameTime = (a: string | null, b: string | null): boolean =>
  a === null || b === null ? a === b : Date.parse(a) === Date.parse(b);

const read = async (tx: Transaction, company: CompanyId, webhook: WebhookId): Promise<WebhookRow> => {
  const row = await tx.one(lockWebhook, [company, webhook]);
  if (row === undefined) throw webhookNotFound();
  return row;
};

/** Makes the use cases. */
export const createWebhooks = ({ database, boxKey, guard }: WebhooksParts): Webhooks => {
  /** The canonical address. Where its name leads is asked now, and again whenever something is sent. */
  const checkUrl = async (text: string): Promise<string> => {
    const parsed = parseWebhookUrl(text);
    if (!parsed.ok) throw webhookUrlInvalid(parsed.reason);
    const found = await guard
      .locate(parsed.value, AbortSignal.timeout(LOOKUP_MS))
      .catch(() => ({ ok: false, reason: 'name_unanswered' }) as const);
    if (!found.ok) throw webhookUrlUnreachable(found.reason);
    return parsed.value.href;
  };

  return {
    list: async ({ company, user }, now) => {
      const rows = await database.as({ company, user }, (tx) => tx.all(listWebhooks, [company]));
      return rows.map((row) => shownWebhook(row, now));
    },
    create: async (acting, { url: typed, description, events }) => {
      const url = await checkUrl(typed);
      return changeAsMember(database, acting, { ...CHANGE, alone: true }, async ({ tx, at }) => {
        const { company, now } = acting;
        const present = await tx.all(listWebhooks, [company]);
        if (present.length >= MOST_WEBHOOKS) throw tooManyWebhooks();
        const webhook = newId('whk', now);
        const secret = newSecret();
        const box = sealSecret(boxKey, webhook, secret);
        await tx.all(insertWebhook, [webhook, company, url, description, events, box, at]);
        return {
          value: {
            webhook: shownWebhook(await read(tx, company, webhook), now),
            secret: writeSecret(secret).expose(),
          },
          event: {
            action: 'webhooks.create',
            target: webhook,
            details: { host: new URL(url).host, events: events.join(' ') },
          },
        };
      });
    },
    change: async (acting, webhook, change) => {
      const url = change.url === undefined ? undefined : await checkUrl(change.url);
      return changeAsMember(database, acting, CHANGE, async ({ tx }) => {
        const { company, now } = acting;
        const before = await read(tx, company, webhook);
        const after: WebhookRow = {
          ...before,
          url: url ?? before.url,
          description: change.description ?? before.description,
          events: change.events ?? before.events,
          is_enabled: change.is_enabled ?? before.is_enabled,
        };
        const details = differenceOf(before, after);
        if (details === undefined) return { value: shownWebhook(before, now) };
        const startsAnew = after.url !== before.url || (after.is_enabled && !before.is_enabled);
        const { description, events, is_enabled: isEnabled } = after;
        await tx.all(changeWebhook, [
          company,
          webhook,
          after.url,
          description,
          events,
          isEnabled,
          startsAnew,
        ]);
        return {
          value: shownWebhook(await read(tx, company, webhook), now),
          event: { action: 'webhooks.change', target: webhook, details },
        };
      });
    },
    rotate: (acting, webhook, expected) =>
      changeAsMember(database, acting, CHANGE, async ({ tx }) => {
        const { company, now } = acting;
        const before = await read(tx, company, webhook);
        const known = shownWebhook(before, now).previous_secret_expires_at;
        if (expected !== undefined && !isSameTime(expected, known)) throw rotatedMeanwhile();
        const secret = newSecret();
        const box = sealSecret(boxKey, webhook, secret);
        await tx.all(rotateWebhook, [company, webhook, box, new Date(now + OVERLAP_HOURS * HOUR_MS)]);
        return {
          value: {
            webhook: shownWebhook(await read(tx, company, webhook), now),
            secret: writeSecret(secret).expose(),
          },
          event: {
            action: 'webhooks.rotate',
            target: webhook,
            details: { host: new URL(before.url).host, overlap_hours: OVERLAP_HOURS },
          },
        };
      }),
    remove: (acting, webhook) =>
      changeAsMember(database, acting, CHANGE, async ({ tx }) => {
        const removed = await tx.one(removeWebhook, [acting.company, webhook]);
        if (removed === undefined) throw webhookNotFound();
        return {
          value: undefined,
          event: {
            action: 'webhooks.remove',
            target: webhook,
            details: { host: new URL(removed.url).host },
          },
        };
      }),
  };
};
