import { linkInvalid as linkProblem } from '../../foundation/link.ts';
import { Problem } from '../../foundation/problem.ts';
import { notFoundProblem } from '../../http/endpoint.ts';
import { MOST_GRANTS, MOST_INVITATIONS } from './limits.ts';

export { sessionEnded, tooManyAttempts } from '../../http/access-problems.ts';

/** 404: the same whether there is no such dataset, it is another company's, or it is not for this user. */
export const datasetNotFound = (): Problem =>
  notFoundProblem('dataset_not_found', 'No such dataset', 'dataset');

export const grantNotFound = (): Problem => notFoundProblem('grant_not_found', 'No such grant', 'grant');

export const invitationNotFound = (): Problem =>
  notFoundProblem('invitation_not_found', 'No such invitation', 'invitation');

export const requestNotFound = (): Problem =>
  notFoundProblem('request_not_found', 'No such request', 'request');

/** 404: grants go to members of the company; whoever else there is is nobody's business. */
export const memberNotFound = (): Problem =>
  new Problem(404, 'member_not_found', 'No such member', {
    detail: 'Only members of your company are given a right directly. Invite others by their mail address.',
    field: '/user',
  });

/** 403: the dataset is seen, but who shares it is for those who manage it. */
export const manageOnly = (): Problem =>
  new Problem(403, 'forbidden', 'Not allowed', {
    detail: 'Only those who manage this dataset may do this.',
  });

/** 409: the company, or the dataset, is not let out. */
export const outsideNotAllowed = (): Problem =>
  new Problem(409, 'outside_not_allowed', 'This dataset is not let out', {
    detail:
      'An owner of the company has to let datasets out, and the dataset has to be set so, before it is shared with others than members.',
  });

/** 409: that person has a grant in that company already. */
export const alreadyShared = (): Problem =>
  new Problem(409, 'already_shared', 'Already shared with this person', {
    detail: 'Change the grant instead.',
    field: '/user',
  });

/** 400: an end has to lie ahead, in a year of four digits. */
export const untilInvalid = (): Problem =>
  new Problem(400, 'until_invalid', 'This end does not lie ahead', {
    detail: 'Give a time that is still to come, before the year 10000, or leave it out for no end.',
    field: '/until',
  });

export const tooManyGrants = (): Problem =>
  new Problem(409, 'too_many_grants', 'No more grants', {
    detail: `A dataset is shared with at most ${MOST_GRANTS} single people. Make it visible to the company instead, or take grants away.`,
  });

export const tooManyInvitations = (): Problem =>
  new Problem(409, 'too_many_invitations', 'No more invitations', {
    detail: `At most ${MOST_INVITATIONS} invitations to datasets are open at the same time. Withdraw one, or wait until one is accepted.`,
  });

/** 410: an invitation that was accepted. */
export const linkUsed = (): Problem =>
  new Problem(410, 'link_used', 'This invitation was accepted already', {
    detail: 'Sign in to see the dataset.',
    field: '/token',
  });

/** 403: an invitation is for one address. */
export const otherAccount = (): Problem =>
  new Problem(403, 'other_account', 'This invitation is for another address', {
    detail: 'Sign out, and sign in with the address to which the invitation was sent.',
  });

/** 410: an invitation that ran out, was withdrawn or replaced, is void, or never was. */
export const linkInvalid = (): Problem => linkProblem('Ask for another invitation.');
