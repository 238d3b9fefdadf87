/** What webhooks tell of. */

/** By the word that stands in a message's `type`, and what it is, for the dashboard and the documents. */
export const EVENTS = {
  'auth.failures': 'Twenty attempts in a row with a key and a wrong secret',
  'auth.success_after_failures': 'The right secret of a key after twenty wrong ones from the same source',
  'dataset.load_failed': 'A file was not made a version of a dataset',
  'dataset.published': 'A dataset has a new version by an upload or a restoration',
  'dataset.requested': 'Somebody asks for access to a dataset',
  'dataset.share_changed': 'A right that one person has on a dataset is another',
  'dataset.share_ended': 'A right that one person had on a dataset was taken away, or its time was over',
  'dataset.shared': 'One person has been given a right on a dataset',
  'key.rotated': 'A key has another secret',
  'usage.unusual': 'A day’s use is far from what it has been',
} as const satisfies Readonly<Record<string, string>>;

/** An event that a webhook can be set to be told of. */
export type EventType = keyof typeof EVENTS;

/** What a delivery may carry: an event, or the test that somebody asked for. */
export type DeliveryType = EventType | 'test';

export const EVENT_TYPES = Object.keys(EVENTS) as readonly EventType[];

/** What a message says of its event: counts, times, ids and names of the company's own things. Never a secret or an address. */
export type EventData = Readonly<Record<string, string | number | boolean | null>>;
