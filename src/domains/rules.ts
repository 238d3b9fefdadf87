/** From what people type to the origin that browsers send. Pure. */
import { isIP } from 'node:net';
import { canonicalOrigin, isLoopbackHost, WILDCARD } from '../foundation/origin.ts';
import { ok, refused, type Result } from '../foundation/result.ts';

/** Why something cannot be authorised. */
export type DomainFault =
  | 'invalid'
  | 'has-more'
  | 'http'
  | 'wildcard'
  | 'trailing-dot'
  | 'localhost'
  | 'null-origin';

const LONGEST_HOST = 253;
const LONGEST_LABEL = 63;
const LABEL = 'abcdefghijklmnopqrstuvwxyz0123456789-';

const isLabel = (label: string): boolean =>
  label.length >= 1 &&
  label.length <= LONGEST_LABEL &&
  !label.startsWith('-') &&
  !label.endsWith('-') &&
  Array.from(label).every((sign) => LABEL.includes(sign));

/** Letters, digits and hyphens (RFC 5890 §2.3.1), which is what certificates are issued for; or an address. */
const isHost = (hostname: string): boolean =>
  hostname.startsWith('[') || (hostname.length <= LONGEST_HOST && hostname.split('.').every(isLabel));

const parse = (text: string): URL | null => URL.parse(text.includes('://') ? text : `https://${text}`);

/** `*.` at the beginning of the host and nowhere else: `URL` would take a star anywhere. */
const STARRED = /^((?:https?:\/\/)?)\*\.([^*]+)$/i;

/** One host. */
const originOfHost = (text: string): Result<string, DomainFault> => {
  // A parser would take them away or turn them around, and what is left may be another host than the one meant.
  // What developer tools show of a sandboxed page; as a host it would be authorised and never match.
  if (text.toLowerCase() === 'null') return refused('null-origin');
  if (text === '' || text.includes('\\') || /[\s\p{Cc}\p{Cf}]/u.test(text)) return refused('invalid');
  const url = parse(text);
  if (url === null) return refused('invalid');
  const { protocol, hostname, username, password, pathname, search, hash } = url;
  if (protocol !== 'https:' && protocol !== 'http:') return refused('invalid');
  if (`${username}${password}${search}${hash}` !== '' || pathname !== '/' || text.includes('@'))
    return refused('has-more');
  if (isLoopbackHost(hostname)) return refused('localhost');
  if (protocol === 'http:') return refused('http');
  if (hostname.endsWith('.')) return refused('trailing-dot');
  if (!isHost(hostname) || canonicalOrigin(url.origin) === undefined) return refused('invalid');
  return ok(url.origin);
};

/**
 * The canonical origin: https, host in punycode, port where it is not 443. Spaces around it and one `/` are let go. A `*.`
 * before the host stands for all hosts below it; whether that is a public suffix is not looked at here.
 */
export const originOfDomain = (typed: string): Result<string, DomainFault> => {
  const text = typed.trim();
  if (!text.includes('*')) return originOfHost(text);
  const [, scheme = '', rest] = STARRED.exec(text) ?? [];
  if (rest === undefined) return refused('wildcard');
  const below = originOfHost(`${scheme}${rest}`);
  if (!below.ok) return below;
  const { host, hostname } = new URL(below.value);
  // Nothing is below an address.
  return isIP(hostname.replaceAll(/[[\]]/g, '')) === 0 ? ok(`${WILDCARD}${host}`) : refused('wildcard');
};

/** The domain of an entry that stands for all hosts below it; undefined for one host. */
export const domainOfWildcard = (origin: string): string | undefined =>
  origin.startsWith(WILDCARD) ? new URL(`https://${origin.slice(WILDCARD.length)}`).hostname : undefined;
