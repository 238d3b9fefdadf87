/** Web origins, as browsers write them and no other way. */
import { isIPv4 } from 'node:net';

/** Longer than any: `https://`, 253 characters of a host (RFC 1035 §2.3.4), a port. */
export const LONGEST_ORIGIN = 300;

/** Origins that owners of projects have listed, which were canonical when they were. */
const listed = new Set<string>();
const MOST_LISTED = 20_000;

/** Notes an origin of a list, so that `canonicalOrigin` does not have to take it apart for each request of its pages. */
export const noteListedOrigin = (origin: string): void => {
  if (canonicalOrigin(origin) === undefined) return;
  if (listed.size >= MOST_LISTED) listed.clear();
  listed.add(origin);
};

/**
 * The text itself where it is an origin exactly as a browser would serialise it (URL standard, "serialization of an
 * origin"), else undefined. One comparison keeps out upper case, user information, paths, default ports, raw Unicode,
 * short forms of addresses, several origins, `null` and whatever a parser and a careless comparison could see differently.
 */
export const canonicalOrigin = (text: string): string | undefined => {
  if (listed.has(text)) return text;
  if (text.length > LONGEST_ORIGIN) return undefined;
  const url = URL.parse(text);
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) return undefined;
  return url.origin === text ? text : undefined;
};

/** How an entry begins that stands for all hosts below a domain; no page has such an origin, since no host has a star. */
export const WILDCARD = 'https://*.';

/** Whether a host as `URL` gives it is this very machine: `localhost` and below it (RFC 6761 §6.3), 127.0.0.0/8, ::1. */
export const isLoopbackHost = (hostname: string): boolean =>
  hostname === 'localhost' ||
  hostname.endsWith('.localhost') ||
  hostname === '[::1]' ||
  (hostname.startsWith('127.') && isIPv4(hostname));
