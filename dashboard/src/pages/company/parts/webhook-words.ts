/** What happens to webhooks, in words. */
import type { Delivery, Webhook } from '../../../api/shapes.ts';

/** What a webhook can be told of, by the word in a message's `type`. */
export const EVENT_NAMES = {
  'auth.failures': 'Twenty failed attempts with a key in a row',
  'auth.success_after_failures': 'A success after twenty failed attempts',
  'dataset.load_failed': 'A file did not become a version of a dataset',
  'dataset.published': 'A dataset has a new version by an upload or a restoration',
  'dataset.requested': 'Somebody asks for a dataset',
  'dataset.share_changed': 'A right on a dataset was changed',
  'dataset.share_ended': 'A right on a dataset ended',
  'dataset.shared': 'A right on a dataset was given',
  'key.rotated': 'A key has another secret',
  'usage.unusual': 'A day’s use is far from the usual',
} as const;

export type EventName = keyof typeof EVENT_NAMES;

/** In the order in which they are offered. */
export const ALL_EVENTS = Object.keys(EVENT_NAMES) as readonly EventName[];

/** Those of a webhook that this page knows. */
export const knownEvents = ({ events }: Webhook): readonly EventName[] =>
  ALL_EVENTS.filter((event) => events.includes(event));

const REASONS: Readonly<Record<string, string>> = {
  name_not_found: 'The name has no address',
  name_unanswered: 'No name server answered',
  not_public: 'The name resolves to an address that is not public',
  connection: 'No connection',
  tls: 'The certificate was not accepted',
  timeout: 'No answer in 15 seconds',
  protocol: 'The answer was no HTTP',
  url: 'The address is not allowed',
  disabled: 'The webhook was off',
  backlog: 'Too many messages waited',
  secret: 'The secret could not be read',
};

/** What became of the last attempt: a status, or why there was none. */
export const sayAnswer = ({ status, reason, attempts }: Delivery): string => {
  if (status !== null) return `Status ${status}`;
  if (reason !== null) return REASONS[reason] ?? reason;
  return attempts === 0 ? 'Not tried yet' : 'Under way';
};

/** Where a webhook leads, in short: its address may be long. */
export const hostOf = ({ url }: Pick<Webhook, 'url'>): string => new URL(url).host;
