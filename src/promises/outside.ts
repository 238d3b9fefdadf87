/** Checks that are for strangers only: an installation says nothing of them, or could not tell about itself. */
import type { CheckResult } from '../foundation/promise.ts';
import type { SeenAnswer } from '../http/promises.ts';
import { connects } from './probe.ts';

/** A check without a sentence of its own on the page. */
export interface OutsideCheck {
  readonly id: string;
  check(): Promise<CheckResult>;
}

/** Fields that every answer has (OWASP ASVS 5.0, 3.4). */
const REQUIRED: readonly (readonly [name: string, value: RegExp])[] = [
  ['x-content-type-options', /^nosniff$/i],
  ['x-frame-options', /^DENY$/i],
  ['referrer-policy', /^no-referrer$/i],
  ['content-security-policy', /(?:^|;\s*)frame-ancestors 'none'/i],
];

/** Half a year, the least that browsers' preload lists have ever taken. */
const LEAST_HSTS_SECONDS = 15_768_000;

/** Whether a name leads to the machine that asks. */
export const isLoopback = (hostname: string): boolean =>
  /^(?:localhost|.*\.localhost|127\.\d+\.\d+\.\d+|\[?::1\]?)$/i.test(hostname);

const faultOfHeaders = ({ headers }: SeenAnswer, hostname: string): string | undefined => {
  const wrong = REQUIRED.find(([name, value]) => !value.test(headers[name] ?? ''));
  if (wrong !== undefined) return `comes without the right ${wrong[0]}`;
  if (headers['server'] !== undefined || headers['x-powered-by'] !== undefined) return 'names its software';
  if (headers['set-cookie'] !== undefined) return 'sets a cookie';
  // Neither loopback nor an address can be pinned to HTTPS (RFC 6797 §8.1.1).
  if (isLoopback(hostname) || /^[\d.]+$|^\[/.test(hostname)) return undefined;
  const age = Number(/max-age=(\d+)/i.exec(headers['strict-transport-security'] ?? '')?.[1] ?? 0);
  return age < LEAST_HSTS_SECONDS ? 'does not pin the host to HTTPS' : undefined;
};

/** A page, an answer without a key and an answer for no path carry the fields that browsers enforce. */
export const securityHeaders = (
  fetch: (path: string) => Promise<SeenAnswer>,
  hostname: string,
): OutsideCheck => ({
  id: 'security-headers',
  check: async () => {
    const paths = ['/', '/security.json', '/geocode/v1/json?q=Paris', '/v1/nowhere'];
    for (const path of paths) {
      const fault = faultOfHeaders(await fetch(path), hostname);
      if (fault !== undefined) return { state: 'broken', evidence: `The answer at ${path} ${fault}.` };
    }
    return {
      state: 'kept',
      evidence: `${paths.length} answers of different kinds carry them; none names its software or sets a cookie.`,
    };
  },
});

/** PostgreSQL's port (IANA). */
const DATABASE_PORT = 5432;

/** Nothing answers on the usual port of the database. Not for loopback, where a database of anybody's may answer. */
export const databasePortClosed = (hostname: string, port = DATABASE_PORT): OutsideCheck => ({
  id: 'database-off-the-network',
  check: async () => {
    return (await connects(hostname.replace(/^\[(.*)\]$/, '$1'), port, 3000))
      ? { state: 'broken', evidence: `Something answers on port ${port} of ${hostname}.` }
      : { state: 'kept', evidence: `Nothing answers on port ${port} of ${hostname}.` };
  },
});
