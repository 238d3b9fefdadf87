/** Holds what a route asks for against who calls: the one place where access kinds of `http` and rules of `policy` meet. */
import type { Caller, Membership, SessionCaller } from './foundation/caller.ts';
import type { ProofMethod } from './foundation/problem.ts';
import { ok, refused, type Result } from './foundation/result.ts';
import type { AuthoriseRefusal } from './http/access-problems.ts';
import type { AnyRoute, Request } from './http/route.ts';
import { authoriseKey, authoriseMember, isFresh } from './policy/authorise.ts';
import { PERMISSIONS, type Permission } from './policy/roles.ts';

type Verdict = Result<Membership | undefined, AuthoriseRefusal>;

const isPermission = (text: string): text is Permission => Object.hasOwn(PERMISSIONS, text);

/** @throws Error where a route asks for a permission that nobody can have. */
export const refuseUnknownPermissions = (routes: readonly AnyRoute[]): void => {
  for (const { operation, access } of routes) {
    if ('member' in access && !isPermission(access.member)) {
      throw new Error(`route ${operation}: there is no permission ${access.member}`);
    }
  }
};

const proofMethodsOf = ({ proofMethods, hasSecondFactor }: SessionCaller): readonly ProofMethod[] =>
  proofMethods ?? (hasSecondFactor ? ['totp', 'passkey'] : ['password']);

/** Whether this caller may call this route now; gives the membership on routes of a company. Pure. */
export const authorise = (caller: Caller, route: AnyRoute, request: Request, now: number): Verdict => {
  const { access } = route;
  if ('secretKey' in access) {
    const verdict = authoriseKey(access.secretKey, caller, access.browser === true);
    if (verdict.ok) return ok(undefined);
    // A browser's key is public, and gets no more scopes than pages need.
    const isKey = caller.credential === 'secret-key';
    return refused({ because: verdict.reason, ...(isKey ? { scope: access.secretKey } : {}) });
  }
  if ('pending' in access) {
    return caller.credential === 'pending' ? ok(undefined) : refused({ because: 'scope-missing' });
  }
  if (caller.credential !== 'session') return refused({ because: 'scope-missing' });
  let membership: Membership | undefined;
  if ('member' in access) {
    if (!isPermission(access.member)) return refused({ because: 'role' });
    const verdict = authoriseMember(access.member, caller, request.params['company'] ?? '');
    if (!verdict.ok) return refused({ because: verdict.reason });
    membership = verdict.value;
  }
  if (route.fresh === true && !isFresh(caller, now)) {
    return refused({ because: 'proof-not-fresh', methods: proofMethodsOf(caller) });
  }
  return ok(membership);
};
