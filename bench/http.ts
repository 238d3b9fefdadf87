/** Over the network: our whole pipeline on one core against a bare `node:http` server that answers a constant. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { YOUNG_GENERATION_MB } from '../src/crew.ts';
import { systemClock } from '../src/foundation/clock.ts';
import type { Certificate } from '../src/http/edge-tls.ts';
import { loadCertificate } from '../src/http/load-certificate.ts';
import { ensureLocalCertificate } from '../src/http/local-ca.ts';
import type { Gazetteer } from '../src/services/geocoding/gazetteer.ts';
import { startChild, type Child } from './child.ts';
import { format, median, ratios, spread } from './figures.ts';
import type { Ground } from './ground.ts';
import type { Aim, Fire, Round } from './load.ts';
import { prepareOurs } from './ours.ts';
import { MIX, POINT_MIX, type Questions } from './queries.ts';
import type { Section, Table, Target } from './report.ts';
import type { AskUsage, Begin, Resize, Usage } from './target.ts';

export interface HttpOptions {
  readonly ground: Ground;
  readonly gazetteer: Gazetteer;
  readonly gazetteerPath: string;
  readonly questions: Questions;
  readonly quick: boolean;
  readonly say: (line: string) => void;
  /** For Node, when our server is to be profiled. */
  readonly serverFlags: readonly string[];
}

/** New connections have their first requests outside of the window. */
const SETTLE_SECONDS = 0.3;
const SERVER_CORE = 1;
const LOAD_CORE = 0;
const CONNECTIONS = 32;
/** Above this share of its core the generator, not the server, sets the pace. */
const SATURATED = 0.95;
/** Below this share of its core a server was kept from working by something else on the machine. */
const STARVED = 0.9;
/** Of the bare server's throughput, without annotations and with all of them. */
const WANTED = 0.7;
const MOST_TAIL = 3;
const WANTED_ANNOTATED = 0.5;
const PLAIN = '&no_annotations=1';

/** A round with what the server used meanwhile. */
export interface Measured extends Round {
  readonly perSecond: number;
  readonly cpuMicroseconds: number;
  /** How much of one core the server used, 0 to 1. */
  readonly serverBusy: number;
  readonly residentMb: number;
}

const measure = async ({ load, server }: Side, seconds: number): Promise<Measured> => {
  const askUsage = { ask: 'usage' } satisfies AskUsage;
  const before = await server.ask<Usage>(askUsage);
  const round = await load.ask<Round>({ ask: 'fire', seconds } satisfies Fire);
  const after = await server.ask<Usage>(askUsage);
  if (round.failures > 0) throw new Error(`${round.failures} of ${round.requests} answers were not 200`);
  const used = after.cpuMicroseconds - before.cpuMicroseconds;
  return {
    ...round,
    perSecond: round.requests / round.seconds,
    cpuMicroseconds: used / round.requests,
    serverBusy: used / 1e6 / round.seconds,
    residentMb: after.residentBytes / 2 ** 20,
  };
};

export interface Side {
  readonly server: Child;
  readonly port: number;
  readonly load: Child;
}

export interface Pair {
  readonly ours: Side;
  readonly bare: Side;
  readonly ca: string | undefined;
}

/** V8 gives one third of the young generation to each of its halves and to what is large. */
const AS_WORKER = `--max-semi-space-size=${YOUNG_GENERATION_MB / 3}`;

/** A server and the load for it, each in a process of its own; ours with the memory that a worker thread has. */
export const openSide = async (begin: Begin, flags: readonly string[]): Promise<Side> => {
  const server = startChild(
    'target.ts',
    SERVER_CORE,
    begin.server === 'ours' ? [AS_WORKER, ...flags] : flags,
  );
  return { server, port: await server.ask<number>(begin), load: startChild('load.ts', LOAD_CORE) };
};

export const closeSide = async ({ server, load }: Side): Promise<void> => {
  await load.stop();
  await server.stop();
};

/** Rounds of both sides. */
export interface Contest {
  readonly ours: Measured[];
  readonly bare: Measured[];
}

/** Seconds, and how often. */
export interface Time {
  readonly warmUp: number;
  readonly round: number;
  readonly rounds: number;
}

/** What one side is asked. */
export interface Questioned {
  readonly side: Side;
  readonly targets: readonly string[];
  readonly fields: readonly string[];
  readonly ca?: string | undefined;
}

const fireAt = async (
  { side: { load, port }, targets, fields, ca }: Questioned,
  seconds: number,
): Promise<Round> => {
  // Anew each time: while one side is measured, the other's server closes connections that idle.
  await load.ask({ ask: 'aim', port, ca, connections: CONNECTIONS, targets, fields } satisfies Aim);
  return load.ask<Round>({ ask: 'fire', seconds } satisfies Fire);
};

