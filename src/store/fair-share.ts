/** A pool of which no company has all connections, whatever it asks for. */
import { Problem } from '../foundation/problem.ts';
import { createTurns } from '../foundation/turns.ts';
import type { Database } from './database.ts';

/** 503 `unavailable`: enough of this company waits already. */
const tooMuchOfOne = (): Problem =>
  new Problem(503, 'unavailable', 'Service unavailable', {
    detail: 'Too much of your company waits for the database at the moment; try again in a few seconds.',
    headers: { 'retry-after': '5' },
  });

/** More than its places for downloads, statistics and searches together, so that it is hardly ever reached. */
const MOST_WAITING = 16;

/**
 * The same database, where at most `most` transactions of one company are under way at once; its others wait without a connection.
 * Choose it below the size of the pool.
 */
export const shareByCompany = (database: Database, most: number): Database => {
  const turns = createTurns({ most, mostWaiting: MOST_WAITING, refusal: tooMuchOfOne });
  return {
    ...database,
    company: (company, work) => turns(company, () => database.company(company, work)),
    as: (scope, work) => turns(scope.company, () => database.as(scope, work)),
  };
};
