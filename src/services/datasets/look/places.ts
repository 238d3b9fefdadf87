/** How many statistics and searches of one company a thread does at once. */
import { Problem } from '../../../foundation/problem.ts';
import { createTurns, type Turns } from '../../../foundation/turns.ts';

/** As many as a page asks for; the first of them takes up to twenty seconds, and the last one waits for all. */
const MOST_WAITING = 4;

/** 429 `too_many_looks`: one of this company is under way, and enough wait behind it. */
export const tooManyLooks = (): Problem =>
  new Problem(429, 'too_many_looks', 'Too many statistics and searches at once', {
    detail: `Statistics and searches of a company are done one after the other, and ${MOST_WAITING} of yours wait already. Try again when one of them is done.`,
    headers: { 'retry-after': '5' },
  });

/** One of a company at a time, `MOST_WAITING` behind it. */
export const createLookTurns = (): Turns =>
  createTurns({ most: 1, mostWaiting: MOST_WAITING, refusal: tooManyLooks });