/** Rounds of two sides in turns, after a warm-up. @param between is told what ours answered, before the other begins. */
export const contestOf = async (
  ours: Questioned,
  bare: Questioned,
  time: Time,
  between: (first: Round) => Promise<unknown> = async () => undefined,
): Promise<Contest> => {
  await between(await fireAt(ours, time.warmUp));
  // A fraction of the code, hence of the time until it is compiled.
  await fireAt(bare, time.warmUp / 2);
  const found: Contest = { ours: [], bare: [] };
  for (let round = 0; round < time.rounds; round += 1) {
    for (const [one, rounds] of [
      [ours, found.ours],
      [bare, found.bare],
    ] as const) {
      await fireAt(one, SETTLE_SECONDS);
      rounds.push(await measure(one.side, time.round));
    }
  }
  return found;
};

/** Both sides are asked the same; the bare one answers with as many bytes. */
export const contest = (
  { ours, bare, ca }: Pair,
  targets: readonly string[],
  time: Time,
  fields: readonly string[] = [],
): Promise<Contest> => {
  const asked = { targets, fields, ca };
  return contestOf({ ...asked, side: ours }, { ...asked, side: bare }, time, (first) =>
    bare.server.ask({ ask: 'resize', bytes: Math.round(first.bodyBytes) } satisfies Resize),
  );
};

const column = (rounds: readonly Measured[], name: keyof Measured): number[] =>
  rounds.map((round) => round[name]);

const rowOf = (what: string, rounds: readonly Measured[]): string[] => [
  what,
  spread(column(rounds, 'perSecond')),
  spread(column(rounds, 'cpuMicroseconds')),
  format(median(column(rounds, 'p50Ms'))),
  format(median(column(rounds, 'p99Ms'))),
  format(median(column(rounds, 'bodyBytes'))),
  `${Math.round(median(column(rounds, 'serverBusy')) * 100)} %`,
  `${Math.round(median(column(rounds, 'busy')) * 100)} %`,
  format(median(column(rounds, 'residentMb'))),
];

export const tableOf = (contests: readonly (readonly [string, Contest])[]): Table => ({
  columns: [
    '',
    'req/s',
    'server CPU µs/req',
    'p50 ms',
    'p99 ms',
    'body B',
    'server core',
    'load core',
    'RSS MB',
  ],
  rows: contests.flatMap(([name, { ours, bare }]) => [
    rowOf(`${name}, Vouchsafe`, ours),
    rowOf(`${name}, bare server`, bare),
  ]),
});

export const ratioTable = (contests: readonly (readonly [string, Contest])[]): Table => ({
  columns: ['Vouchsafe ÷ bare server', 'throughput', 'CPU a request', 'CPU above the bare server, µs'],
  rows: contests.map(([name, { ours, bare }]) => {
    const [oursCpu, bareCpu] = [column(ours, 'cpuMicroseconds'), column(bare, 'cpuMicroseconds')];
    return [
      name,
      spread(ratios(column(ours, 'perSecond'), column(bare, 'perSecond'))),
      spread(ratios(oursCpu, bareCpu)),
      spread(oursCpu.map((used, round) => used - (bareCpu[round] ?? Number.NaN))),
    ];
  }),
});

const targetsOf = (texts: readonly string[], key: string, further = ''): string[] =>
  texts.map((text) => `/geocode/v1/json?q=${encodeURIComponent(text)}&key=${key}${further}`);

interface Found {
  readonly mean: number;
  readonly none: number;
}

const countResults = ({ gazetteer, questions }: HttpOptions): Found => {
  const counts = questions.forward.map((text) => gazetteer.forward({ text, limit: 10 }).length);
  const sum = counts.reduce((total, count) => total + count, 0);
  return { mean: sum / counts.length, none: counts.filter((count) => count === 0).length / counts.length };
};

/** Throughput as it was, and as it would be with a core that nobody else used: the inverse of CPU time. */
export const targetsOfContest = (
  [label, { ours, bare }]: readonly [string, Contest],
  wanted: number,
): Target[] => [
  {
    what: `${label} ÷ bare node:http, requests per second`,
    wanted,
    got: median(ratios(column(ours, 'perSecond'), column(bare, 'perSecond'))),
    sense: 'at least',
  },
  {
    what: 'the same by CPU time, on a core of its own',
    wanted,
    got: median(ratios(column(bare, 'cpuMicroseconds'), column(ours, 'cpuMicroseconds'))),
    sense: 'at least',
  },
];

/** How far the slowest hundredth of answers lies behind the middle one, in the middle round. */
const tailOf = ([label, { ours }]: readonly [string, Contest]): Target => ({
  what: `${label}, p99 ÷ p50 at saturation`,
  wanted: MOST_TAIL,
  got: median(ratios(column(ours, 'p99Ms'), column(ours, 'p50Ms'))),
  sense: 'at most',
});

