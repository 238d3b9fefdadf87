import type { CompanyId } from '../foundation/ids.ts';
import { newId } from '../foundation/ids.ts';
import type { Transaction } from '../store/transaction.ts';
import { insertAuditEvent } from './store.ts';

/** One change in a company. No address, no value of a secret; `details` holds names, roles and scopes. */
export interface AuditEvent {
  readonly company: CompanyId;
  /** Who did it: a user, an operator or a key; null for the server itself. */
  readonly actor: string | null;
  /** The operation's name, `noun.verb`. */
  readonly action: string;
  /** The id of what was changed. */
  readonly target: string | null;
  readonly details?: Readonly<Record<string, string | number | boolean | null>>;
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
}

/** Writes the event in the transaction of the change, whose scope has to be this company: both happen, or neither. */
export const recordAudit = async (tx: Transaction, event: AuditEvent): Promise<void> => {
  const { company, actor, action, target, details = {}, at } = event;
  await tx.all(insertAuditEvent, [newId('aud', at), company, new Date(at), actor, action, target, details]);
};
