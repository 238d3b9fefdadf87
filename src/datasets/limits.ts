/** Datasets of one company. */
export const MOST_DATASETS = 2000;
/** Datasets of one page. */
export const DATASETS_PAGE = 50;
/** Versions of one page. */
export const VERSIONS_PAGE = 50;
/** Rows of one page of differences. */
export const DIFFERENCES_PAGE = 100;
/** Differences that are shown at most; all are counted. */
export const MOST_DIFFERENCES = 100_000;
/** Rows that one statement of a restore copies: half a second or so. */
export const RESTORED_AT_ONCE = 50_000;
/** Characters of a title. */
export const LONGEST_TITLE = 200;
/** Characters of a description. */
export const LONGEST_DESCRIPTION = 10_000;
