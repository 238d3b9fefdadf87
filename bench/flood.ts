/**
 * People who try keys: wrong ones of every kind, at a pace that does not wait for answers, from many addresses at once. They
 * are another process than the one that measures, at the lowest priority, as it were on machines of their own.
 */
import { setPriority } from 'node:os';
import { connect as connectPlainly, type Socket } from 'node:net';
import { connect as connectSecurely } from 'node:tls';
import { generateKey } from '../src/gate/key-format.ts';
import { answerBench } from './child.ts';

/** They connect and begin; the answer comes when they have begun. */
export interface Flood {
  readonly ask: 'flood';
  readonly port: number;
  /** PEM of the authority to trust; plain HTTP where it is undefined. */
  readonly ca: string | undefined;
  readonly target: string;
  /** Addresses that they come from, with as many connections each. */
  readonly sources: number;
  readonly connectionsEach: number;
  /** Whether each connection brings one key, is hung up on without waiting for the answer, and is opened anew. */
  readonly hangsUp: boolean;
  /** Wrong keys a second, of all of them together. */
  readonly perSecond: number;
  /** Public keys that exist, to be tried with wrong secrets. */
  readonly publicKeys: readonly string[];
}

/** They stop, and say what came of it. */
export interface Ebb {
  readonly ask: 'ebb';
}

/** What came of a flood. */
export interface Flooded {
  readonly seconds: number;
  /** Requests that were due by the pace. */
  readonly due: number;
  /** Requests that were written; the rest waited behind connections that the server did not read from. */
  readonly sent: number;
  readonly statuses: Readonly<Record<string, number>>;
  /** Connections that the server closed, or never opened. */
  readonly cut: number;
  /** Handshakes that were done; one for each connection, except where they hang up. */
  readonly opened: number;
  /** Connections that they hung up on themselves, without waiting for an answer. */
  readonly hungUp: number;
  /** How much of one core the senders used, 0 to 1. */
  readonly busy: number;
}

const NICENESS = 19;
setPriority(NICENESS);

const TICK_MS = 5;
/** Requests that one connection sends before it has had an answer to the first of them. */
const MOST_AHEAD = 4;
/** What nobody takes is not made up for later than this. */
const MOST_LATE_MS = 20;
const REOPEN_MS = 200;
/** From the key to the hanging up, where they hang up: the key has been looked at by then. */
const HANG_UP_MS = 20;
/** For all connections to be there before the first key is sent. */
const PATIENCE_MS = 10_000;
const KEYS = 5000;

interface Lane {
  readonly address: string | undefined;
  socket: Socket | undefined;
  isOpen: boolean;
  hangUp: () => void;
  /** Requests on it that have no answer yet. */
  ahead: number;
}

let flood: Flood | undefined;
let lanes: Lane[] = [];
let requests: Buffer[] = [];
let timer: NodeJS.Timeout | undefined;
let next = 0;
let turn = 0;
let due = 0;
let sent = 0;
let cut = 0;
let opened = 0;
let hungUp = 0;
let startedAt = 0;
let pouredAt = 0;
let missing = 0;
let usage = process.cpuUsage();
let statuses: Record<string, number> = {};

/** On Linux all of 127.0.0.0/8 is this machine. */
const addressOf = (source: number): string | undefined =>
  process.platform === 'linux'
    ? `127.${100 + (source >> 14)}.${(source >> 7) & 127}.${1 + (source & 127)}`
    : undefined;

/** Typing errors and junk, well-formed keys that nobody has, and real public keys with a secret that is not theirs. */
const fieldOf = (index: number, publicKeys: readonly string[]): string => {
  const guess = generateKey('sk', 'live').expose();
  const kind = index % 3;
  if (kind === 0) return `authorization: Bearer ${guess.slice(0, -1)}_`;
  if (kind === 1) return `authorization: Bearer ${guess}`;
  const publicKey = publicKeys[index % publicKeys.length] ?? generateKey('pk', 'live').expose();
  return `authorization: Basic ${Buffer.from(`${publicKey}:${guess}`).toString('base64')}`;
};

const STATUS = /HTTP\/1\.1 (\d{3})/g;

