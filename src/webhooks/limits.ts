/** Webhooks of one company. */
export const MOST_WEBHOOKS = 10;
/** Characters of an address, as it is kept. */
export const LONGEST_URL = 1000;
/** Characters of a description. */
export const LONGEST_DESCRIPTION = 200;
/** Messages that may wait for one webhook; what comes beyond is given up at once, and shown so. */
export const MOST_WAITING = 1000;
/** Hours for which the secret from before a rotation signs along. */
export const OVERLAP_HOURS = 24;
/** Days for which an ended delivery is shown. */
export const KEPT_DAYS = 30;
/** Days of nothing but failures after which a webhook is switched off. */
export const FAILING_DAYS = 5;
