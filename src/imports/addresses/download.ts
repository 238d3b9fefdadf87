/** Fetches a file by an operator's command, and only then: over HTTPS, bounded in size and time, with its sum. */
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { get as getPlainly, type IncomingMessage } from 'node:http';
import { get } from 'node:https';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { utcDay } from '../../foundation/clock.ts';
import { ImportStopped } from '../lock.ts';

/** What came. */
export interface Downloaded {
  /** Of the last address that was asked, so that its date and its ending are known. */
  readonly name: string;
  readonly bytes: number;
  /** In hex. */
  readonly sha256: string;
  /** Day of `Last-Modified`; undefined where the server does not say. */
  readonly changedAt: string | undefined;
}

export interface DownloadOptions {
  readonly url: string;
  /** Where it goes. */
  readonly path: string;
  /** In hex; a file of another sum is refused. */
  readonly sha256: string | undefined;
  /** Whether `http:` is asked too; only together with a sum, which is what then tells the right file. */
  readonly insecure: boolean;
  readonly signal: AbortSignal;
  /** @param share of the whole, 0 to 1; 0 where the server does not say how much it is. */
  readonly report: (message: string, share: number) => void;
  /** Whether there is room for so many bytes. @throws where there is not. */
  readonly makeSure: (bytes: number) => Promise<void>;
  /** PEM of authorities to trust instead of those that Node trusts (its own list and NODE_EXTRA_CA_CERTS). */
  readonly ca?: string | undefined;
  /** In bytes; 4 GB where left out. */
  readonly mostBytes?: number | undefined;
  /** Milliseconds; half an hour where left out. */
  readonly deadlineMs?: number | undefined;
}

const MOST_BYTES = 4e9;
const DEADLINE_MS = 30 * 60_000;
/** Without a byte for so long, it is over. */
const SILENCE_MS = 30_000;
const MOST_REDIRECTS = 5;

/** Without the query: keys of accounts stand there, and messages are read by others. */
const shown = (url: URL): string => `${url.origin}${url.pathname}`;

/** The last part of the path, as far as it can be the name of a file. */
const nameOf = ({ pathname }: URL): string => {
  const last = pathname.split('/').at(-1) ?? '';
  let text = last;
  try {
    text = decodeURIComponent(last);
  } catch {
    // No UTF-8 is encoded there, such as `%E4` of Latin-1: it stays as it is.
  }
  return text.replaceAll(/[^\w.-]/gu, '').slice(-80);
};

const failed = (url: URL, what: string): ImportStopped =>
  new ImportStopped(1, `${shown(url)}: ${what}. Nothing was changed.`);

/** Reads an address that may be asked. @throws {ImportStopped} 2 */
export const readDownloadUrl = (text: string, insecure: boolean, sha256: string | undefined): URL => {
  if (!URL.canParse(text)) throw new ImportStopped(2, 'The address cannot be read; it begins with https://');
  const url = new URL(text);
  if (url.username !== '' || url.password !== '')
    throw new ImportStopped(
      2,
      'An address with a password in it is not asked: it would stand in lists of processes.',
    );
  if (url.protocol === 'https:') return url;
  if (url.protocol !== 'http:') throw new ImportStopped(2, `${url.protocol}// is not asked; use https://`);
  if (!insecure || sha256 === undefined)
    throw new ImportStopped(
      2,
      'Over http:// anybody on the way can change the file; use https://, or say --insecure together with --sha256 and the sum that you know from elsewhere.',
    );
  return url;
};

const ask = (url: URL, signal: AbortSignal, ca: string | undefined): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const headers = { 'accept-encoding': 'identity', 'user-agent': 'vouchsafe visitor import' };
    const request =
      url.protocol === 'http:'
        ? getPlainly(url, { headers, signal, timeout: SILENCE_MS }, resolve)
        : get(url, { headers, signal, timeout: SILENCE_MS, ...(ca === undefined ? {} : { ca }) }, resolve);
    request.once('timeout', () => request.destroy(new Error('timeout')));
    request.once('error', reject);
  });

