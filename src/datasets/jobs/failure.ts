/** What the user of a job is told where it fails. */
import { Problem } from '../../foundation/problem.ts';
import { CONTENT_ERRORS } from '../../services/datasets/access/content.ts';
import { StoreError } from '../../store/errors.ts';

/** By SQLSTATE (PostgreSQL manual, appendix A) and those of migration 0017. */
const BY_STATE: Readonly<Record<string, string>> = {
  [CONTENT_ERRORS.notAllowed]: 'right_lost',
  [CONTENT_ERRORS.noVersion]: 'right_lost',
  '53100': 'disk_full',
};

/** What `findDataset` refuses. */
const RIGHT_LOST: ReadonlySet<string> = new Set([
  'dataset_not_found',
  'dataset_forbids',
  'version_not_found',
]);

/**
 * A code of ours; undefined where the same may well succeed when it is tried again.
 * @param words more codes by SQLSTATE, of this kind of job.
 */
export const failureOf = (error: unknown, words: Readonly<Record<string, string>>): string | undefined => {
  const cause = error instanceof Problem && error.cause !== undefined ? error.cause : error;
  const known = cause instanceof StoreError ? (words[cause.code] ?? BY_STATE[cause.code]) : undefined;
  if (known !== undefined) return known;
  if (!(error instanceof Problem)) return 'internal_error';
  if (error.status === 503) return undefined;
  return RIGHT_LOST.has(error.code) ? 'right_lost' : 'internal_error';
};
