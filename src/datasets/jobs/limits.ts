/** How often one is begun that ends neither way. */
export const MOST_TRIES = 5;
/** How often the one who is at it says so, in milliseconds. */
export const BEAT_MS = 1000;
/** Nobody is at it any more who was not heard of for so long, in milliseconds. */
export const STALE_MS = 20_000;
/** What waits in one process; what is beyond is found by the next look. */
export const MOST_WAITING = 100;