/** Follows redirects, to HTTPS only, until there is an answer. */
const askOn = async (
  first: URL,
  signal: AbortSignal,
  ca: string | undefined,
): Promise<{ url: URL; answer: IncomingMessage }> => {
  let url = first;
  for (let redirects = 0; ; redirects++) {
    const answer = await ask(url, signal, ca);
    const { statusCode = 0, headers } = answer;
    if (statusCode < 300 || statusCode >= 400 || headers.location === undefined) return { url, answer };
    answer.destroy();
    if (redirects === MOST_REDIRECTS) throw failed(first, `it leads on more than ${MOST_REDIRECTS} times`);
    if (!URL.canParse(headers.location, url.href)) throw failed(url, 'it leads on to no address');
    const next = new URL(headers.location, url);
    if (next.protocol !== 'https:') throw failed(url, 'it leads on to an address that is not https://');
    url = next;
  }
};

const WORDS: Readonly<Record<string, string>> = {
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'the name of the host cannot be looked up; is this machine on the network?',
  ECONNREFUSED: 'nothing answers there',
  ECONNRESET: 'the connection was cut; try again',
  ETIMEDOUT: 'it does not answer',
};

/** OpenSSL's verification errors come without a common beginning. */
const TLS_CODE = /^(?:ERR_TLS|ERR_SSL|EPROTO|CERT_|DEPTH_|SELF_SIGNED|UNABLE_TO|HOSTNAME_MISMATCH|INVALID_)/u;

const sentenceOf = (error: unknown): string => {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  if (code in WORDS) return WORDS[code] ?? '';
  if (TLS_CODE.test(code)) return `its certificate is not trusted (${code})`;
  if ((error as Error).message === 'timeout') return `not a byte came for ${SILENCE_MS / 1000} seconds`;
  return 'the connection broke off; try again';
};

/** Fetches it. @throws {ImportStopped} with what to do; what the signal ends comes through as its reason. */
export const download = async (options: DownloadOptions): Promise<Downloaded> => {
  const { url: text, path, sha256, insecure, signal, report, makeSure, ca } = options;
  const { mostBytes = MOST_BYTES, deadlineMs = DEADLINE_MS } = options;
  const first = readDownloadUrl(text, insecure, sha256);
  const deadline = AbortSignal.timeout(deadlineMs);
  const both = AbortSignal.any([signal, deadline]);
  const sum = createHash('sha256');
  let bytes = 0;
  try {
    const { url, answer } = await askOn(first, both, ca);
    if (answer.statusCode !== 200) {
      answer.destroy();
      throw failed(url, `it answers ${answer.statusCode ?? 0} instead of the file`);
    }
    const length = Number(answer.headers['content-length'] ?? 0);
    if (length > mostBytes) {
      answer.destroy();
      throw failed(url, `it has ${length} bytes, more than the ${mostBytes} that are fetched`);
    }
    await makeSure(length);
    const name = nameOf(url);
    const count = new Transform({
      transform: (chunk: Buffer, _encoding, done) => {
        bytes += chunk.length;
        sum.update(chunk);
        report(`fetching ${name}`, length > 0 ? bytes / length : 0);
        done(bytes > mostBytes ? failed(url, `more than ${mostBytes} bytes come`) : null, chunk);
      },
    });
    answer.setTimeout(SILENCE_MS, () => answer.destroy(new Error('timeout')));
    await pipeline(answer, count, createWriteStream(path, { flags: 'wx', mode: 0o600 }), { signal: both });
    const digest = sum.digest('hex');
    if (sha256 !== undefined && digest !== sha256.toLowerCase())
      throw new ImportStopped(
        4,
        `${shown(url)}: its SHA-256 is ${digest} and not the one that --sha256 says; do not use it before you know why. Nothing was changed.`,
      );
    const changed = Date.parse(answer.headers['last-modified'] ?? '');
    return { name, bytes, sha256: digest, changedAt: Number.isNaN(changed) ? undefined : utcDay(changed) };
  } catch (error) {
    if (error instanceof ImportStopped) throw error;
    signal.throwIfAborted();
    if (deadline.aborted)
      throw failed(first, `it took longer than ${Math.round(deadlineMs / 60_000)} minutes`);
    if (['ENOSPC', 'EDQUOT', 'EFBIG'].includes(String((error as NodeJS.ErrnoException).code))) throw error;
    throw failed(first, sentenceOf(error));
  }
};
