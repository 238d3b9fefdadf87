/** Which addresses a webhook may have, as far as that can be said without asking where a name leads. Pure. */
import { isIP } from 'node:net';
import { ok, refused, type Result } from '../foundation/result.ts';
import { LONGEST_URL } from './limits.ts';

/** Why an address cannot be one of a webhook. */
export type UrlFault =
  | 'invalid'
  | 'not-https'
  | 'credentials'
  | 'fragment'
  | 'port'
  | 'host'
  | 'trailing-dot';

/** Other well-known ports speak other protocols, which a request could be made to look like. */
const LEAST_PORT = 1024;

/** The part between `https://` and what follows it. */
const AUTHORITY = /^https:\/\/([^/?#]*)/i;

const PORT_443 = /:0*443$/;

const isWrittenOut = (written: string, { host, hostname }: URL): boolean => {
  const lower = written.toLowerCase().replace(PORT_443, '');
  if (lower === host) return true;
  // In another alphabet it may look different, as long as it is a name: `１２７.1` and `0x7f.1` are addresses in disguise.
  return /[^\p{ASCII}]/u.test(lower) && isIP(hostname) === 0 && !hostname.startsWith('[');
};

/**
 * The address in its canonical form: https, host in lower case and punycode, no user, no fragment, port 443 or from 1024 on.
 * An IPv4 address has to be written as four decimal numbers.
 */
export const parseWebhookUrl = (text: string): Result<URL, UrlFault> => {
  // A parser takes tabs and line breaks away and turns backslashes around; what is left may be another host.
  if (text.length > LONGEST_URL || text.includes('\\') || /[\s\p{Cc}\p{Cf}]/u.test(text))
    return refused('invalid');
  if (/^http:\/\//i.test(text)) return refused('not-https');
  const [, written] = AUTHORITY.exec(text) ?? [];
  const url = URL.parse(text);
  if (
    written === undefined ||
    written === '' ||
    url === null ||
    url.protocol !== 'https:' ||
    url.hostname === ''
  )
    return refused('invalid');
  if (written.includes('@') || url.username !== '' || url.password !== '') return refused('credentials');
  if (text.includes('#')) return refused('fragment');
  if (url.hostname.endsWith('.')) return refused('trailing-dot');
  if (!isWrittenOut(written, url)) return refused('host');
  if (url.port !== '' && Number(url.port) < LEAST_PORT) return refused('port');
  return url.href.length <= LONGEST_URL ? ok(url) : refused('invalid');
};
