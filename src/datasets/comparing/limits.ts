/** What one request compares: this many rows of two uploads together. */
export const MOST_ROWS_AT_ONCE = 100_000;
/** Bytes of the tables that are read for it, with what they keep of the past; two seconds or so. */
export const MOST_BYTES_AT_ONCE = 32_000_000;
/** Rows that one statement reads: half a second or so. */
export const READ_AT_ONCE = 50_000;
/** Of one user in one company, waiting or under way. */
export const MOST_UNDER_WAY = 4;
/** Of one user in one company, under way and kept; the oldest that ended goes. */
export const MOST_KEPT = 10;
/** Bytes of cells after which a page of differences ends. */
export const MOST_PAGE_BYTES = 4_194_304;
/** Comparisons under way in one process. */
export const MOST_AT_WORK = 1;
/** How long one that ended can be looked at, in milliseconds. */
export const KEPT_MS = 86_400_000;
