/** How signing up and in ends where it does not succeed. None tells whether an address has an account. */
import { Problem } from '../foundation/problem.ts';
import { retryAfter } from '../http/access-problems.ts';

export { emailInvalid } from '../foundation/email.ts';
export { linkInvalid } from '../foundation/link.ts';
export { sessionEnded, tooManyAttempts } from '../http/access-problems.ts';

/** 401: one answer for an unknown address, a wrong password, an account without one, and one that changed meanwhile. */
export const invalidCredentials = (): Problem =>
  new Problem(401, 'invalid_credentials', 'E-mail address and password do not match', {
    detail: 'Check both, use a passkey, or set a new password by a link that we mail to you.',
  });

/** 401: a wrong, used or outdated code. */
export const invalidCode = (): Problem =>
  new Problem(401, 'invalid_code', 'This code is not valid', {
    detail:
      'Each code works once. Take the one that is shown now, and check that your device has the right time.',
  });

/** 403: the link was opened elsewhere than where the account was asked for, without its password. */
export const signUpPasswordWrong = (): Problem =>
  new Problem(403, 'sign_up_password_required', 'Enter the password that you chose', {
    detail:
      'You opened the link in another browser than the one in which you signed up, so we ask for the password again. If it was not you who signed up, start anew: this account will never be made.',
    field: '/password',
  });

/** 400: a sign-up without a password is confirmed by a passkey, and one with a password without. */
export const signUpMethodWrong = (needs: 'password' | 'passkey'): Problem =>
  new Problem(400, 'sign_up_method_wrong', 'This sign-up is confirmed in another way', {
    detail:
      needs === 'passkey'
        ? 'It was made without a password: make a passkey.'
        : 'It was made with a password.',
    field: needs === 'passkey' ? '/passkey' : '/password',
  });

/** 409: shown only to whoever reads the mail of that address. */
export const accountExists = (): Problem =>
  new Problem(409, 'account_exists', 'This address has an account already', {
    detail: 'Sign in, or set a new password if you do not remember it.',
  });

/** 403: with a second factor enrolled, the first alone proves nothing new. */
export const proofMethodRefused = (): Problem =>
  new Problem(403, 'proof_method_refused', 'Use your second factor', {
    detail: 'Your account has a second factor. Prove who you are with a code or a passkey.',
    field: '/password',
  });

/** 404: no such session of this user, or one that is over. */
export const sessionNotFound = (): Problem =>
  new Problem(404, 'session_not_found', 'No such session', {
    detail: 'List the sessions to see which there are.',
    field: 'session',
  });

/** 429: somebody guesses at this address from many places; whoever owns it has other ways in. */
export const passwordsPaused = (retryAfterMs: number): Problem =>
  new Problem(429, 'passwords_paused', 'Passwords are paused for this address in unfamiliar browsers', {
    detail:
      'Too many were tried. Use a passkey, a browser in which you signed in before, or set a new password by a link that we mail to you.',
    headers: retryAfter(retryAfterMs),
  });
