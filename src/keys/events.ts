/** What webhooks are told of keys. */
import type { CompanyId, KeyId } from '../foundation/ids.ts';
import type { Transaction } from '../store/transaction.ts';
import type { EventData } from '../webhooks/events.ts';
import { enqueueEvent } from '../webhooks/outbox.ts';
import { maskKey, type KeyForMail } from './mail.ts';

/** Which key an event is about, as it may be told: its public half by its ends. */
export const dataOfKey = (
  key: KeyId,
  { project, projectName, keyName, publicKey }: KeyForMail,
): EventData => ({
  key,
  key_name: keyName,
  project,
  project_name: projectName,
  public_key: maskKey(publicKey),
});

/** A key that has another secret, and when the one before ends. */
export interface RotatedKey {
  readonly company: CompanyId;
  readonly key: KeyId;
  readonly about: KeyForMail;
  /** Null where it is over already. */
  readonly previousEndsAt: Date | null;
}

/** Tells webhooks, in the transaction of the rotation. @param now milliseconds since the Unix epoch. */
export const tellOfRotation = (
  tx: Transaction,
  { company, key, about, previousEndsAt }: RotatedKey,
  now: number,
): Promise<void> => {
  const data = {
    ...dataOfKey(key, about),
    previous_secret_expires_at: previousEndsAt?.toISOString() ?? null,
  };
  return enqueueEvent(tx, { company, type: 'key.rotated', data }, now);
};
