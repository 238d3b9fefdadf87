/** Who may do what with a dataset: the one pure function that decides, and why. */
import type { Role } from '../../../foundation/caller.ts';

/** Each includes those before it: `manage` is to share, to delete and to change what a dataset is. */
export const RIGHTS = ['none', 'read', 'modify', 'manage'] as const;
export type Right = (typeof RIGHTS)[number];

/** A user as they act now: in one of their companies, never in two. */
export interface Actor {
  readonly userId: string;
  readonly companyId: string;
  /** Their role in that company; left out where they are no member of it (any more). */
  readonly role?: Role;
}

export interface DatasetFacts {
  readonly companyId: string;
  /** The user who made it, or to whom it was handed; left out once that user has left the company. */
  readonly ownerId?: string;
  readonly visibility: 'company' | 'private';
  /** Whether its company allows that its datasets are shared with users of other companies. */
  readonly sharedOutside: boolean;
}

/** One user's right on this dataset, which they have while they act in one company. */
export interface Grant {
  readonly userId: string;
  readonly companyId: string;
  readonly right: 'read' | 'modify';
  /** Milliseconds since 1970 from which on it counts no more; left out: no end. */
  readonly until?: number;
}

/** The layer that decided, for the page "who can see this, and why". */
export type Reason =
  | 'no_member'
  | 'not_shared'
  | 'company_owner'
  | 'dataset_owner'
  | 'company_role'
  | 'grant';

export interface Access {
  readonly right: Right;
  readonly reason: Reason;
}

const OF_ROLE: Readonly<Record<Role, Right>> = {
  owner: 'manage',
  admin: 'manage',
  member: 'modify',
  viewer: 'read',
};

const NOTHING: Access = { right: 'none', reason: 'not_shared' };

/** Whether `right` includes `wanted`. */
export const includesRight = (right: Right, wanted: Right): boolean =>
  RIGHTS.indexOf(right) >= RIGHTS.indexOf(wanted);

const ofMembership = (actor: Actor, role: Role, dataset: DatasetFacts): Access => {
  if (actor.companyId !== dataset.companyId) return NOTHING;
  // Someone must be able to take over what a person who left had kept to themselves.
  if (role === 'owner') return { right: 'manage', reason: 'company_owner' };
  if (actor.userId === dataset.ownerId && role !== 'viewer')
    return { right: 'manage', reason: 'dataset_owner' };
  if (actor.userId === dataset.ownerId) return { right: 'read', reason: 'dataset_owner' };
  return dataset.visibility === 'company' ? { right: OF_ROLE[role], reason: 'company_role' } : NOTHING;
};

const ofGrant = (actor: Actor, dataset: DatasetFacts, grant: Grant | undefined, now: number): Access => {
  if (grant === undefined || grant.userId !== actor.userId || grant.companyId !== actor.companyId)
    return NOTHING;
  if (grant.until !== undefined && now >= grant.until) return NOTHING;
  if (actor.companyId !== dataset.companyId && !dataset.sharedOutside) return NOTHING;
  return { right: grant.right, reason: 'grant' };
};

/**
 * Decides by three layers: membership of the company, the user's own datasets, and a grant; the larger right counts,
 * and of equal ones the membership. A private dataset is its owner's, the company owners' and those users' who have a
 * grant; admins do not see it.
 * @param grant the user's on this dataset, if any; a grant of anybody else gives nothing.
 * @param now milliseconds since 1970.
 */
export const decideAccess = (
  actor: Actor,
  dataset: DatasetFacts,
  grant: Grant | undefined,
  now: number,
): Access => {
  if (actor.role === undefined) return { right: 'none', reason: 'no_member' };
  const membership = ofMembership(actor, actor.role, dataset);
  const granted = ofGrant(actor, dataset, grant, now);
  return includesRight(membership.right, granted.right) ? membership : granted;
};
