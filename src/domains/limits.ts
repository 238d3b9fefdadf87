/** Authorised domains of one project. */
export const MOST_DOMAINS = 100;
/** Characters of a domain as people type it. */
export const LONGEST_DOMAIN = 300;
/** Days over which calls are added up. */
export const COUNTED_DAYS = 30;
/** Days without a call after which it is suggested to remove a domain. */
export const UNUSED_DAYS = 90;
