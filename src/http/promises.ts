/** What the edge promises: TLS and nothing else, and an administrative port that no network reaches. */
import type { CheckResult, PromiseDefinition } from '../foundation/promise.ts';

/** TLS versions that a check can offer alone. */
export type TlsVersion = 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3';

/** An answer as a client sees it. */
export interface SeenAnswer {
  readonly status: number;
  /** By lower-case name; several fields of one name are joined by a comma. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What these checks need of a client; each call is a connection of its own, and rejects where none comes about. */
export interface EdgeClient {
  offerTls(version: TlsVersion): Promise<'accepted' | 'refused'>;
  /** Over plain HTTP; undefined where there is no plain port. */
  readonly plain: ((method: string, path: string) => Promise<SeenAnswer>) | undefined;
}

const broken = (evidence: string): CheckResult => ({ state: 'broken', evidence });

const REFUSED_VERSIONS = ['TLSv1', 'TLSv1.1'] as const;
const ACCEPTED_VERSIONS = ['TLSv1.2', 'TLSv1.3'] as const;

const faultOfVersions = async (client: EdgeClient): Promise<string | undefined> => {
  for (const version of REFUSED_VERSIONS) {
    if ((await client.offerTls(version)) === 'accepted') return `A handshake with ${version} was accepted.`;
  }
  for (const version of ACCEPTED_VERSIONS) {
    if ((await client.offerTls(version)) === 'refused') return `A handshake with ${version} was refused.`;
  }
  return undefined;
};

/** Longer than any redirect's courtesy text or problem; shorter than any answer with data in it. */
const LONGEST_REFUSAL = 1024;

const isRedirect = ({ status, headers, body }: SeenAnswer, hostname: string): boolean => {
  const { location = '' } = headers;
  if ((status !== 301 && status !== 308) || body.length > LONGEST_REFUSAL || !URL.canParse(location))
    return false;
  const target = new URL(location);
  return target.protocol === 'https:' && target.hostname === hostname;
};

const isRefusal = ({ status, headers, body }: SeenAnswer): boolean =>
  status === 403 &&
  headers['location'] === undefined &&
  (body === '' || (headers['content-type'] ?? '').startsWith('application/problem+json')) &&
  body.length <= LONGEST_REFUSAL;

/** Paths that old clients have in their books, and pages. */
const REDIRECTED = ['/', '/security', '/geocode/v1/json?q=Paris'] as const;
const REFUSED = [
  ['GET', '/v1/anything'],
  ['POST', '/v1/anything'],
] as const;

const faultOfPlain = async (
  plain: NonNullable<EdgeClient['plain']>,
  hostname: string,
): Promise<string | undefined> => {
  for (const path of REDIRECTED) {
    const answer = await plain('GET', path);
    if (!isRedirect(answer, hostname)) {
      return `Plain HTTP answered a read with ${answer.status} instead of a redirect to HTTPS.`;
    }
  }
  for (const [method, path] of REFUSED) {
    const answer = await plain(method, path);
    if (!isRefusal(answer))
      return `Plain HTTP answered ${method} under /v1 with ${answer.status} instead of a bare 403.`;
  }
  return undefined;
};

/** A client for both ports, and the name of the host. */
export interface TlsOnlyOptions {
  readonly client: EdgeClient;
  /** Of the public URL; the only one that a redirect may lead to. */
  readonly hostname: string;
  readonly repeat?: string;
}

/** TLS 1.2 or newer, and plain HTTP that holds nothing (decision 1; OWASP ASVS 5.0, 4.1.2; RFC 8996). */
export const tlsOnly = ({ client, hostname, repeat }: TlsOnlyOptions): PromiseDefinition => ({
  id: 'tls-only',
  kind: 'repeatable from outside',
  sentence: () =>
    'Everything is answered over TLS 1.2 or newer. Plain HTTP answers nothing: it redirects to HTTPS or refuses.',
  enforcedBy: 'The TLS settings of the public listener; the plain listener has no route to any data.',
  ...(repeat === undefined ? {} : { repeat }),
  check: async () => {
    const fault =
      (await faultOfVersions(client)) ??
      (client.plain === undefined ? undefined : await faultOfPlain(client.plain, hostname));
    if (fault !== undefined) return broken(fault);
    const plain =
      client.plain === undefined
        ? 'There is no plain HTTP port to ask.'
        : `Plain HTTP redirected ${REDIRECTED.length} reads and refused ${REFUSED.length} calls under /v1.`;
    return { state: 'kept', evidence: `TLS 1.0 and 1.1 were refused, 1.2 and 1.3 accepted. ${plain}` };
  },
});

/** The port, and how to try it from every address. */
export interface AdminOnLoopbackOptions {
  readonly port: () => number;
  /** Addresses of this machine's network interfaces, without loopback. */
  readonly addresses: () => readonly string[];
  /** Whether a TCP connection comes about; rejects where that cannot be told. */
  readonly connects: (address: string, port: number) => Promise<boolean>;
}

/** The administrative listener is bound to loopback. */
export const adminOnLoopback = ({
  port,
  addresses,
  connects,
}: AdminOnLoopbackOptions): PromiseDefinition => ({
  id: 'admin-on-loopback',
  kind: 'enforced by configuration',
  sentence: () => 'Health, readiness and metrics are answered on this machine only, never on a network.',
  enforcedBy: 'The administrative listener is bound to the loopback addresses; no setting changes that.',
  check: async () => {
    // Without this, a listener that is down would pass for one that is well hidden.
    if (!(await connects('127.0.0.1', port())))
      throw new Error('the administrative listener does not answer');
    const tried = addresses();
    if (tried.length === 0)
      return { state: 'kept', evidence: 'It answers on loopback; this machine has no other address.' };
    for (const address of tried) {
      if (await connects(address, port())) {
        return broken('The administrative port answers on an address that a network can reach.');
      }
    }
    const where = tried.length === 1 ? 'the one other address' : `${tried.length} other addresses`;
    return { state: 'kept', evidence: `It answers on loopback and on none of ${where} of this machine.` };
  },
});
