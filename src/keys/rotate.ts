/** A new secret for a pair that there is, and word of it to the owners, who answer for keys. */
import type { CompanyId } from '../foundation/ids.ts';
import { isId } from '../foundation/ids.ts';
import type { Transaction } from '../store/transaction.ts';
import { tellOfRotation } from './events.ts';
import { keyForMail, ownersOf, type EnqueueMail } from './mail.ts';
import { replaceSecret, type Pepper } from './pair.ts';
import { keyNotFound } from './problems.ts';
import { shownKey, type KeyRow, type ShownKey } from './shown-key.ts';
import { lockKey } from './store.ts';

/** A key and its secret, which is told this once. */
export interface ShownSecret {
  readonly key: ShownKey;
  readonly secret: string;
}

export interface RotateParts extends Pepper {
  readonly enqueueMail: EnqueueMail;
}

/** Which pair, as it was read in the same transaction, and for how long its present secret goes on working. */
export interface RotatedPair {
  readonly company: CompanyId;
  readonly row: KeyRow;
  readonly overlapHours: number;
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
}

/** Rotates in the transaction; the event for the log is the caller's. @throws key_not_found (404), key_revoked (409). */
export const rotateAndTell = async (
  tx: Transaction,
  { enqueueMail, pepper, pepperId }: RotateParts,
  { company, row, overlapHours, now }: RotatedPair,
): Promise<ShownSecret> => {
  if (!isId('key', row.id)) throw keyNotFound();
  const rotation = { company, key: row.id, overlapHours, now };
  const { secret, previousEndsAt } = await replaceSecret(tx, { pepper, pepperId }, rotation);
  const about = await keyForMail(tx, company, row.id);
  const after = await tx.one(lockKey, [company, row.id]);
  if (about === undefined || after === undefined) throw keyNotFound();
  const { companyName, projectName, keyName } = about;
  const endsAt = (previousEndsAt ?? new Date(now)).toISOString();
  const params = { companyName, projectName, keyName, previousEndsAt: endsAt };
  for (const recipient of await ownersOf(tx, company))
    await enqueueMail(tx, { template: 'key-rotated', params, ...recipient }, now);
  await tellOfRotation(tx, { company, key: row.id, about, previousEndsAt }, now);
  return { key: shownKey(after, now), secret: secret.expose() };
};
