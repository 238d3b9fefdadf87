import type { Caller, Membership, ProjectCaller, Scope, SessionCaller } from '../foundation/caller.ts';
import { ok, refused, type Result } from '../foundation/result.ts';
import { may, type Permission } from './roles.ts';

/** How long a proof of who one is counts as fresh. */
export const FRESH_MS = 10 * 60_000;

export type SessionRefusal = 'no-member' | 'role' | 'second-factor-required' | 'proof-not-fresh';

/**
 * Whether a key may do what a route asks for. Pure: no clock, no database.
 * @param isForBrowsers whether the route says that pages may do it, with what is public.
 */
export const authoriseKey = (
  needed: Scope,
  caller: Caller,
  isForBrowsers = false,
): Result<ProjectCaller, 'scope-missing'> =>
  (caller.credential === 'secret-key' || (caller.credential === 'browser' && isForBrowsers)) &&
  caller.scopes.includes(needed)
    ? ok(caller)
    : refused('scope-missing');

/**
 * A password of before a second factor was enrolled elsewhere proves nothing any more: who has only stolen the password
 * could otherwise take the factor away again.
 */
const provesEnough = ({ isStrong, hasSecondFactor }: SessionCaller): boolean => isStrong || !hasSecondFactor;

/** Whether the person behind a session has proved who they are lately. */
export const isFresh = (caller: SessionCaller, now: number): boolean =>
  now - caller.provenAt <= FRESH_MS && provesEnough(caller);

/** Until when `isFresh` holds, in milliseconds; the moment of the proof itself, which is over, where it never does. */
export const freshUntilOf = (caller: SessionCaller): number =>
  caller.provenAt + (provesEnough(caller) ? FRESH_MS : 0);

/** Whether a company that requires a second factor has to refuse. Whoever cannot have one must be able to go. */
export const lacksSecondFactor = (
  needed: Permission,
  isRequired: boolean,
  caller: Pick<SessionCaller, 'isStrong'>,
): boolean => isRequired && !caller.isStrong && needed !== 'company.leave';

/**
 * Whether the person behind a session may do something in a company. What a stranger to the company learns is nothing,
 * so membership is asked first; a role comes before the second factor, which would be of no use without it.
 * @param company as it stands in the path, in any form.
 */
export const authoriseMember = (
  needed: Permission,
  caller: SessionCaller,
  company: string,
): Result<Membership, Exclude<SessionRefusal, 'proof-not-fresh'>> => {
  const membership = [...caller.memberships.values()].find((one) => one.company === company);
  if (membership === undefined) return refused('no-member');
  if (!may(membership.role, needed)) return refused('role');
  if (lacksSecondFactor(needed, membership.requiresSecondFactor, caller))
    return refused('second-factor-required');
  return ok(membership);
};
