/** Attempts at messages: at least once each, under the same `webhook-id`, until they arrive or are given up. */
import type { KeyObject } from 'node:crypto';
import { openSecret } from '../foundation/box.ts';
import type { Clock } from '../foundation/clock.ts';
import { isId, type CompanyId } from '../foundation/ids.ts';
import type { Log } from '../foundation/log.ts';
import { ok, refused, type Result } from '../foundation/result.ts';
import type { Database } from '../store/database.ts';
import type { Transaction } from '../store/transaction.ts';
import { FAILING_DAYS } from './limits.ts';
import type { Place } from './line.ts';
import { switchOff } from './notices.ts';
import { MOST_ATTEMPTS, nextAttempt } from './schedule.ts';
import type { Message, Outcome, Send } from './send.ts';
import { signMessage } from './signature.ts';
import {
  claimDelivery,
  delayDelivery,
  endDelivery,
  noteFailure,
  noteSuccess,
  queueDelivery,
} from './store.ts';

export interface AttemptParts {
  readonly database: Pick<Database, 'company'>;
  /** `deriveKey(master, 'webhook')`. */
  readonly boxKey: KeyObject;
  readonly send: Send;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
}

/** Makes one attempt at a delivery that is due, and writes down what came of it; never rejects. `stop` breaks it off. */
export type Attempt = (place: Place, stop: AbortSignal) => Promise<void>;

/** A delivery with what it takes to send it. */
interface Claimed {
  readonly type: string;
  readonly url: string;
  readonly is_enabled: boolean;
  readonly secret_box: Buffer;
  readonly previous_box: Buffer | null;
  readonly previous_expires_at: Date | null;
}

type Ids = Pick<Place, 'delivery' | 'webhook'>;

/** What is being tried. */
interface Trying {
  readonly company: CompanyId;
  readonly delivery: string;
  readonly webhook: string;
  readonly attempts: number;
  readonly isTest: boolean;
}

/** Why nothing was sent at all: it is switched off, or its secret belongs to another installation's master. */
type Unsent = 'disabled' | 'secret';

/** What the list of deliveries says of an attempt. */
type Verdict =
  | Exclude<Outcome, { readonly kind: 'stopped' }>
  | { readonly kind: 'failed'; readonly reason: Unsent };

/** Longer than any attempt takes; then it was lost in a crash. */
const CLAIM_MS = 60_000;

/** The database's clock, which starts jobs, may be ahead of ours by so much. */
const EARLY_MS = 5000;

const FAILING_MS = FAILING_DAYS * 86_400_000;

const OPERATION = 'webhooks.deliver';

const hasArrived = (outcome: Verdict): boolean =>
  outcome.kind === 'answered' && outcome.status >= 200 && outcome.status < 300;

/** Ends the delivery, or sets its next attempt. The webhook's row first, as everybody who changes both takes them. */
const settle = async (tx: Transaction, trying: Trying, outcome: Verdict, now: number): Promise<void> => {
  const { company, delivery, webhook, attempts, isTest } = trying;
  const at = new Date(now);
  const status = outcome.kind === 'answered' ? outcome.status : null;
  const reason = outcome.kind === 'failed' ? outcome.reason : null;
  const end = (state: 'delivered' | 'failed'): Promise<unknown> =>
    tx.all(endDelivery, [company, delivery, state, at, status, reason]);

  if (hasArrived(outcome)) {
    await tx.all(noteSuccess, [company, webhook]);
    await end('delivered');
    return;
  }
  if (reason === 'disabled' || reason === 'secret') {
    await end('failed');
    return;
  }
  if (status === 410) {
    await switchOff(tx, { company, webhook, because: 'gone' }, now);
    await end('failed');
    return;
  }
  if (isTest) {
    await end('failed');
    return;
  }
  const noted = await tx.one(noteFailure, [company, webhook, at]);
  const since = noted?.failing_since?.getTime() ?? now;
  if (now - since >= FAILING_MS) await switchOff(tx, { company, webhook, because: 'failing' }, now);
  const next = nextAttempt(attempts, outcome.kind === 'answered' ? outcome.retryAfter : undefined, now);
  if (next === undefined || attempts >= MOST_ATTEMPTS) {
    await end('failed');
    return;
  }
  const later = new Date(next);
  const delayed = await tx.one(delayDelivery, [company, delivery, later, status, reason]);
  if (delayed !== undefined) await tx.one(queueDelivery, [delivery, later]);
};

const unsent = (reason: Unsent): Verdict => ({ kind: 'failed', reason });

/** Makes the function that tries. An attempt whose end could not be written down is made again. */
export const createAttempt = ({ database, boxKey, send, clock, log }: AttemptParts): Attempt => {
  const write = (
    row: Claimed,
    body: string,
    { delivery, webhook }: Ids,
    now: number,
  ): Result<Message, Unsent> => {
    // A test is asked for to see whether it can be switched on.
    if (!row.is_enabled && row.type !== 'test') return refused('disabled');
    const { previous_box: before, previous_expires_at: until } = row;
    const boxes = [row.secret_box];
    if (before !== null && until !== null && until.getTime() > now) boxes.push(before);
    try {
      const secrets = boxes.map((box) => openSecret(boxKey, webhook, box));
      return ok({ url: row.url, body, headers: signMessage(secrets, delivery, body, now) });
    } catch (error) {
      log.error('the secret of a webhook cannot be read; nothing was sent', { operation: OPERATION, error });
      return refused('secret');
    }
  };

  return async ({ company, delivery, webhook }, stop) => {
    if (!isId('com', company)) return;
    try {
      const now = clock.now();
      const times = [new Date(now + EARLY_MS), new Date(now), new Date(now + CLAIM_MS)] as const;
      const claimed = await database.company(company, (tx) =>
        tx.one(claimDelivery, [company, delivery, ...times]),
      );
      // Removed, done, somebody else's, or not due yet.
      if (claimed === undefined || claimed.body === null) return;
      const isTest = claimed.type === 'test';
      const trying = { company, delivery, webhook, attempts: claimed.attempts, isTest };
      const message = write(claimed, claimed.body, { delivery, webhook }, now);
      const outcome = message.ok ? await send(message.value, stop) : unsent(message.reason);
      if (outcome.kind === 'stopped') return;
      await database.company(company, (tx) => settle(tx, trying, outcome, clock.now()));
    } catch (error) {
      log.warn('an attempt at a webhook could not be written down and is made again', {
        operation: OPERATION,
        error,
      });
    }
  };
};
