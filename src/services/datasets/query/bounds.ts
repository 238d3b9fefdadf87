/** How much of a request is read at all, so that no work grows with what a stranger sends. */
import { refuseSize } from './problems.ts';

/** Each is checked before the work that it bounds; units stand in the names or are counts. */
export const BOUNDS = {
  /** UTF-16 units of the query string as it came. */
  queryLength: 32_768,
  parameters: 250,
  selectItems: 1_600,
  orderTerms: 32,
  conditions: 250,
  /** Levels of `and` and `or` within each other. */
  depth: 16,
  jsonSteps: 32,
  listValues: 5_000,
  /** UTF-16 units of one name or JSON key. */
  nameLength: 256,
  /** UTF-16 units of a regular expression: PostgreSQL bounds its states, the statement time-out its run. */
  patternLength: 1_000,
  /** UTF-16 units of the body of a change. */
  bodyLength: 4_194_304,
  rows: 100_000,
  /** Bytes of the rows of one answer, as they are sent. */
  answerBytes: 16_777_216,
  /** UTF-16 units of `Prefer` or `Accept`, all its lines together. */
  headerLength: 4_096,
} as const;

export type Bound = keyof typeof BOUNDS;

/** Throws PGRST100 with the bound's name where `count` is over it. */
export const checkBound = (bound: Bound, count: number): void => {
  if (count > BOUNDS[bound]) throw refuseSize(bound, BOUNDS[bound]);
};
