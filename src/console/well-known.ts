/** Small texts for machines: where to report a vulnerability, and what a crawler need not call. */
import { isIP } from 'node:net';
import type { Site } from './site.ts';

/** RFC 9116 §2.5.5 recommends less than a year; half of one leaves room for caches. */
const VALID_FOR_MS = 182 * 86_400_000;

/** `mailto:security@` the host; an address literal (RFC 5321 §4.1.3) where the host is a bare IP address. */
const defaultContact = (hostname: string): string => {
  const address = hostname.replace(/^\[|\]$/g, '');
  const version = isIP(address);
  if (version === 0) return `mailto:security@${hostname}`;
  return `mailto:security@%5B${version === 6 ? 'IPv6:' : ''}${address}%5D`;
};

/**
 * Settles the contact once, at the start.
 * @throws TypeError when a configured contact is not a `mailto:`, `https:` or `tel:` URI (RFC 9116 §2.5.3).
 */
export const resolveContact = (site: Site, configured: string | undefined): string => {
  if (configured === undefined) return defaultContact(site.hostname);
  if (!/^(?:mailto:|https:\/\/|tel:)[\x21-\x7e]+$/.test(configured)) {
    throw new TypeError('The security contact must be a URI such as mailto:security@example.org.');
  }
  return configured;
};

/** `security.txt` (RFC 9116); `now` in milliseconds since the epoch. */
export const renderSecurityTxt = (site: Site, contact: string, now: number): string =>
  [
    `Contact: ${contact}`,
    `Expires: ${new Date(now + VALID_FOR_MS).toISOString().slice(0, 19)}Z`,
    'Preferred-Languages: en',
    `Canonical: ${site.origin}/.well-known/security.txt`,
    `Policy: ${site.origin}/security`,
    '',
  ].join('\n');

/** Pages may be indexed; an API's answers are nothing for a crawler (RFC 9309). */
export const ROBOTS = 'User-agent: *\nDisallow: /geocode/\nDisallow: /v1/\n';
