/** What the management of datasets refuses. */
import { Problem } from '../foundation/problem.ts';
import { notFoundProblem } from '../http/endpoint.ts';
import { MOST_COLUMNS, MOST_KEY_COLUMNS } from '../services/datasets/access/content.ts';
import { MOST_DATASETS } from './limits.ts';

/** 404: also for one that the actor may not know of. */
export const datasetNotFound = (): Problem =>
  notFoundProblem('dataset_not_found', 'No such dataset', 'dataset');

export const versionNotFound = (): Problem =>
  notFoundProblem('version_not_found', 'No such version', 'version');

/** 403: it may be read, and no more. */
export const datasetForbids = (): Problem =>
  new Problem(403, 'dataset_forbids', 'Your right on this dataset does not allow this', {
    detail: 'Ask somebody who manages it for more. Who that is stands on its page.',
  });

export const datasetNameTaken = (): Problem =>
  new Problem(409, 'dataset_name_taken', 'There is a dataset of this name', { field: '/name' });

export const tooManyDatasets = (): Problem =>
  new Problem(409, 'too_many_datasets', 'No more datasets', {
    detail: `One company can have ${MOST_DATASETS} datasets. Delete one first.`,
  });

/** 409: an edit or the end of a load holds it. */
export const datasetBusy = (): Problem =>
  new Problem(409, 'dataset_busy', 'The dataset is being edited just now', {
    detail: 'Try again in a few seconds.',
    headers: { 'retry-after': '2' },
  });

/** 409: somebody else made a version meanwhile. */
export const versionConflict = (): Problem =>
  new Problem(409, 'version_conflict', 'The dataset has another version by now', {
    detail: 'Look at its newest version, and try again from there.',
    field: '/expected_version',
  });

/** 409: of one dataset one version is brought back at a time. */
export const restoreUnderWay = (): Problem =>
  new Problem(409, 'restore_under_way', 'A version of this dataset is being brought back just now', {
    detail: 'Try again when it is done.',
  });

/** 404: also for one of somebody else, and one that ended a week ago. */
export const restorationNotFound = (): Problem =>
  notFoundProblem('restoration_not_found', 'No such restoration', 'restoration');

/** 400: to whom a dataset is handed has to be in its company. */
export const ownerNotMember = (): Problem =>
  new Problem(400, 'owner_not_member', 'The new owner is no member of the company', { field: '/owner' });

/** 409: PostgreSQL shows no row away, and neither should people do so by mistake. */
export const wouldLoseSight = (): Problem =>
  new Problem(409, 'would_lose_sight', 'You would not see the dataset any more', {
    detail: 'Share it with yourself first, or let an owner of the company do this.',
  });

/** 422: more than one request has time for. */
export const tooLargeToCompare = (): Problem =>
  new Problem(422, 'too_large_to_compare', 'The two versions are too large to be compared at once', {
    detail:
      'Send a POST to the same address, which begins it, and look at what it names until it is compared.',
  });

/** 404: also for one of somebody else, and one that ended a day ago. */
export const comparisonNotFound = (): Problem =>
  notFoundProblem('comparison_not_found', 'No such comparison', 'comparison');

/** 409: it is not over, or has failed. */
export const comparisonNotReady = (): Problem =>
  new Problem(409, 'comparison_not_ready', 'The two versions are not compared yet', {
    detail: 'Look at the comparison until its phase is compared.',
  });

/** 429: as many as one user has under way. */
export const tooManyComparisons = (): Problem =>
  new Problem(429, 'too_many_comparisons', 'Too many comparisons at once', {
    detail: 'Wait until one of yours is done.',
    headers: { 'retry-after': '10' },
  });

/** 400: a name that no column can have. @param index of the column. */
export const columnNameInvalid = (index: number): Problem =>
  new Problem(400, 'column_name_invalid', 'This is no name for a column', {
    detail:
      'A name has 1 to 63 bytes in UTF-8 and no control characters, does not begin with vouchsafe: and is none of ctid, xmin, xmax, cmin, cmax and tableoid.',
    field: `/columns/${index}/name`,
  });

export const columnTwice = (index: number): Problem =>
  new Problem(400, 'column_twice', 'Two columns have the same name', { field: `/columns/${index}/name` });

export const columnTypeInvalid = (index: number): Problem =>
  new Problem(400, 'column_type_invalid', 'Columns do not have this type', {
    field: `/columns/${index}/type`,
  });

export const tooManyColumns = (): Problem =>
  new Problem(400, 'too_many_columns', `A dataset has at most ${MOST_COLUMNS} columns`, {
    field: '/columns',
  });

/** 400: names no columns, too many, or such that are never equal to themselves. */
export const datasetKeyInvalid = (): Problem =>
  new Problem(400, 'dataset_key_invalid', 'These columns cannot be the key', {
    detail: `A key is up to ${MOST_KEY_COLUMNS} of the columns, each once, and none of them json or tsvector.`,
    field: '/key',
  });
