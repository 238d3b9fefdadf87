/** Why a look or a load ended, in words that its uploader is told. */
import { Problem } from '../../foundation/problem.ts';
import { CONTENT_ERRORS } from '../../services/datasets/access/content.ts';
import { StoreError } from '../../store/errors.ts';
import { FormatError } from './formats/format-error.ts';
import { LoadFailure } from './interruption.ts';

/** By SQLSTATE (PostgreSQL manual, appendix A) and those of migration 0017. */
const BY_STATE: Readonly<Record<string, string>> = {
  [CONTENT_ERRORS.notAllowed]: 'right_lost',
  [CONTENT_ERRORS.versionMoved]: 'version_conflict',
  [CONTENT_ERRORS.columnName]: 'columns_invalid',
  [CONTENT_ERRORS.columnType]: 'columns_invalid',
  [CONTENT_ERRORS.columnCount]: 'columns_invalid',
  [CONTENT_ERRORS.columnTwice]: 'columns_invalid',
  [CONTENT_ERRORS.key]: 'key_invalid',
  [CONTENT_ERRORS.noContent]: 'nothing_to_append_to',
  [CONTENT_ERRORS.otherColumns]: 'columns_differ',
  // Rows of equal key, and keys with nothing in them.
  '23505': 'duplicate_key',
  '23502': 'key_missing',
  // A row that is too large for a page, or for an index.
  '54000': 'row_too_large',
  '54011': 'columns_invalid',
  '53100': 'disk_full',
};

/** Data exceptions: cells that PostgreSQL does not take although we did. */
const DATA = /^22/;

const stateOf = (error: unknown): string | undefined => {
  if (error instanceof StoreError) return error.code;
  return error instanceof Problem && error.cause instanceof StoreError ? error.cause.code : undefined;
};

/** An end as its uploader is told of it. */
export interface Failure {
  readonly code: string;
  readonly detail?: string | undefined;
}

/**
 * What its uploader is told; undefined where the same may well succeed when it is tried again, as after a database that was
 * lost; `internal_error` for a bug.
 */
export const failureOf = (error: unknown): Failure | undefined => {
  if (error instanceof LoadFailure) return error;
  if (error instanceof FormatError) return { code: error.code, detail: error.message };
  const state = stateOf(error);
  if (state !== undefined) {
    const code = BY_STATE[state];
    if (code !== undefined) return { code };
    if (DATA.test(state)) return { code: 'row_refused' };
  }
  return error instanceof Problem && error.status === 503 ? undefined : { code: 'internal_error' };
};
