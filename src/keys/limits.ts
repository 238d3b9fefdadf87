/** Keys of one project that work at the same time. */
export const MOST_KEYS = 100;
/** Unicode code points in the name of a key. */
export const LONGEST_KEY_NAME = 80;
/** Networks that one key may be used from. */
export const MOST_NETWORKS = 20;
/** How long the secret before a rotation may go on working, in hours: a week. */
export const LONGEST_OVERLAP_HOURS = 168;
export const USUAL_OVERLAP_HOURS = 24;
/** How long the link to a new secret works: a quarter of an hour. */
export const REVEAL_MS = 15 * 60_000;
