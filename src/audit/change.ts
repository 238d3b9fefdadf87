/** Every change that a member makes in a company goes through here: who they are now, the change, and its record. */
import { ROLES, type Role, type SessionCaller } from '../foundation/caller.ts';
import type { CompanyId } from '../foundation/ids.ts';
import { lacksSecondFactor } from '../policy/authorise.ts';
import { may, type Permission } from '../policy/roles.ts';
import type { Database } from '../store/database.ts';
import type { Transaction } from '../store/transaction.ts';
import { companyNotFound, roleForbids, secondFactorRequired, sessionEnded } from './problems.ts';
import { recordAudit, type AuditEvent } from './record.ts';
import { lockActor, lockCompany } from './store.ts';

/** Who does something in which company, and when. */
export interface Acting {
  readonly company: CompanyId;
  readonly caller: SessionCaller;
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
}

/** What is known inside the transaction of a change. */
export interface Changing {
  readonly tx: Transaction;
  /** The actor's role, which stays what it is until the end of the transaction. */
  readonly role: Role;
  /** When it happens. */
  readonly at: Date;
}

/** What a change came to. Without an event nothing was changed. */
export interface Changed<Value> {
  readonly value: Value;
  readonly event?: Pick<AuditEvent, 'action' | 'target' | 'details'>;
}

export interface ChangeOptions {
  readonly permission: Permission;
  /** Waits for all others with this mark in the company: for what is counted, and for roles. */
  readonly alone?: boolean;
}

const isRole = (text: string): text is Role => (ROLES as readonly string[]).includes(text);

/**
 * Runs a member's change and writes it down in the company's log, both in one transaction or neither. The role is read
 * anew and held: what a request was let in with may be over by now.
 * @throws session_ended (401), company_not_found (404), forbidden, second_factor_required (403), and what `work` throws.
 */
export const changeAsMember = <Value>(
  database: Pick<Database, 'as'>,
  { company, caller, now }: Acting,
  { permission, alone = false }: ChangeOptions,
  work: (changing: Changing) => Promise<Changed<Value>>,
): Promise<Value> =>
  database.as({ company, user: caller.user }, async (tx) => {
    if (alone) await tx.one(lockCompany, [company]);
    const actor = await tx.one(lockActor, [company, caller.user, caller.session]);
    if (actor?.is_live === false) throw sessionEnded();
    if (actor === undefined || !isRole(actor.role)) throw companyNotFound();
    if (!may(actor.role, permission)) throw roleForbids();
    if (lacksSecondFactor(permission, actor.require_second_factor, caller)) throw secondFactorRequired();
    const { value, event } = await work({ tx, role: actor.role, at: new Date(now) });
    if (event !== undefined) await recordAudit(tx, { company, actor: caller.user, at: now, ...event });
    return value;
  });
