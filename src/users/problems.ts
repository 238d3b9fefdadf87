import { Problem } from '../foundation/problem.ts';

/** 401: the session ended, or the credentials changed, while the request was under way. */
export const sessionEnded = (): Problem =>
  new Problem(401, 'session_ended', 'Sign in again', { detail: 'Your sign-in ended meanwhile.' });

/** 409: what was decided on is not so any more. */
export const changedMeanwhile = (): Problem =>
  new Problem(409, 'changed_meanwhile', 'Something changed meanwhile', {
    detail: 'Nothing was done. Look at the present state and try again.',
  });

/** 400: what was given as an address is none that we take. */
export const emailInvalid = (): Problem =>
  new Problem(400, 'email_invalid', 'This is not a valid e-mail address', {
    detail:
      'Write it as name@example.com: plain letters, digits and signs before the @, without quotes or spaces, and the domain as it is registered.',
    field: '/email',
  });

/** 409: it is the user's own already. */
export const emailSame = (): Problem =>
  new Problem(409, 'email_same', 'This is the address of the account already', { field: '/email' });

/** 409: shown only to whoever reads the mail of that address. */
export const emailTaken = (): Problem =>
  new Problem(409, 'email_taken', 'This address belongs to another account', {
    detail: 'Nothing was changed. Delete that account first, or use another address.',
  });

/** 410: a link that was used, has run out, or never was: one answer. */
export const linkInvalid = (): Problem =>
  new Problem(410, 'link_invalid', 'This link does not work any more', {
    detail: 'Links work once and for a limited time. Ask for a new one.',
    field: '/token',
  });

/** 429: guessing, or mailing, is slowed. */
export const tooManyAttempts = (retryAfterMs: number): Problem =>
  new Problem(429, 'too_many_attempts', 'Too many attempts', {
    detail: 'Wait a little, then try again.',
    headers: { 'retry-after': String(Math.max(1, Math.ceil(retryAfterMs / 1000))) },
  });
