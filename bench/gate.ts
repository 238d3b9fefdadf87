/** What the whole gate costs: the same server and answer with and without it, and beside programs that check keys too. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../src/foundation/clock.ts';
import { loadCertificate } from '../src/http/load-certificate.ts';
import { ensureLocalCertificate } from '../src/http/local-ca.ts';
import { startChild, type Child } from './child.ts';
import { CONSTANT, KEYED_PATH, OPEN_PATH, OPEN_SERVICE_PATH, SERVICE_PATH } from './constant-routes.ts';
import type { BeginConstant } from './constant-server.ts';
import { checkContender, type Contender, type Opened, type OpenPeer } from './contender.ts';
import { gateSection } from './gate-section.ts';
import type { Ground } from './ground.ts';
import type { Aim, Fire, Round } from './load.ts';
import { prepareOurs } from './ours.ts';
import { ensurePeers } from './peers.ts';
import type { Section } from './report.ts';
import type { Spin } from './spin.ts';
import type { AskUsage, Usage } from './target.ts';

export interface GateOptions {
  readonly ground: Ground;
  readonly gazetteerPath: string;
  readonly quick: boolean;
  readonly say: (line: string) => void;
}

/** How long and how often; seconds. */
export interface GatePlan {
  readonly warmUp: number;
  readonly round: number;
  readonly rounds: number;
}

/** One round of one contender. */
export interface GateRound {
  readonly perSecond: number;
  readonly cpuMicroseconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** How much of one core the server used, 0 to 1; likewise the generator. */
  readonly serverBusy: number;
  readonly loadBusy: number;
}

const SERVER_CORE = 1;
const LOAD_CORE = 0;
const CONNECTIONS = 32;
const SETTLE_SECONDS = 0.3;
const PROJECTS = 20;
const KEYS_EACH = 50;

const measure = async (
  { server, name, says }: Contender,
  load: Child,
  seconds: number,
): Promise<GateRound> => {
  const askUsage = { ask: 'usage' } satisfies AskUsage;
  const before = await server.ask<Usage>(askUsage);
  const round = await load.ask<Round>({ ask: 'fire', seconds } satisfies Fire);
  const after = await server.ask<Usage>(askUsage);
  if (round.failures > 0)
    throw new Error(`${name}: ${round.failures} of ${round.requests} answers were not 200`);
  if (says === undefined && round.bodyBytes !== CONSTANT.length)
    throw new Error(`${name} answered with ${round.bodyBytes} bytes in the mean`);
  const used = after.cpuMicroseconds - before.cpuMicroseconds;
  const { p50Ms, p99Ms, busy: loadBusy } = round;
  return {
    perSecond: round.requests / round.seconds,
    cpuMicroseconds: used / round.requests,
    p50Ms,
    p99Ms,
    serverBusy: used / 1e6 / round.seconds,
    loadBusy,
  };
};

/** Rounds of all contenders in turns. @returns their rounds in the order of the contenders. */
export const contestGate = async (
  contenders: readonly Contender[],
  { warmUp, round: seconds, rounds }: GatePlan,
): Promise<readonly (readonly GateRound[])[]> => {
  for (const contender of contenders) await checkContender(contender, CONSTANT);
  const load = startChild('load.ts', LOAD_CORE);
  try {
    const fireAt = async (contender: Contender, length: number): Promise<void> => {
      const { port, ca, target, fields } = contender;
      const aim = { port, ca, connections: CONNECTIONS, targets: [target], fields };
      await load.ask({ ask: 'aim', ...aim } satisfies Aim);
      await load.ask<Round>({ ask: 'fire', seconds: length } satisfies Fire);
    };
    for (const contender of contenders) await fireAt(contender, warmUp);
    const found = contenders.map((): GateRound[] => []);
    for (let round = 0; round < rounds; round += 1) {
      for (const [index, contender] of contenders.entries()) {
        await fireAt(contender, SETTLE_SECONDS);
        found[index]?.push(await measure(contender, load, seconds));
      }
    }
    // What went wrong meanwhile, such as a limit that was reached, must not go unseen.
    for (const contender of contenders) await checkContender(contender, CONSTANT);
    return found;
  } finally {
    await load.stop();
  }
};

interface OurSides {
  /** With the gate and without it: a constant over plain HTTP and over HTTPS, the service over HTTPS. */
  readonly contenders: readonly Contender[];
  readonly keys: readonly string[];
  readonly close: () => Promise<void>;
}

