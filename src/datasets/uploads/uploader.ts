/** Who uploads: a member of a company, or a key of it. What is behind the routes takes either. */
import { changeAsMember, type Changed } from '../../audit/change.ts';
import { recordAudit } from '../../audit/record.ts';
import type { Caller, Membership } from '../../foundation/caller.ts';
import { unauthenticated } from '../../http/access-problems.ts';
import { inScope, type KeyedActor } from '../../services/datasets/access/actor.ts';
import type { Database } from '../../store/database.ts';
import type { Transaction } from '../../store/transaction.ts';
import { uploadNotFound } from './problems.ts';
import { holdKey } from './store.ts';

/** What a member needs to upload, and a key. */
export const MEMBERS_ACCESS = { member: 'datasets.make' } as const;
export const KEYS_ACCESS = { secretKey: 'datasets:write' } as const;

/** Who calls, as the pipeline has found them. */
interface Called {
  readonly caller: Caller | undefined;
  readonly membership?: Membership | undefined;
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
}

/** Who changes something, as who they are and as they came in. */
export interface Uploading {
  readonly actor: KeyedActor;
  readonly caller: Caller | undefined;
  readonly now: number;
}

/** Whose uploads are meant: a member's in the path's company, or a key's. @throws upload_not_found (404) for anybody else. */
export const actorOf = ({ caller, membership }: Pick<Called, 'caller' | 'membership'>): KeyedActor => {
  if (caller?.credential === 'secret-key') return { company: caller.company, key: caller.key };
  // The route's access has let nobody else in.
  if (caller?.credential !== 'session' || membership === undefined) throw uploadNotFound();
  return { company: membership.company, user: caller.user };
};

export const uploadingOf = (called: Called): Uploading => ({
  actor: actorOf(called),
  caller: called.caller,
  now: called.now,
});

/**
 * Makes sure that a key which began something still may, until the end of the transaction; nothing for a member, who goes
 * with their membership. @throws invalid_key (401), as the next request will.
 */
export const holdUploader = async (tx: Transaction, { company, key }: KeyedActor): Promise<void> => {
  if (key !== undefined && (await tx.one(holdKey, [company, key])) === undefined)
    throw unauthenticated(KEYS_ACCESS, 'invalid');
};

/**
 * Runs a change and writes it down in the company's log under the member's or the key's id, both in one transaction or
 * neither. @throws as `changeAsMember` for a member, invalid_key (401) for a key, and what `work` throws.
 */
export const changeAsUploader = <Value>(
  database: Database,
  { actor, caller, now }: Uploading,
  work: (tx: Transaction) => Promise<Changed<Value>>,
): Promise<Value> => {
  const { company, key = null } = actor;
  if (caller?.credential === 'session')
    return changeAsMember(
      database,
      { company, caller, now },
      { permission: MEMBERS_ACCESS.member },
      ({ tx }) => work(tx),
    );
  return inScope(database, actor, async (tx) => {
    await holdUploader(tx, actor);
    const { value, event } = await work(tx);
    if (event !== undefined) await recordAudit(tx, { company, actor: key, at: now, ...event });
    return value;
  });
};
