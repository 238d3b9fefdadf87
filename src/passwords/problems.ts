/** How passwords end requests. */
import { Problem } from '../foundation/problem.ts';
import { FAULT_SENTENCES } from './hints.ts';
import type { PasswordFault } from './rules.ts';

/** 503: more waits to be hashed than is hashed in a reasonable time, or the thread that did it died. */
export const busy = (retryAfterSeconds = 5, cause?: unknown): Problem =>
  new Problem(503, 'busy', 'Too many sign-ins at once', {
    detail: 'Nothing was changed. Try again in a few seconds.',
    headers: { 'retry-after': String(retryAfterSeconds) },
    cause,
  });

/** 429: one source has its share of what waits to be hashed. */
export const tooManyWaiting = (retryAfterSeconds = 2): Problem =>
  new Problem(429, 'rate_limited', 'Too many requests', {
    detail: 'Wait for the answers to your other sign-ins, then try again.',
    headers: { 'retry-after': String(retryAfterSeconds) },
  });

/** 400 with the fault as its code: the password may not be set. `hint` is from our own table. */
export const passwordRefused = (fault: PasswordFault, hint?: string, field = '/password'): Problem =>
  new Problem(400, fault, 'This password cannot be used', {
    detail: hint === undefined ? FAULT_SENTENCES[fault] : `${FAULT_SENTENCES[fault]} ${hint}`,
    field,
  });