const open = (lane: Lane): void => {
  if (flood === undefined) return;
  const { port, ca } = flood;
  const localAddress = lane.address === undefined ? {} : { localAddress: lane.address };
  const place = { host: '127.0.0.1', port, ...localAddress };
  const ready = (): void => {
    lane.isOpen = true;
    opened += 1;
  };
  const socket =
    ca === undefined
      ? connectPlainly(place, ready)
      : connectSecurely({ ...place, ca, servername: 'localhost', ALPNProtocols: ['http/1.1'] }, ready);
  lane.socket = socket;
  lane.ahead = 0;
  socket.setNoDelay(true);
  socket.on('data', (chunk: Buffer) => {
    for (const [, status = ''] of chunk.toString('latin1').matchAll(STATUS)) {
      statuses[status] = (statuses[status] ?? 0) + 1;
      lane.ahead -= 1;
    }
  });
  socket.on('error', () => undefined);
  let isOver = false;
  socket.once('close', () => {
    lane.isOpen = false;
    if (!isOver) cut += 1;
    if (flood !== undefined) setTimeout(() => open(lane), isOver ? 0 : REOPEN_MS).unref();
  });
  lane.hangUp = () => {
    isOver = true;
    hungUp += 1;
    lane.isOpen = false;
    setTimeout(() => socket.destroy(), HANG_UP_MS).unref();
  };
};

const pour = (): void => {
  if (flood === undefined) return;
  const now = performance.now();
  due = ((now - startedAt) / 1000) * flood.perSecond;
  missing = Math.min(
    missing + ((now - pouredAt) / 1000) * flood.perSecond,
    (flood.perSecond * MOST_LATE_MS) / 1000,
  );
  pouredAt = now;
  for (let tried = 0; missing >= 1 && tried < lanes.length * MOST_AHEAD; tried += 1) {
    const lane = lanes[turn];
    turn = turn + 1 === lanes.length ? 0 : turn + 1;
    const request = requests[next];
    if (lane?.isOpen !== true || lane.ahead >= MOST_AHEAD || request === undefined) continue;
    next = next + 1 === requests.length ? 0 : next + 1;
    lane.socket?.write(request);
    lane.ahead += 1;
    if (flood.hangsUp) lane.hangUp();
    sent += 1;
    missing -= 1;
  }
};

const begin = async (question: Flood): Promise<void> => {
  flood = question;
  const { target, sources, connectionsEach, publicKeys } = question;
  const head = `GET ${target} HTTP/1.1\r\nhost: localhost\r\nuser-agent: vouchsafe-bench\r\naccept: */*\r\n`;
  requests = Array.from({ length: KEYS }, (_, index) =>
    Buffer.from(`${head}${fieldOf(index, publicKeys)}\r\n\r\n`),
  );
  lanes = Array.from({ length: sources * connectionsEach }, (_, index) => ({
    address: addressOf(Math.floor(index / connectionsEach)),
    socket: undefined,
    isOpen: false,
    hangUp: () => undefined,
    ahead: 0,
  }));
  for (const lane of lanes) {
    open(lane);
    // So many handshakes at once would be another attack than this one.
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  const deadline = performance.now() + PATIENCE_MS;
  while (lanes.some(({ isOpen }) => !isOpen) && performance.now() < deadline)
    await new Promise((resolve) => setTimeout(resolve, TICK_MS));
  if (!lanes.some(({ isOpen }) => isOpen)) throw new Error('no connection of the flood was taken');
  [turn, due, sent, cut, opened, hungUp, missing, statuses] = [0, 0, 0, 0, 0, 0, 0, {}];
  usage = process.cpuUsage();
  startedAt = performance.now();
  pouredAt = startedAt;
  timer = setInterval(pour, TICK_MS);
};

const ebb = (): Flooded => {
  clearInterval(timer);
  const seconds = (performance.now() - startedAt) / 1000;
  const { user, system } = process.cpuUsage(usage);
  const busy = (user + system) / 1e6 / seconds;
  const found = { seconds, due, sent, statuses, cut, opened, hungUp, busy };
  flood = undefined;
  for (const { socket } of lanes) socket?.destroy();
  lanes = [];
  return found;
};

answerBench(
  (question: Flood | Ebb) => (question.ask === 'flood' ? begin(question) : ebb()),
  async () => void ebb(),
);
