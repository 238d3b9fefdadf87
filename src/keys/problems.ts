import { Problem } from '../foundation/problem.ts';
import { MOST_KEYS } from './limits.ts';

export const keyNotFound = (): Problem =>
  new Problem(404, 'key_not_found', 'No such key', {
    detail: 'List the keys to see which there are.',
    field: 'key',
  });

export const keyNameInvalid = (): Problem =>
  new Problem(
    400,
    'key_name_invalid',
    'The name of a key has 1 to 80 characters, no control characters and no secret in it',
    { field: 'name' },
  );

/** 400: it would be over before it is used. */
export const expiryPassed = (): Problem =>
  new Problem(400, 'invalid_request', 'Something in the request is missing or not valid', {
    detail: 'A key ends in the future. To end it now, revoke it.',
    field: '/expires_at',
  });

/** 400: for the command line. */
export const keySettingsInvalid = (detail: string): Problem =>
  new Problem(400, 'key_settings_invalid', 'A key cannot be set up like this', { detail });

/** 400: it cannot be a secret of ours, of whichever installation. */
export const secretMalformed = (): Problem =>
  new Problem(400, 'invalid_request', 'Something in the request is missing or not valid', {
    detail: 'This is not a whole secret key, which has 60 characters and begins with vs_sk_.',
    field: '/secret',
  });

/** 429 for one source. @param seconds until the next report is taken. */
export const tooManyReports = (seconds: number): Problem =>
  new Problem(429, 'rate_limited', 'Too many requests', {
    detail: 'Too many reports came from this address.',
    headers: { 'retry-after': String(seconds) },
  });

/** 409: a revocation is final. */
export const keyRevoked = (): Problem =>
  new Problem(409, 'key_revoked', 'This key is revoked', { detail: 'Make a new one.', field: 'key' });

/** 409: nobody would get the link. */
export const noOwner = (): Problem =>
  new Problem(409, 'no_owner', 'The company has no owner', {
    detail: 'Invite one first, with members invite.',
  });

export const tooManyKeys = (): Problem =>
  new Problem(409, 'too_many_keys', 'No more keys', {
    detail: `One project can have ${MOST_KEYS} keys that work. Revoke one first.`,
  });

/** 409: somebody else was faster; two rotations in a row would end the secret that still is in use. */
export const rotatedMeanwhile = (): Problem =>
  new Problem(409, 'changed_meanwhile', 'The key was rotated meanwhile', {
    detail: 'Look at the key again, then decide.',
    field: '/expected_previous_secret_expires_at',
  });
