/** How signing up and in ends where it does not succeed. None tells whether an address has an account. */
import { Problem } from '../foundation/problem.ts';

const retryAfter = (milliseconds: number): { readonly headers: Readonly<Record<string, string>> } => ({
  headers: { 'retry-after': String(Math.max(1, Math.ceil(milliseconds / 1000))) },
});

/** 400: what was given as an address is none that we take. */
export const emailInvalid = (): Problem =>
  new Problem(400, 'email_invalid', 'This is not a valid e-mail address', {
    detail:
      'Write it as name@example.com: plain letters, digits and signs before the @, without quotes or spaces, and the domain as it is registered.',
    field: '/email',
  });

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

/** 401: the credentials changed, or the session ended, while the request was under way. */
export const signInAgain = (): Problem =>
  new Problem(401, 'session_ended', 'Sign in again', {
    detail: 'Your sign-in ended meanwhile.',
  });

/** 410: a link that was used, has run out, or never was: one answer. */
export const linkInvalid = (): Problem =>
  new Problem(410, 'link_invalid', 'This link does not work any more', {
    detail: 'Links work once and for a limited time. Ask for a new one.',
    field: '/token',
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

/** 429: guessing is slowed. */
export const tooManyAttempts = (retryAfterMs: number): Problem =>
  new Problem(429, 'too_many_attempts', 'Too many attempts', {
    detail: 'Wait a little, then try again.',
    ...retryAfter(retryAfterMs),
  });

/** 429: somebody guesses at this address from many places; whoever owns it has other ways in. */
export const passwordsPaused = (retryAfterMs: number): Problem =>
  new Problem(429, 'passwords_paused', 'Passwords are paused for this address in unfamiliar browsers', {
    detail:
      'Too many were tried. Use a passkey, a browser in which you signed in before, or set a new password by a link that we mail to you.',
    ...retryAfter(retryAfterMs),
  });
