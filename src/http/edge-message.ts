/** Requests as `node:http` takes them in, without the object of all their header fields, which hardly any of ours needs. */
import { IncomingMessage } from 'node:http';

/** What Node itself looks for before it hands a request over, by the lengths of the names. */
const ASKED_FOR: ReadonlyMap<number, string> = new Map(
  ['te', 'expect', 'content-length', 'transfer-encoding'].map((name) => [name.length, name]),
);

const hasAny = (raw: readonly string[]): boolean => {
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index] as string;
    const { length } = name;
    if (length !== 2 && length !== 6 && length !== 14 && length !== 17) continue;
    if (name.toLowerCase() === ASKED_FOR.get(length)) return true;
  }
  return false;
};

const NONE: IncomingMessage['headers'] = Object.freeze({});

/** All header fields by lower-case name, built when they are first asked for. */
export const allHeaders = (message: IncomingMessage): IncomingMessage['headers'] =>
  Reflect.get(IncomingMessage.prototype, 'headers', message);

/**
 * For the option `IncomingMessage` of a server. Node reads `headers` of every request to see whether it has a body or expects
 * something, and builds all of them for it: a microsecond for what a browser sends. Here `headers` is empty where there is
 * neither; everybody else asks `allHeaders`.
 */
export class EdgeMessage extends IncomingMessage {}

Object.defineProperty(EdgeMessage.prototype, 'headers', {
  configurable: true,
  get(this: EdgeMessage): IncomingMessage['headers'] {
    return hasAny(this.rawHeaders) ? allHeaders(this) : NONE;
  },
  set(this: EdgeMessage, value: IncomingMessage['headers']): void {
    Reflect.set(IncomingMessage.prototype, 'headers', value, this);
  },
});
