import { Problem } from '../foundation/problem.ts';

/** 400: the challenge is not one of ours that waits: answered before, older than five minutes, or meant for something else. */
export const challengeOver = (): Problem =>
  new Problem(400, 'challenge_over', 'This was answered before or took too long', {
    detail: 'Ask for new options and use the passkey again.',
  });

/** 400: what the browser sent after making a passkey does not hold. */
export const passkeyInvalid = (): Problem =>
  new Problem(400, 'passkey_invalid', 'This passkey cannot be added', {
    detail: 'It has to be made for this address, by an authenticator that checks who is using it.',
    field: '/response',
  });

/** 401: no passkey that proves this person; the same whatever was wrong with it. */
export const passkeyRefused = (): Problem =>
  new Problem(401, 'passkey_refused', 'This passkey is not accepted here', {
    detail: 'Use a passkey that was added to this account, and let the device check that it is you.',
  });

export const passkeyNotFound = (): Problem =>
  new Problem(404, 'passkey_not_found', 'No such passkey', {
    detail: 'List the factors to see which there are.',
    field: 'passkey',
  });

export const passkeyExists = (): Problem =>
  new Problem(409, 'passkey_exists', 'This passkey has been added already', {
    detail: 'Use another device or password manager to add another one.',
  });

export const tooManyPasskeys = (most: number): Problem =>
  new Problem(409, 'too_many_passkeys', 'There are too many passkeys', {
    detail: `An account has at most ${most}; remove one that is not used any more.`,
  });

export const onlyWayIn = (): Problem =>
  new Problem(409, 'only_way_in', 'This passkey is the only way into the account', {
    detail: 'Add another passkey or set a password first.',
  });

export const secondFactorNeeded = (): Problem =>
  new Problem(409, 'second_factor_needed', 'A second factor has to stay', {
    detail:
      'One of your companies requires it of all members. Add another factor before you remove this one.',
  });

export const noSecondFactor = (): Problem =>
  new Problem(409, 'no_second_factor', 'There is no second factor', {
    detail: 'Add an authenticator app or a passkey first; recovery codes stand in for it.',
  });

export const totpExists = (): Problem =>
  new Problem(409, 'totp_exists', 'An authenticator app has been added already', {
    detail: 'Remove it before you add another one.',
  });

export const totpNotStarted = (): Problem =>
  new Problem(409, 'totp_not_started', 'No authenticator app is being added', {
    detail: 'It was not started, took longer than an hour, or was removed; start again.',
  });

export const totpNotFound = (): Problem =>
  new Problem(404, 'totp_not_found', 'There is no authenticator app', {
    detail: 'There is nothing to remove.',
  });

/** 400: a code that is not the app's now, or that was used before. */
export const codeWrong = (): Problem =>
  new Problem(400, 'code_wrong', 'This code is not right', {
    detail: 'Type the code that the app shows now; check that the clock of the device is right.',
    field: '/code',
  });
