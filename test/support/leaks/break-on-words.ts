/** Not a leak, but an occasion for one: bugs that quote the request in their message, in a handler and in a thread. */
import type { IncomingMessage } from 'node:http';
import { onEachRequest } from './each-request.ts';

/** In a query of the geocoder, the handler throws. */
const IN_HANDLER = 'breakhandler';
/** The same, and the error gets another message after its stack was written. */
const REWORDED = 'breakreworded';
/** In an address line, an exception or a rejection ends the worker thread. */
const IN_THREAD = 'breakthread';
const IN_PROMISE = 'breakpromise';

/** A message with the query in it, also where a reader of stacks would take it for a frame. */
const quote = (text: string): Error =>
  Object.assign(
    new RangeError(`cannot read "${text}"\n    at ${text} (/srv/${text}.js:1:1)`, { cause: text }),
    {
      detail: text,
    },
  );

/** The stack is written when it is first read, and keeps the message that the error had then. */
const reword = (error: Error): Error =>
  Object.assign(error, { stack: error.stack, message: 'it did not work' });

const normalize = String.prototype.normalize;

// What folds a query before it is looked up.
// oxlint-disable-next-line no-extend-native -- a careless dependency in the middle of a handler
String.prototype.normalize = function (this: string, form?: string): string {
  if (this.toLowerCase().includes(IN_HANDLER)) throw quote(this);
  if (this.toLowerCase().includes(REWORDED)) throw reword(quote(this));
  return normalize.call(this, form);
};

const textOf = ({ url, headers, socket }: IncomingMessage): string =>
  `${url ?? ''} ${JSON.stringify(headers)} ${socket.remoteAddress ?? ''}`;

onEachRequest((request) => {
  const text = textOf(request);
  if (text.includes(IN_PROMISE)) void Promise.reject(quote(text));
  if (text.includes(IN_THREAD)) {
    setImmediate(() => {
      throw quote(text);
    });
  }
});
