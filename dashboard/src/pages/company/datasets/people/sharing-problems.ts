/** Refusals of sharing, with what whoever meets them can do about it here. */
import { ApiProblem } from '../../../../api/problem.ts';

/** For those who manage a dataset. */
const FOR_MANAGERS: Readonly<Record<string, string>> = {
  already_shared: 'This person has a right on it already. Close this, and press Change beside the name.',
  outside_not_allowed:
    'Switch on “May be shared with people of other companies” on this page first. Where that is fixed, an owner allows it in the settings of the company.',
  too_many_grants:
    'It is shared with as many single people as it can be. Take a right away from somebody, or make it visible to the whole company in its settings.',
  too_many_invitations: 'Too many invitations are open. Withdraw one below, or wait until one is accepted.',
  dataset_busy: 'Somebody is writing into it just now. Nothing was changed; try again in a few seconds.',
};

/** For those who were invited. */
const FOR_INVITED: Readonly<Record<string, string>> = {
  link_used:
    'If it was you, sign in: the dataset stands under “Shared with you” of the company that you chose.',
  too_many_grants:
    'The dataset is shared with as many people as it can be. Tell whoever invited you: the invitation stays open while they make room.',
};

const withSentence = (problem: unknown, sentences: Readonly<Record<string, string>>): unknown => {
  if (!(problem instanceof ApiProblem) || !Object.hasOwn(sentences, problem.code)) return problem;
  return new ApiProblem(problem.status, { ...problem.members, detail: sentences[problem.code] });
};

/** The same problem with a sentence that fits where it is shown; others, and whatever else was thrown, stay as they are. */
export const forManagers = (problem: unknown): unknown => withSentence(problem, FOR_MANAGERS);

/** As `forManagers`, for the page of an invitation. */
export const forInvited = (problem: unknown): unknown => withSentence(problem, FOR_INVITED);