/** Measures forward and reverse, without and with TLS. */
export const measureHttp = async (options: HttpOptions): Promise<Section> => {
  const { ground, questions, quick, say, serverFlags } = options;
  const size = { projects: 1, keysEach: 1 };
  const { keys, begin } = await prepareOurs(ground, options.gazetteerPath, size);
  const [key = ''] = keys;
  const { certPath, keyPath, caPath } = await ensureLocalCertificate(join(ground.folder, 'tls'), {
    now: systemClock.now(),
  });
  const certificate: Certificate = await loadCertificate(certPath, keyPath, systemClock.now());
  const ca = readFileSync(caPath, 'utf8');
  const points = questions.points.map(([lat, lng]) => `${lat},${lng}`);
  const asked = targetsOf(questions.asked, key, PLAIN);
  const forward = targetsOf(questions.forward, key, PLAIN);
  const reverse = targetsOf(points, key, PLAIN);
  const annotated = targetsOf(questions.asked, key);
  const annotatedReverse = targetsOf(points, key);

  const contests: [string, Contest][] = [];
  for (const secure of [false, true]) {
    const cert = secure ? certificate : undefined;
    const ours = await openSide({ ...begin, certificate: cert }, serverFlags);
    const bare = await openSide({ ask: 'begin', server: 'bare', certificate: cert }, []);
    const pair: Pair = { ours, bare, ca: secure ? ca : undefined };
    const time = quick ? { warmUp: 1, round: 1, rounds: 2 } : { warmUp: 6, round: secure ? 4 : 6, rounds: 3 };
    for (const [name, targets] of [
      ['forward', asked],
      ['forward of any place', forward],
      ['reverse', reverse],
      ['forward with all annotations', annotated],
      ['reverse with all annotations', annotatedReverse],
    ] as const) {
      const label = `${name} over ${secure ? 'HTTPS' : 'HTTP'}`;
      say(`http: ${label} …`);
      contests.push([label, await contest(pair, targets, time)]);
    }
    await closeSide(ours);
    await closeSide(bare);
  }

  const { mean, none } = countResults(options);
  const ofKind = (isAnnotated: boolean): readonly [string, Contest][] =>
    contests.filter(([label]) => label.includes('annotations') === isAnnotated && label.endsWith('HTTP'));
  const targets = [
    ...ofKind(false).flatMap((one) => targetsOfContest(one, WANTED)),
    ...ofKind(true).flatMap((one) => targetsOfContest(one, WANTED_ANNOTATED)),
    ...ofKind(false).map(tailOf),
  ];
  const pace = Math.max(
    ...contests.flatMap(([, { ours, bare }]) => [...column(ours, 'busy'), ...column(bare, 'busy')]),
  );
  const calm = Math.min(
    ...contests.flatMap(([, { ours, bare }]) => [
      ...column(ours, 'serverBusy'),
      ...column(bare, 'serverBusy'),
    ]),
  );
  return {
    title: 'HTTP, one thread on one core',
    method: [
      'Ours is the whole pipeline behind the real edge: key from the query string, rate per second, a finite quota a day ' +
        '(leased from PostgreSQL ahead of need), forward or reverse lookup, JSON, usage and metrics, with the ' +
        'watch for revoked keys in the same thread. The bare server is `node:http` (`node:https` with the same ' +
        'certificate and TLS options) that answers every request with a constant: the same head and a text of the same mean ' +
        'length, so that both send as many bytes. Both get the same bytes of requests. The product itself serves only HTTPS; plain HTTP is measured ' +
        'because TLS hides what the pipeline costs.',
      `${questions.forward.length.toLocaleString('en')} different questions each way. "Forward" draws its places by population, which is where people are and ask about; "forward of any place" is harder on the processor's caches: ${MIX}; ${POINT_MIX}. Without annotations where nothing else is said. ` +
        `Forward answers have ${format(mean)} results in the mean; ${format(none * 100)} % have none.`,
      `${CONNECTIONS} keep-alive connections without pipelining, one request on each at a time, from a raw-socket client ` +
        '(`bench/load.ts`) in a process of its own. CPU is user and system time of all threads of the server process over ' +
        `the round. At saturation, latency is mostly waiting for the other connections. ${
          pace > SATURATED
            ? 'In at least one round the generator used its whole core and set the pace, so that the throughput ratio flatters the slower side: rely on the CPU column there.'
            : 'The generator never used its whole core.'
        }${
          calm < STARVED
            ? ' Other programs took part of the core of the server in some rounds ("server core" below), so that throughput says little there: rely on CPU a request.'
            : ''
        }`,
    ],
    tables: [tableOf(contests), ratioTable(contests)],
    targets,
  };
};
