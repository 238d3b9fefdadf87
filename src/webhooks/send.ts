/** Sends one message to one address, and says what became of it: a status, or in one word why there was none. */
import { Agent, request, type RequestOptions } from 'node:https';
import type { ClientRequest, IncomingMessage } from 'node:http';
import type { LookupAddress } from 'node:dns';
import type { Guard, GuardFault } from './guard.ts';
import { parseWebhookUrl } from './url.ts';
import type { SignedHeaders } from './signature.ts';

/** Why there was no answer. */
export type SendFault = GuardFault | 'url' | 'timeout' | 'tls' | 'connection' | 'protocol';

/** How an attempt ended. */
export type Outcome =
  | { readonly kind: 'answered'; readonly status: number; readonly retryAfter: string | undefined }
  | { readonly kind: 'failed'; readonly reason: SendFault }
  /** This process stops; nothing is known. */
  | { readonly kind: 'stopped' };

/** What is sent, and where. */
export interface Message {
  readonly url: string;
  readonly body: string;
  readonly headers: SignedHeaders;
}

/** Sends a message once. `stop` breaks it off. Never rejects. */
export type Send = (message: Message, stop: AbortSignal) => Promise<Outcome>;

export interface SendOptions {
  readonly guard: Guard;
  /** For User-Agent. */
  readonly version: string;
  /** Milliseconds from the question for the name to the end of the answer; 15,000 where left out. */
  readonly deadlineMs?: number;
  /** PEM of authorities to trust instead of those that Node trusts (its own list and NODE_EXTRA_CA_CERTS). */
  readonly ca?: string;
}

const DEADLINE_MS = 15_000;

/** Bytes of an answer's body that are read, and thrown away, so that the other side may finish its sentence. */
const MOST_READ = 65_536;

const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';

/** OpenSSL's verification errors come without a common beginning. */
const TLS_CODE = /^(?:ERR_TLS|ERR_SSL|EPROTO|CERT_|DEPTH_|SELF_SIGNED|UNABLE_TO|HOSTNAME_MISMATCH|INVALID_)/;

const faultOf = (error: unknown): SendFault => {
  const code = codeOf(error);
  if (TLS_CODE.test(code)) return 'tls';
  return code.startsWith('HPE_') ? 'protocol' : 'connection';
};

/** Answers with what the guard has looked at, whatever is asked: no name is looked up a second time. */
const lookupOf =
  (found: readonly LookupAddress[]): NonNullable<RequestOptions['lookup']> =>
  (_hostname, { all }, done) => {
    const [first] = found;
    if (all === true) done(null, [...found]);
    else done(null, first?.address ?? '', first?.family ?? 4);
  };

/** The answer's status once its body has ended, has become too long, or the time is over. */
const readStatus = (answer: IncomingMessage, signal: AbortSignal): Promise<Outcome> =>
  new Promise((resolve) => {
    const { statusCode: status = 0 } = answer;
    const done = (): void => {
      answer.destroy();
      resolve({ kind: 'answered', status, retryAfter: answer.headers['retry-after'] });
    };
    let read = 0;
    answer.on('data', (chunk: Buffer) => {
      read += chunk.length;
      if (read >= MOST_READ) done();
    });
    answer.on('close', done);
    answer.on('error', done);
    signal.addEventListener('abort', done, { once: true });
  });

const post = (sent: ClientRequest, body: string, signal: AbortSignal): Promise<Outcome> =>
  new Promise((resolve, reject) => {
    // A redirect is an answer like any other: this client follows none.
    sent.on('response', (answer) => resolve(readStatus(answer, signal)));
    sent.on('error', reject);
    sent.on('upgrade', (_answer, socket) => {
      socket.destroy();
      resolve({ kind: 'failed', reason: 'protocol' });
    });
    sent.end(body);
  });

/** Makes the sender. Each message has a connection of its own: one that is kept open could lead where a name led before. */
export const createSend = ({ guard, version, deadlineMs = DEADLINE_MS, ca }: SendOptions): Send => {
  // Made here, so that it has no proxies from the environment, as Node's own agent may have.
  const agent = new Agent({ keepAlive: false });
  return async ({ url: text, body, headers }, stop) => {
    const parsed = parseWebhookUrl(text);
    if (!parsed.ok) return { kind: 'failed', reason: 'url' };
    const deadline = AbortSignal.timeout(deadlineMs);
    const signal = AbortSignal.any([stop, deadline]);
    try {
      const found = await guard.locate(parsed.value, signal);
      if (!found.ok) return { kind: 'failed', reason: found.reason };
      const sent = request(parsed.value, {
        method: 'POST',
        agent,
        signal,
        lookup: lookupOf(found.value),
        rejectUnauthorized: true,
        minVersion: 'TLSv1.2',
        headers: {
          ...headers,
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
          'user-agent': `Vouchsafe/${version}`,
          connection: 'close',
        },
        ...(ca === undefined ? {} : { ca }),
      });
      return await post(sent, body, signal);
    } catch (error) {
      if (stop.aborted) return { kind: 'stopped' };
      return { kind: 'failed', reason: deadline.aborted ? 'timeout' : faultOf(error) };
    }
  };
};
