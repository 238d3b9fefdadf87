/** What one request brings back: this many rows, of the version and of the current one, with which it is compared. */
export const MOST_ROWS_AT_ONCE = 100_000;
/** Bytes of both tables, with what they keep of the past; a second or two. */
export const MOST_BYTES_AT_ONCE = 16_000_000;
/** Restorations under way in one process. */
export const MOST_AT_WORK = 2;
/** How long one that ended can be looked at, in milliseconds. */
export const KEPT_MS = 7 * 86_400_000;
