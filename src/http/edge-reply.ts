/** Writes replies, with the header fields that every answer has. */
import { STATUS_CODES, type ServerResponse } from 'node:http';
import { isIP } from 'node:net';
import { sendPieces } from './edge-pieces.ts';
import type { Reply } from './route.ts';

export interface ReplyWriter {
  /**
   * Head and body in one write. Throws where a header or reason of the reply is not one (a bug of ours); nothing
   * has been sent then.
   * @param close ends the connection after this answer.
   */
  write(response: ServerResponse, reply: Reply, close: boolean): void;
  /** Head and body, without ending the response, for answers after which the connection lingers. */
  begin(response: ServerResponse, reply: Reply): void;
  /** The bytes of a closing answer to what is not even a request. `now`: milliseconds since the epoch. */
  serialise(reply: Reply, now: number): string;
}

/**
 * Whether HSTS may be sent for a public host. Not for IP addresses, which RFC 6797 §8.1.1 has browsers ignore, and
 * not for localhost: a browser would then refuse plain HTTP to every other program on this machine, for two years.
 */
export const mayPinHost = (host: string): boolean => {
  const name = host.toLowerCase().replace(/^\[(.*)\]$/, '$1');
  return name !== '' && name !== 'localhost' && !name.endsWith('.localhost') && isIP(name) === 0;
};

const EVERY_ANSWER: readonly string[] = [
  'x-content-type-options',
  'nosniff',
  'x-frame-options',
  'DENY',
  'referrer-policy',
  'no-referrer',
];

/** Two years in seconds, the least that browsers' preload lists take. */
const HSTS: readonly string[] = ['strict-transport-security', 'max-age=63072000'];

/** Answers that are not pages load nothing and are framed by nobody; a page brings its own policy. */
const CSP = 'content-security-policy';
const CLOSED_CSP = "default-src 'none'; frame-ancestors 'none'";

/** Framing belongs to the edge, and what every answer has is not for a reply to weaken; `server` is told by none. */
const RESERVED: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'date',
  'keep-alive',
  'server',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'x-powered-by',
  'vary',
  'strict-transport-security',
  'x-content-type-options',
  'x-frame-options',
  'referrer-policy',
]);

const mayHaveBody = (status: number): boolean => status !== 204 && status !== 304 && status >= 200;

const reasonOf = (reply: Reply): string => reply.reason ?? STATUS_CODES[reply.status] ?? '';

/** @param hsts from `mayPinHost`, and only for answers over TLS. */
export const createReplyWriter = (hsts: boolean): ReplyWriter => {
  const common = hsts ? [...EVERY_ANSWER, ...HSTS] : [...EVERY_ANSWER];

  /** Heads of headers that never change, such as those of all answers of a service. */
  const prepared = new WeakMap<object, readonly string[]>();

  const prepare = (headers: Reply['headers']): readonly string[] => {
    const head = common.slice();
    for (const name in headers) {
      if (!RESERVED.has(name)) head.push(name, headers[name] ?? '');
    }
    const vary = headers['vary'];
    // Answers to browsers may differ by Origin, now or in a later version; a cache must never mix them up.
    head.push('vary', vary === undefined ? 'origin' : `origin, ${vary}`);
    if (headers[CSP] === undefined) head.push(CSP, CLOSED_CSP);
    if (Object.isFrozen(headers)) prepared.set(headers, head);
    return head;
  };

  const headOf = ({ headers, extra, body, pieces, isBytes, status }: Reply): string[] => {
    const head = (prepared.get(headers) ?? prepare(headers)).slice();
    if (extra !== undefined) head.push(...extra);
    if (mayHaveBody(status) && pieces === undefined) {
      head.push(
        'content-length',
        String(typeof body === 'string' && isBytes !== true ? Buffer.byteLength(body) : body.length),
      );
    }
    return head;
  };

  return {
    write: (response, reply, close) => {
      const head = headOf(reply);
      if (close) head.push('connection', 'close');
      response.writeHead(reply.status, reasonOf(reply), head);
      if (reply.pieces !== undefined) sendPieces(response, reply.body, reply.pieces);
      else if (mayHaveBody(reply.status))
        response.end(reply.body, reply.isBytes === true ? 'latin1' : 'utf8');
      else response.end();
    },
    begin: (response, reply) => {
      response.writeHead(reply.status, reasonOf(reply), [...headOf(reply), 'connection', 'close']);
      if (reply.body.length === 0) response.flushHeaders();
      else response.write(reply.body, reply.isBytes === true ? 'latin1' : 'utf8');
    },
    serialise: (reply, now) => {
      const head = headOf(reply);
      head.push('date', new Date(now).toUTCString(), 'connection', 'close');
      let text = `HTTP/1.1 ${String(reply.status)} ${reasonOf(reply)}\r\n`;
      for (let index = 0; index < head.length; index += 2) text += `${head[index]}: ${head[index + 1]}\r\n`;
      const body = typeof reply.body === 'string' ? reply.body : Buffer.from(reply.body).toString();
      return `${text}\r\n${body}`;
    },
  };
};
