/** How long requests may be logged, in days; also the most that any row of the log is kept. */
export const MOST_DAYS = 180;

/** Characters of a logged query, with its `…` where it was longer. */
export const LONGEST_LOGGED_QUERY = 2000;

/** Rows that wait in one worker to be written; what comes beyond them is let go and counted. */
export const MOST_WAITING = 5000;

/** Rows of one project; the oldest go first. Enough to debug with, and little enough to be erased at once. */
export const MOST_KEPT = 1_000_000;

/** Rows that one statement deletes: well below a second of work. */
export const DELETED_AT_ONCE = 20_000;

/** Rows of one export: some megabytes, fifty at worst. An export of the whole company has as many (`open_rows`). */
export const MOST_EXPORTED = 20_000;

/** Days that are made ahead, so that no writer waits for one even if the job does not run for a while. */
export const DAYS_AHEAD = 3;
