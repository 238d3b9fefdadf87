/** Writes replies, with the header fields that every answer has. */
import { STATUS_CODES, type ServerResponse } from 'node:http';
import { isIP } from 'node:net';
import type { Clock } from '../foundation/clock.ts';
import { sendPieces } from './edge-pieces.ts';
import type { Reply } from './route.ts';

export interface ReplyWriter {
  /**
   * Head and body in one write. Throws where a header or reason of the reply is not one (a bug of ours); nothing
   * has been sent then.
   * @param close ends the connection after this answer.
   */
  write(response: ServerResponse, reply: Reply, close: boolean): void;
  /**
   * The bytes of the whole answer, one a character, on a connection that goes on; undefined where it is not one whose head
   * has been prepared, and `write` has to look at it field by field.
   */
  whole(reply: Reply): string | undefined;
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

/** As Node checks them before they are sent (RFC 9110 §5.6.2, §5.5): nothing in one may end its line. */
const FIELD_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const UNFIT_VALUE = /[^\t\x20-\x7e]/;

const isField = (name: string, value: string): boolean =>
  FIELD_NAME.test(name) && !RESERVED.has(name) && !UNFIT_VALUE.test(value);

/** A head that is the same for many answers. */
interface Prepared {
  readonly fields: readonly string[];
  /** The same as lines, without the first; undefined where Node has to look at them first. */
  readonly lines: string | undefined;
}

const linesOf = (fields: readonly string[]): string | undefined => {
  let lines = '';
  for (let index = 0; index < fields.length; index += 2) {
    const [name = '', value = ''] = [fields[index], fields[index + 1]];
    if (!FIELD_NAME.test(name) || UNFIT_VALUE.test(value)) return undefined;
    lines += `${name}: ${value}\r\n`;
  }
  return lines;
};

const FIRST_LINE = `HTTP/1.1 200 ${STATUS_CODES[200]}\r\n`;

export interface ReplyWriterOptions {
  /** From `mayPinHost`, and only for answers over TLS. */
  readonly hsts: boolean;
  readonly clock: Clock;
  /** What the connection's server says of how long it stays open. */
  readonly keepAliveTimeoutMs: number;
}

/** Makes the writer of one edge. */
export const createReplyWriter = ({ hsts, clock, keepAliveTimeoutMs }: ReplyWriterOptions): ReplyWriter => {
  const common = hsts ? [...EVERY_ANSWER, ...HSTS] : [...EVERY_ANSWER];

  /** Heads of headers that never change, such as those of all answers of a service. */
  const prepared = new WeakMap<object, Prepared>();
  let second = -1;
  let ending = '';

  /** The lines that Node puts behind all others, and the empty one; made once a second. */
  const endOfHead = (): string => {
    const current = Math.floor(clock.now() / 1000);
    if (current !== second) {
      second = current;
      const date = new Date(current * 1000).toUTCString();
      const seconds = Math.floor(keepAliveTimeoutMs / 1000);
      ending = `Date: ${date}\r\nConnection: keep-alive\r\nKeep-Alive: timeout=${seconds}\r\n\r\n`;
    }
    return ending;
  };

  const prepare = (headers: Reply['headers']): Prepared => {
    const head = common.slice();
    for (const name in headers) {
      if (!RESERVED.has(name)) head.push(name, headers[name] ?? '');
    }
    const vary = headers['vary'];
    // Answers to browsers may differ by Origin, now or in a later version; a cache must never mix them up.
    head.push('vary', vary === undefined ? 'origin' : `origin, ${vary}`);
    if (headers[CSP] === undefined) head.push(CSP, CLOSED_CSP);
    if (!Object.isFrozen(headers)) return { fields: head, lines: undefined };
    const made = { fields: head, lines: linesOf(head) };
    prepared.set(headers, made);
    return made;
  };

  const headOf = ({ headers, extra, body, pieces, isBytes, status }: Reply): string[] => {
    const head = (prepared.get(headers) ?? prepare(headers)).fields.slice();
    if (extra !== undefined) head.push(...extra);
    if (mayHaveBody(status) && pieces === undefined) {
      head.push(
        'content-length',
        String(typeof body === 'string' && isBytes !== true ? Buffer.byteLength(body) : body.length),
      );
    }
    return head;
  };

  const whole = ({ status, reason, headers, extra, body, pieces, isBytes }: Reply): string | undefined => {
    if (status !== 200 || reason !== undefined || pieces !== undefined || typeof body !== 'string')
      return undefined;
    const { lines } = prepared.get(headers) ?? prepare(headers);
    if (lines === undefined || (isBytes !== true && Buffer.byteLength(body) !== body.length))
      return undefined;
    let text = FIRST_LINE + lines;
    if (extra !== undefined) {
      for (let index = 0; index < extra.length; index += 2) {
        const [name = '', value = ''] = [extra[index], extra[index + 1]];
        if (!isField(name, value)) return undefined;
        text += `${name}: ${value}\r\n`;
      }
    }
    return `${text}content-length: ${body.length}\r\n${endOfHead()}${body}`;
  };

  return {
    whole,
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
