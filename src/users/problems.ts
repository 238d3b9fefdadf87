import { Problem } from '../foundation/problem.ts';

export { emailInvalid } from '../foundation/email.ts';
export { linkInvalid } from '../foundation/link.ts';
export { sessionEnded, tooManyAttempts } from '../http/access-problems.ts';

/** 409: what was decided on is not so any more. */
export const changedMeanwhile = (): Problem =>
  new Problem(409, 'changed_meanwhile', 'Something changed meanwhile', {
    detail: 'Nothing was done. Look at the present state and try again.',
  });

/** 409: it is the user's own already. */
export const emailSame = (): Problem =>
  new Problem(409, 'email_same', 'This is the address of the account already', { field: '/email' });

/** 409: shown only to whoever reads the mail of that address. */
export const emailTaken = (): Problem =>
  new Problem(409, 'email_taken', 'This address belongs to another account', {
    detail: 'Nothing was changed. Delete that account first, or use another address.',
  });
