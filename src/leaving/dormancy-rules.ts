/** When an account that nobody uses is warned and erased. Pure: times in milliseconds since the Unix epoch. */
import { utcDay } from '../foundation/clock.ts';

const DAY_MS = 86_400_000;

/** Calendar months without a sign-in or an API call. */
export const DORMANT_MONTHS = 6;
/** Days between each warning and the erasure. */
export const FIRST_WARNING_DAYS = 30;
export const LAST_WARNING_DAYS = 7;

/** How long the outbox tries to hand over a warning (it takes at most ten days). */
export const WARNING_MAIL_MS = 10 * DAY_MS;

/** 00:00 UTC of the day on which an account unused since `activeOn` (`YYYY-MM-DD`) has been so for six months. */
export const dormantAt = (activeOn: string): number => {
  const last = new Date(`${activeOn}T00:00:00Z`);
  const [year, month, day] = [last.getUTCFullYear(), last.getUTCMonth() + DORMANT_MONTHS, last.getUTCDate()];
  // Six months after the 31st of August is the last of February.
  const lastDay = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  return Date.UTC(year, month, Math.min(day, lastDay));
};

/** Whoever was seen on this day or later is not to be warned yet; a little early, since months differ. */
export const warnableBefore = (now: number): string =>
  utcDay(now - (28 * DORMANT_MONTHS - FIRST_WARNING_DAYS) * DAY_MS);

/** What is known of a user whom nobody has seen for long. */
export interface Disuse {
  /** The last day on which somebody acted for the user, `YYYY-MM-DD`. */
  readonly activeOn: string;
  /** When each warning was known to have been handed over. */
  readonly warned30At: number | undefined;
  readonly warned7At: number | undefined;
  /** Until when the outbox tries to hand over the warning under way. */
  readonly warningUntil: number | undefined;
  /** Whether a warning still lies in the outbox. */
  readonly isWaiting: boolean;
}

export type Stage = 'first' | 'last';

export type NextStep =
  | { readonly step: 'nothing' }
  /** Mail a warning that says when the account is erased at the earliest. */
  | { readonly step: 'warn'; readonly stage: Stage; readonly erasedAt: number }
  /** The warning has left the outbox. */
  | { readonly step: 'confirm'; readonly stage: Stage }
  | { readonly step: 'erase' };

/**
 * What is to be done now. No step is skipped: where the server was off, or mail was down, what follows moves back, so
 * that between each warning and the erasure there are always the days that were promised.
 */
export const nextStep = (disuse: Disuse, now: number): NextStep => {
  // Older than the last sign of life, or of the same day: said before the user came back.
  const since = (at: number | undefined): number | undefined =>
    at !== undefined && utcDay(at) > disuse.activeOn ? at : undefined;
  const first = since(disuse.warned30At);
  const last = first === undefined ? undefined : since(disuse.warned7At);
  const dueAt = dormantAt(disuse.activeOn);

  if (first !== undefined && last !== undefined && last >= first) {
    const at = Math.max(dueAt, first + FIRST_WARNING_DAYS * DAY_MS, last + LAST_WARNING_DAYS * DAY_MS);
    return now >= at ? { step: 'erase' } : { step: 'nothing' };
  }

  const stage: Stage = first === undefined ? 'first' : 'last';
  const days = stage === 'first' ? FIRST_WARNING_DAYS : LAST_WARNING_DAYS;
  const between = (FIRST_WARNING_DAYS - LAST_WARNING_DAYS) * DAY_MS;
  const warnAt = Math.max(dueAt - days * DAY_MS, first === undefined ? 0 : first + between);
  if (now < warnAt || disuse.isWaiting) return { step: 'nothing' };
  const until = since(disuse.warningUntil);
  // Past its end a mail is dropped unsent, so that its absence says nothing any more.
  if (until !== undefined && now < until) return { step: 'confirm', stage };
  return { step: 'warn', stage, erasedAt: Math.max(dueAt, now + days * DAY_MS) };
};
