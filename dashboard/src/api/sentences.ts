/** Problems in plain words: what happened, and what to do. The server's own `detail` goes before ours. */
import { ApiProblem } from './problem.ts';

export interface Sentences {
  readonly what: string;
  readonly next: string;
}

const wait = (seconds: number): string => {
  if (seconds < 90) return `${seconds} seconds`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 90 ? `${minutes} minutes` : `${Math.ceil(minutes / 60)} hours`;
};

/** By status, for codes that bring no sentence of their own. */
const NEXT: Readonly<Record<number, string>> = {
  400: 'Look at what you entered and try again.',
  401: 'Sign in and try again.',
  403: 'Ask an owner or admin of the company.',
  404: 'It may have been removed, or you may not belong to it. Go back and look again.',
  409: 'Someone else changed it meanwhile. Reload, look at it, and try again.',
  413: 'Send less at once.',
  429: 'Wait a little, then try again.',
  503: 'Try again in a moment.',
};

/** Both sentences for anything that was thrown. */
export const describeProblem = (problem: unknown): Sentences => {
  if (!(problem instanceof ApiProblem)) {
    return { what: 'Something went wrong on this page.', next: 'Reload the page and try again.' };
  }
  const what = /[.!?]$/.test(problem.message) ? problem.message : `${problem.message}.`;
  if (problem.retryAfter !== undefined && problem.retryAfter > 0) {
    return { what, next: `${problem.detail ?? ''} Possible again in ${wait(problem.retryAfter)}.`.trim() };
  }
  const fallback = problem.status >= 500 ? 'It is not your fault. Try again in a moment.' : 'Try again.';
  return { what, next: problem.detail ?? NEXT[problem.status] ?? fallback };
};
