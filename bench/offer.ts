/**
 * Offers requests at a pace that nothing slows down: each has its time and goes out then, on any connection that waits for
 * no answer; where there is none, its sender is gone before it was sent. Nobody here waits because of a 503.
 */
import { connect, type Socket } from 'node:net';
import { answerBench } from './child.ts';
import { quantile } from './figures.ts';

/** Opens the connections. */
export interface AimOffer {
  readonly ask: 'aim';
  readonly port: number;
  readonly path: string;
  readonly connections: number;
}

export interface Offer {
  readonly ask: 'offer';
  readonly perSecond: number;
  readonly seconds: number;
  /** Requests of the first so many seconds are not reported. */
  readonly settleSeconds: number;
}

/** What became of the requests of one offer. */
export interface Offered {
  readonly offered: number;
  /** Answered 200 while the offer lasted, and a second longer. */
  readonly served: number;
  readonly turnedAway: number;
  /** There was no connection to send it on. */
  readonly unsent: number;
  /** Not answered a second after the end. */
  readonly left: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Of answers that turned a request away. */
  readonly awayP99Ms: number;
  /** How much of its core this used, 0 to 1. */
  readonly busy: number;
}

interface Lane {
  readonly socket: Socket;
  dueAt: number;
  carry: Buffer | undefined;
  /** Bytes of the body that are still to come; -1 before its head. */
  rest: number;
  status: number;
}

const TICK_MS = 1;
const END_OF_HEAD = Buffer.from('\r\n\r\n');
const LENGTH = 'content-length: ';
/** How long answers are waited for after the last request. */
const PATIENCE_MS = 1000;

let lanes: Lane[] = [];
let request = Buffer.alloc(0);
/** Connections that wait for nothing; those from `freeAt` on, the longest idle first. */
let free: Lane[] = [];
let freeAt = 0;
let served: number[] = [];
let away: number[] = [];
let countFrom = 0;

const send = (lane: Lane, dueAt: number): void => {
  lane.dueAt = dueAt;
  lane.rest = -1;
  lane.socket.write(request);
};

const finish = (lane: Lane): void => {
  if (lane.dueAt >= countFrom) {
    if (lane.status === 200) served.push(performance.now() - lane.dueAt);
    else if (lane.status === 503) away.push(performance.now() - lane.dueAt);
    else throw new Error(`an answer had the status ${lane.status}`);
  }
  free.push(lane);
};

const receive = (lane: Lane, chunk: Buffer): void => {
  if (lane.rest === -1) {
    const bytes = lane.carry === undefined ? chunk : Buffer.concat([lane.carry, chunk]);
    const end = bytes.indexOf(END_OF_HEAD);
    if (end === -1) {
      lane.carry = bytes;
      return;
    }
    lane.carry = undefined;
    const head = bytes.toString('latin1', 0, end + 2);
    const at = head.indexOf(LENGTH) + LENGTH.length;
    lane.status = Number(head.slice(9, 12));
    lane.rest = Number(head.slice(at, head.indexOf('\r', at))) - (bytes.length - end - END_OF_HEAD.length);
  } else {
    lane.rest -= chunk.length;
  }
  if (lane.rest === 0) finish(lane);
};

const openLane = (port: number): Promise<Lane> =>
  new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => resolve(lane));
    const lane: Lane = { socket, dueAt: 0, carry: undefined, rest: -1, status: 0 };
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => receive(lane, chunk));
    socket.once('error', reject);
  });

const close = (): void => {
  for (const { socket } of lanes) socket.destroy();
  lanes = [];
};

const aimAt = async ({ port, path, connections }: AimOffer): Promise<void> => {
  close();
  request = Buffer.from(`GET ${path} HTTP/1.1\r\nhost: localhost\r\n\r\n`);
  while (lanes.length < connections)
    lanes.push(...(await Promise.all(Array.from({ length: 100 }, () => openLane(port)))));
};

const offer = async ({ perSecond, seconds, settleSeconds }: Offer): Promise<Offered> => {
  free = [...lanes];
  freeAt = 0;
  served = [];
  away = [];
  const usage = process.cpuUsage();
  const startedAt = performance.now();
  countFrom = startedAt + settleSeconds * 1000;
  const total = Math.round(perSecond * seconds);
  let given = 0;
  let counted = 0;
  let unsent = 0;
  await new Promise<void>((resolve) => {
    const tick = setInterval(() => {
      const due = Math.min(total, Math.floor(((performance.now() - startedAt) * perSecond) / 1000));
      for (; given < due; given += 1) {
        const at = startedAt + (given * 1000) / perSecond;
        const lane = free[freeAt];
        if (at >= countFrom) {
          counted += 1;
          if (lane === undefined) unsent += 1;
        }
        if (lane === undefined) continue;
        freeAt += 1;
        send(lane, at);
      }
      if (freeAt > lanes.length) {
        free = free.slice(freeAt);
        freeAt = 0;
      }
      if (given === total) {
        clearInterval(tick);
        setTimeout(resolve, PATIENCE_MS);
      }
    }, TICK_MS);
  });
  const { user, system } = process.cpuUsage(usage);
  const found = served.toSorted((a, b) => a - b);
  const turned = away.toSorted((a, b) => a - b);
  return {
    offered: counted,
    served: found.length,
    turnedAway: turned.length,
    unsent,
    left: counted - found.length - turned.length - unsent,
    p50Ms: quantile(found, 0.5),
    p99Ms: quantile(found, 0.99),
    awayP99Ms: turned.length === 0 ? Number.NaN : quantile(turned, 0.99),
    busy: (user + system) / 1000 / (performance.now() - startedAt),
  };
};

answerBench(
  (question: AimOffer | Offer) => (question.ask === 'aim' ? aimAt(question) : offer(question)),
  async () => close(),
);
