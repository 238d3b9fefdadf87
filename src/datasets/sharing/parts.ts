import type { KeyObject } from 'node:crypto';
import type { Opaque } from '../../foundation/opaque.ts';
import type { Mail } from '../../mail/outbox.ts';
import type { Database } from '../../store/database.ts';
import type { Transaction } from '../../store/transaction.ts';

/** What sharing is made of. */
export interface SharingParts {
  readonly database: Database;
  /** `deriveKey(master, 'link')`. */
  readonly linkKey: KeyObject;
  /** The installation's origin, without a trailing slash. */
  readonly publicUrl: string;
  /** Puts a mail into the outbox in the same transaction. */
  readonly enqueueMail: (tx: Transaction, mail: Mail, now: number) => Promise<unknown>;
  /** Spends one of the attempts of a bucket; gives the milliseconds to wait where there is none. */
  readonly spend: (
    bucket: string,
    rate: { readonly burst: number; readonly everyMs: number },
    now: number,
  ) => number;
  /** The same for a mailed token, by where it comes from. */
  readonly spendToken: (address: Opaque<string>, now: number) => number;
}
