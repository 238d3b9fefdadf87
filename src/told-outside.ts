/** What a caller is told of why it was not identified, which is less than the gate knows. */
import type { Caller } from './foundation/caller.ts';
import { refused, type Result } from './foundation/result.ts';
import type { IdentifyRefusal } from './http/access-problems.ts';

type Verdict<Reason> = Result<Caller, Reason>;

/** What is told as it is: it is about what is public. */
const TOLD: readonly IdentifyRefusal[] = [
  'missing',
  'origin-missing',
  'origin-not-allowed',
  'no-domain',
  'secret-in-browser',
];

const withoutReason = (verdict: Verdict<string>): Verdict<IdentifyRefusal> =>
  verdict.ok ? verdict : refused(TOLD.find((reason) => reason === verdict.reason) ?? 'invalid');

/** Outsiders learn whether a credential was there, and that a page's origin is wrong; never what was wrong with a secret. */
export const outsideOf = (
  verdict: Verdict<string> | Promise<Verdict<string>>,
): Verdict<IdentifyRefusal> | Promise<Verdict<IdentifyRefusal>> =>
  verdict instanceof Promise ? verdict.then(withoutReason) : withoutReason(verdict);
