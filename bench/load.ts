/**
 * A load generator: keep-alive connections on which one request follows the answer to the last. It looks only at the
 * status and the length of an answer, so that it costs less than any server that it is pointed at.
 */
import { connect as connectPlainly, type Socket } from 'node:net';
import { connect as connectSecurely } from 'node:tls';
import { answerBench } from './child.ts';

/** Where to send what. */
export interface Aim {
  readonly ask: 'aim';
  readonly port: number;
  /** PEM of the authority to trust; plain HTTP where it is left out. */
  readonly ca: string | undefined;
  readonly connections: number;
  /** Request targets, one after the other and from the beginning again. */
  readonly targets: readonly string[];
  /** One more header line for each request, such as `x-api-key: a`, likewise in turn. */
  readonly fields?: readonly string[];
}

/** Sends until the time is up and every answer is there. */
export interface Fire {
  readonly ask: 'fire';
  readonly seconds: number;
}

/** What one round came to. */
export interface Round {
  readonly requests: number;
  readonly seconds: number;
  /** Mean bytes of a body. */
  readonly bodyBytes: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** How much of its core the generator used, 0 to 1. */
  readonly busy: number;
  /** Answers whose status was not 200. */
  readonly failures: number;
}

interface Lane {
  readonly socket: Socket;
  /** What came of a head that is not whole yet. */
  carry: Buffer | undefined;
  /** Bytes of the body that are still to come; -1 before its head. */
  rest: number;
  sentAt: number;
}

const END_OF_HEAD = Buffer.from('\r\n\r\n');
const LENGTH = 'content-length: ';
/** As other servers write it. */
const ANY_LENGTH = /\r\ncontent-length: *(\d+)/i;
const CHUNK = 64 * 1024;
/** An answer that takes longer is not one. */
const PATIENCE_MS = 10_000;

let lanes: Lane[] = [];
let requests: Buffer[] = [];
let next = 0;
let firing = false;
let under = 0;
let failures = 0;
let bodyBytes = 0;
let latencies = new Float32Array(1 << 20);
let answered = 0;
let onIdle: () => void = () => undefined;
let onLost: (error: Error) => void = () => undefined;

const send = (lane: Lane): void => {
  const request = requests[next]!;
  next = next + 1 === requests.length ? 0 : next + 1;
  lane.rest = -1;
  lane.sentAt = performance.now();
  lane.socket.write(request);
};

const finish = (lane: Lane): void => {
  if (answered === latencies.length) {
    const longer = new Float32Array(latencies.length * 2);
    longer.set(latencies);
    latencies = longer;
  }
  latencies[answered++] = performance.now() - lane.sentAt;
  if (firing) {
    send(lane);
    return;
  }
  under -= 1;
  if (under === 0) onIdle();
};

const lengthIn = (head: string): number => {
  const at = head.indexOf(LENGTH);
  if (at === -1) return Number(ANY_LENGTH.exec(head)?.[1] ?? Number.NaN);
  return Number(head.slice(at + LENGTH.length, head.indexOf('\r', at)));
};

const receive = (lane: Lane, chunk: Buffer): void => {
  if (lane.rest === -1) {
    const bytes = lane.carry === undefined ? chunk : Buffer.concat([lane.carry, chunk]);
    const end = bytes.indexOf(END_OF_HEAD);
    if (end === -1) {
      lane.carry = Buffer.from(bytes);
      return;
    }
    lane.carry = undefined;
    const head = bytes.toString('latin1', 0, end + 2);
    if (head.charCodeAt(9) !== 0x32) failures += 1;
    const length = lengthIn(head);
    bodyBytes += length;
    lane.rest = length - (bytes.length - end - END_OF_HEAD.length);
  } else {
    lane.rest -= chunk.length;
  }
  if (lane.rest === 0) finish(lane);
  else if (!(lane.rest > 0)) onLost(new Error('an answer had no length, or was longer than it said'));
};

const openLane = (aim: Aim): Promise<Lane> =>
  new Promise((resolve, reject) => {
    const onread = {
      buffer: Buffer.allocUnsafeSlow(CHUNK),
      callback: (count: number, buffer: Uint8Array) => {
        receive(lane, Buffer.from(buffer.buffer, buffer.byteOffset, count));
        return true;
      },
    };
    const place = { host: '127.0.0.1', port: aim.port, onread };
    const open = (): void => resolve(lane);
    const socket =
      aim.ca === undefined
        ? connectPlainly(place, open)
        : connectSecurely(
            { ...place, ca: aim.ca, servername: 'localhost', ALPNProtocols: ['http/1.1'] },
            open,
          );
    const lane: Lane = { socket, carry: undefined, rest: -1, sentAt: 0 };
    socket.setNoDelay(true);
    socket.once('error', (error) => {
      reject(error);
      onLost(error);
    });
    socket.once('close', () => onLost(new Error('the server closed a connection')));
  });

const close = (): void => {
  onLost = () => undefined;
  for (const { socket } of lanes) socket.destroy();
  lanes = [];
};

const aimAt = async (aim: Aim): Promise<void> => {
  close();
  const { targets, fields = [] } = aim;
  requests = Array.from({ length: Math.max(targets.length, fields.length) }, (_, index) => {
    const field = fields[index % fields.length];
    const more = field === undefined ? '' : `${field}\r\n`;
    return Buffer.from(
      `GET ${targets[index % targets.length]} HTTP/1.1\r\nhost: localhost\r\nuser-agent: vouchsafe-bench\r\naccept: */*\r\n${more}\r\n`,
    );
  });
  next = 0;
  lanes = await Promise.all(Array.from({ length: aim.connections }, () => openLane(aim)));
};

const fire = async ({ seconds }: Fire): Promise<Round> => {
  answered = 0;
  failures = 0;
  bodyBytes = 0;
  if (lanes.some(({ socket }) => socket.destroyed))
    throw new Error('a connection was lost between two rounds');
  firing = true;
  under = lanes.length;
  const usage = process.cpuUsage();
  const startedAt = performance.now();
  let patience: NodeJS.Timeout | undefined;
  await new Promise<void>((resolve, reject) => {
    onIdle = resolve;
    onLost = reject;
    setTimeout(() => {
      firing = false;
    }, seconds * 1000);
    patience = setTimeout(() => reject(new Error('an answer did not come')), seconds * 1000 + PATIENCE_MS);
    for (const lane of lanes) send(lane);
  });
  clearTimeout(patience);
  const elapsed = performance.now() - startedAt;
  const { user, system } = process.cpuUsage(usage);
  const sorted = latencies.subarray(0, answered).sort();
  return {
    requests: answered,
    seconds: elapsed / 1000,
    bodyBytes: bodyBytes / answered,
    p50Ms: sorted[Math.floor(answered * 0.5)] ?? Number.NaN,
    p99Ms: sorted[Math.floor(answered * 0.99)] ?? Number.NaN,
    busy: (user + system) / 1000 / elapsed,
    failures,
  };
};

answerBench(
  (question: Aim | Fire) => (question.ask === 'aim' ? aimAt(question) : fire(question)),
  async () => close(),
);
