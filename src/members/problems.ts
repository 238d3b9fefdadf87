import { linkInvalid as linkProblem } from '../foundation/link.ts';
import { Problem } from '../foundation/problem.ts';
import { notFoundProblem } from '../http/endpoint.ts';
import { MOST_INVITATIONS } from './limits.ts';

export { sessionEnded, tooManyAttempts } from '../http/access-problems.ts';

export const memberNotFound = (): Problem => notFoundProblem('member_not_found', 'No such member', 'user');

export const invitationNotFound = (): Problem =>
  notFoundProblem('invitation_not_found', 'No such invitation', 'invitation');

/** 403: only owners make, change and remove owners. */
export const roleOutOfReach = (): Problem =>
  new Problem(403, 'forbidden', 'Not allowed', {
    detail: 'Only an owner may make, change or remove owners.',
  });

/** 409: what was decided on is not so any more. */
export const roleChangedMeanwhile = (): Problem =>
  new Problem(409, 'changed_meanwhile', 'The role was changed meanwhile', {
    detail: 'Nothing was done. Look at the members again, then decide.',
    field: '/expected_role',
  });

/** 409: a company without an owner could not be changed or deleted by anybody. */
export const lastOwner = (): Problem =>
  new Problem(409, 'last_owner', 'A company keeps an owner', {
    detail: 'Make somebody else an owner first, or delete the company.',
  });

export const alreadyMember = (): Problem =>
  new Problem(409, 'already_member', 'Already a member', {
    detail: 'Whoever has this address belongs to the company. Change the role instead.',
  });

export const tooManyInvitations = (): Problem =>
  new Problem(409, 'too_many_invitations', 'No more invitations', {
    detail: `At most ${MOST_INVITATIONS} invitations are open at the same time. Withdraw one, or wait until one is accepted.`,
  });

/** 410: an invitation that was accepted. */
export const linkUsed = (): Problem =>
  new Problem(410, 'link_used', 'This invitation was accepted already', {
    detail: 'Sign in to see the company.',
    field: '/token',
  });

/** 401: the invited address has an account, which only its owner may join with. */
export const signInRequired = (): Problem =>
  new Problem(401, 'sign_in_required', 'Sign in first', {
    detail: 'This address has an account. Sign in with it, then follow the link again.',
  });

/** 403: an invitation is for one address. */
export const otherAccount = (): Problem =>
  new Problem(403, 'other_account', 'This invitation is for another address', {
    detail: 'Sign out, and sign in with the address to which the invitation was sent.',
  });

/** 400: a new account needs a password. */
export const passwordRequired = (): Problem =>
  new Problem(400, 'invalid_request', 'Something in the request is missing or not valid', {
    detail: 'This address has no account yet. Choose a password to make one.',
    field: '/password',
  });

/** 410: an invitation that ran out, was withdrawn or replaced, or never was. */
export const linkInvalid = (): Problem => linkProblem('Ask for another invitation.');
