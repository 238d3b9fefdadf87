/** Runs a transaction once more where only chance made it fail. */
import { Problem } from '../foundation/problem.ts';
import { StoreError } from '../store/errors.ts';

/** Somebody else changed who owns what between two looks. */
export class OwnersChanged extends Error {}

/** Deadlock and serialization failure (PostgreSQL manual, appendix A). */
const CHANCE = new Set(['40P01', '40001']);

const isChance = (error: unknown): boolean => {
  if (error instanceof OwnersChanged) return true;
  const cause = error instanceof Problem ? error.cause : error;
  // The last owners of a company leave it in the same moment: the later one is now the only one.
  return (
    cause instanceof StoreError && (CHANCE.has(cause.code) || cause.constraint === 'company_keeps_an_owner')
  );
};

const MOST_TRIES = 4;

/** @param work one whole transaction, which leaves nothing behind when it rejects. */
export const againByChance = async <Value>(work: () => Promise<Value>): Promise<Value> => {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      if (tries === MOST_TRIES || !isChance(error)) throw error;
    }
  }
};
