/** Sends an answer whose bytes are all there, past what `node:http` would do to put a head together. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Duplex } from 'node:stream';

/** What decides how a message is framed, and whether its connection goes on, by the lengths of the names. */
const DECIDING: ReadonlyMap<number, string> = new Map(
  ['expect', 'connection', 'content-length', 'transfer-encoding'].map((name) => [name.length, name]),
);

/** Whether nothing about the request is unusual: HTTP/1.1, nothing expected, no body, and the connection goes on. */
export const isUsual = ({
  method,
  httpVersionMajor,
  httpVersionMinor,
  rawHeaders,
}: IncomingMessage): boolean => {
  if (method !== 'GET' || httpVersionMajor !== 1 || httpVersionMinor !== 1) return false;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] as string;
    const { length } = name;
    if (length !== 6 && length !== 10 && length !== 14 && length !== 17) continue;
    if (name.toLowerCase() !== DECIDING.get(length)) continue;
    if (length !== 10 || rawHeaders[index + 1] !== 'keep-alive') return false;
  }
  return true;
};

/** Whether its connection waits for this very answer, and has nothing else to send. */
export const isNext = (response: ServerResponse): boolean => {
  const { socket } = response;
  return socket !== null && socket.writable && socket.writableLength === 0;
};

/**
 * Writes an answer and ends the response as Node does: with its event `finish`, at which Node goes on to the next request of
 * the connection. Only where `isUsual` and `isNext`.
 * @param bytes head and body, one byte a character.
 * @param onOut called when the system has taken all of it; never where the connection is lost before.
 */
export const sendWhole = (response: ServerResponse, bytes: string, onOut: () => void): void => {
  const { socket } = response;
  if (socket === null) throw new Error('this response is not the next one of its connection');
  const end = (): void => {
    onOut();
    response.emit('finish');
  };
  if ('encrypted' in socket) {
    // What was encrypted is on its way for a moment longer.
    socket.write(bytes, 'latin1', (error) => {
      if (error === null || error === undefined) end();
    });
    return;
  }
  socket.write(bytes, 'latin1');
  if (socket.writableLength === 0) end();
  else
    socket.write('', 'latin1', (error) => {
      if (error === null || error === undefined) end();
    });
};

const answerTo = (path: string): string => `HTTP/1.1 200 OK\r\ncontent-length: ${path.length}\r\n\r\n${path}`;

/** Turns of the event loop after which an answer no longer comes. */
const MOST_TURNS = 20;

/**
 * Whether Node goes on as `sendWhole` relies on: three requests, two of them sent ahead, answered by it on a connection that
 * is none of the network's.
 */
const prove = async (): Promise<boolean> => {
  let [told, out, closed, lost] = ['', 0, 0, 0];
  const served = new Duplex({
    read: () => undefined,
    write: (chunk: Buffer, _encoding, done) => {
      told += chunk.toString('latin1');
      done();
    },
  });
  const server = createServer({ optimizeEmptyRequests: true }, (message, response) => {
    response.once('close', () => void (closed += 1));
    setImmediate(() => {
      if (!isUsual(message) || !isNext(response)) lost += 1;
      else sendWhole(response, answerTo(message.url ?? ''), () => void (out += 1));
    });
  });
  const ask = async (paths: readonly string[]): Promise<void> => {
    const wanted = closed + paths.length;
    served.push(paths.map((path) => `GET ${path} HTTP/1.1\r\nhost: localhost\r\n\r\n`).join(''));
    for (let turn = 0; turn < MOST_TURNS; turn += 1) {
      if (closed >= wanted) break;
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  served.on('error', () => void (lost += 1));
  server.emit('connection', served);
  try {
    await ask(['/1', '/2']);
    await ask(['/3']);
    const isOpen = !served.destroyed && served.writable;
    const isWhole = told === ['/1', '/2', '/3'].map(answerTo).join('');
    return isWhole && isOpen && out === 3 && closed === 3 && lost === 0;
  } catch {
    return false;
  } finally {
    served.destroy();
  }
};

let proof: Promise<void> | undefined;
let isProven = false;

/** Finds out, once a thread, whether this Node does what `sendWhole` relies on; a millisecond. Never rejects. */
export const proveWhole = (): Promise<void> =>
  (proof ??= prove().then((found) => {
    isProven = found;
  }));

/** Whether it does. Where it does not, or before it is known, answers are written by Node field by field. */
export const canSendWhole = (): boolean => isProven;
