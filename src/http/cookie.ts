/** Cookies of our own: read one by name, set one that only this very host can read and no script can. */

/** RFC 6265 §4.1.1 `cookie-octet`: what a value of ours may hold. */
const VALUE = /^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*$/;

/** `ambiguous` where a name comes twice or its value is none: which of two would count is nothing to guess. */
export type CookieReading =
  | { readonly kind: 'value'; readonly value: string }
  | { readonly kind: 'missing' | 'ambiguous' };

const MISSING: CookieReading = { kind: 'missing' };
const AMBIGUOUS: CookieReading = { kind: 'ambiguous' };

/**
 * Finds one cookie in a `Cookie` header field (RFC 6265 §5.4: `name=value; name=value`). Names differ by case. Never
 * throws; time is linear in the header's length.
 */
export const readCookie = (header: string | undefined, name: string): CookieReading => {
  if (header === undefined || !header.includes(name)) return MISSING;
  let found: string | undefined;
  for (let start = 0; start <= header.length;) {
    const semicolon = header.indexOf(';', start);
    const end = semicolon === -1 ? header.length : semicolon;
    const pair = header.slice(start, end).trim();
    start = end + 1;
    if (!pair.startsWith(name)) continue;
    if (pair[name.length] !== '=') continue;
    if (found !== undefined) return AMBIGUOUS;
    found = pair.slice(name.length + 1);
  }
  if (found === undefined) return MISSING;
  return VALUE.test(found) ? { kind: 'value', value: found } : AMBIGUOUS;
};

const NAME = /^__Host-[a-z-]+$/;

/** Sent to this very host only, over HTTPS only, to no script, and by no other site's form (RFC 6265bis §4.1.3.2, §5.5.7). */
const ATTRIBUTES = 'Path=/; Secure; HttpOnly; SameSite=Lax';

/**
 * A `Set-Cookie` value.
 * @param name begins with `__Host-`, so that browsers refuse it with a Domain, without Secure, or from plain HTTP.
 * @param maxAgeSeconds how long the browser keeps it.
 * @throws TypeError where name or value are none; both are ours.
 */
export const hostCookie = (name: string, value: string, maxAgeSeconds: number): string => {
  if (!NAME.test(name) || !VALUE.test(value)) throw new TypeError('not a cookie of ours');
  return `${name}=${value}; Max-Age=${String(Math.max(0, Math.floor(maxAgeSeconds)))}; ${ATTRIBUTES}`;
};

/** A `Set-Cookie` value that makes the browser forget the cookie. */
export const expiredHostCookie = (name: string): string => hostCookie(name, '', 0);

/** The name of the cookie that a `Set-Cookie` value sets. */
export const cookieNameOf = (setCookie: string): string => setCookie.slice(0, setCookie.indexOf('='));