/** Our own server twice, by two of its routes each. */
const openOurs = async ({ ground, gazetteerPath }: GateOptions): Promise<OurSides> => {
  const amount = { projects: PROJECTS, keysEach: KEYS_EACH };
  const { keys, begin } = await prepareOurs(ground, gazetteerPath, amount);
  const now = systemClock.now();
  const { certPath, keyPath, caPath } = await ensureLocalCertificate(join(ground.folder, 'tls'), { now });
  const certificate = await loadCertificate(certPath, keyPath, now);
  const authority = readFileSync(caPath, 'utf8');
  const fields = keys.map((key) => `authorization: Bearer ${key}`);
  const wrong = [`authorization: Bearer ${keys[0]?.slice(0, -1)}_`];
  const open = async (isSecure: boolean): Promise<readonly [Contender, Contender]> => {
    const server = startChild('target.ts', SERVER_CORE);
    const port = await server.ask<number>({ ...begin, certificate: isSecure ? certificate : undefined });
    const side = { server, port, fields, wrong, ...(isSecure ? { ca: authority } : {}) };
    const over = isSecure ? 'over HTTPS' : 'over HTTP';
    return [
      { ...side, name: `Vouchsafe, the whole gate, ${over}`, target: KEYED_PATH },
      { ...side, name: `Vouchsafe, the same answer without it, ${over}`, target: OPEN_PATH, isOpen: true },
    ];
  };
  const [plain, secure] = [await open(false), await open(true)];
  const service = { ...secure[0], says: 'Paris' };
  return {
    contenders: [
      ...plain,
      ...secure,
      {
        ...service,
        name: 'Vouchsafe, reverse geocoding with the whole gate, over HTTPS',
        target: SERVICE_PATH,
      },
      {
        ...service,
        name: 'Vouchsafe, reverse geocoding without it, over HTTPS',
        target: OPEN_SERVICE_PATH,
        isOpen: true,
      },
    ],
    keys,
    close: async () => {
      await plain[0].server.stop();
      await secure[0].server.stop();
    },
  };
};

/** A peer that is not here, and why. */
export interface Absent {
  readonly name: string;
  readonly why: string;
}

const PEER_FILES = [
  { file: 'peer-better-auth.ts', name: 'better-auth', target: '/', isNpm: true },
  { file: 'peer-express-gateway.ts', name: 'express-gateway', target: '/', isNpm: true },
  { file: 'peer-nginx.ts', name: 'nginx auth_request', target: '/answer.json', isNpm: false },
] as const;

interface Peers {
  readonly present: readonly Contender[];
  readonly absent: readonly Absent[];
  readonly close: () => Promise<void>;
}

const openPeers = async (keys: readonly string[], say: (line: string) => void): Promise<Peers> => {
  const missing = await ensurePeers(say);
  const backend = startChild('constant-server.ts', LOAD_CORE);
  const backendPort = await backend.ask<number>({ ask: 'begin' } satisfies BeginConstant);
  const present: Contender[] = [];
  const absent: Absent[] = [];
  for (const { file, name, target, isNpm } of PEER_FILES) {
    if (isNpm && missing !== undefined) {
      absent.push({ name, why: missing });
      continue;
    }
    say(`gate: starting ${name} …`);
    const server = startChild(file, SERVER_CORE, ['--no-deprecation']);
    try {
      const opened = await server.ask<Opened>({ ask: 'open', keys, backendPort } satisfies OpenPeer);
      present.push({ ...opened, server, target });
    } catch (error) {
      const [why = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
      say(`gate: ${name} could not be started, so its row stays empty: ${why}`);
      absent.push({ name, why });
      await server.stop();
    }
  }
  return {
    present,
    absent,
    close: async () => {
      for (const { server } of present) await server.stop();
      await backend.stop();
    },
  };
};

/** CPU microseconds a request without a network, with the gate and without it, in turns. */
export interface Spun {
  readonly keyed: readonly number[];
  readonly open: readonly number[];
}

const spinOurs = async (
  server: Contender['server'],
  keys: readonly string[],
  quick: boolean,
): Promise<Spun> => {
  const authorizations = keys.map((key) => `Bearer ${key}`);
  const spin = (target: string): Promise<number> => {
    const requests = quick ? 50_000 : 200_000;
    return server.ask<number>({ ask: 'spin', target, authorizations, requests } satisfies Spin);
  };
  const found = { keyed: [] as number[], open: [] as number[] };
  for (let round = -1; round < (quick ? 3 : 7); round += 1) {
    const [keyed, open] = [await spin(KEYED_PATH), await spin(OPEN_PATH)];
    // The first round warms up.
    if (round < 0) continue;
    found.keyed.push(keyed);
    found.open.push(open);
  }
  return found;
};

/** Measures the gate, and then each peer that is here. */
export const measureGate = async (options: GateOptions): Promise<Section> => {
  const { quick, say } = options;
  const ours = await openOurs(options);
  const peers = await openPeers(ours.keys, say);
  try {
    const plan: GatePlan = quick ? { warmUp: 0.5, round: 1, rounds: 2 } : { warmUp: 3, round: 3, rounds: 5 };
    const contenders = [...ours.contenders, ...peers.present];
    say('gate: with and without it, and the peers, in turns …');
    const rounds = await contestGate(contenders, plan);
    say('gate: without a network …');
    const [first] = ours.contenders;
    if (first === undefined) throw new Error('nothing of ours was started');
    const spun = await spinOurs(first.server, ours.keys, quick);
    const keys = ours.keys.length;
    return gateSection({ contenders, rounds, absent: peers.absent, spun, keys, plan });
  } finally {
    await peers.close();
    await ours.close();
  }
};
