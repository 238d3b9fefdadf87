/** The visitor service over the network: its endpoint on one core against a bare `node:http` server, and its reader of user agents. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../src/foundation/clock.ts';
import type { Certificate } from '../src/http/edge-tls.ts';
import { loadCertificate } from '../src/http/load-certificate.ts';
import { ensureLocalCertificate } from '../src/http/local-ca.ts';
import { createUserAgentReader, type UserAgentReader } from '../src/services/visitor/user-agent/reader.ts';
import { loadUserAgentRules } from '../src/services/visitor/user-agent/rules.ts';
import { createSeededRandom, format, median, spread } from './figures.ts';
import type { Ground } from './ground.ts';
import { closeSide, contest, openSide, ratioTable, tableOf, targetsOfContest, type Contest } from './http.ts';
import { prepareOurs } from './ours.ts';
import type { Section, Table } from './report.ts';

export interface VisitorOptions {
  readonly ground: Ground;
  readonly gazetteerPath: string;
  readonly quick: boolean;
  readonly say: (line: string) => void;
  /** For Node, when our server is to be profiled. */
  readonly serverFlags: readonly string[];
}

const SEED = 20_261_122;
/** Of the bare server's throughput. */
const WANTED = 0.8;
const WANTED_COLD = 10_000;
const WANTED_CACHED = 500_000;
/** Different visitors of the load, and browsers that they have. */
const VISITORS = 20_000;
const AGENTS = 2_000;
const ORIGIN = 'https://shop.example';

const BROWSERS: readonly ((random: () => number) => string)[] = [
  (random) =>
    `Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${100 + Math.floor(random() * 50)}.0.${Math.floor(random() * 9000)}.0 Safari/537.36`,
  (random) =>
    `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/${15 + Math.floor(random() * 4)}.${Math.floor(random() * 9)} Safari/605.1.15`,
  (random) =>
    `Mozilla/5.0 (iPhone; CPU iPhone OS 18_${Math.floor(random() * 9)} like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.${Math.floor(random() * 9)} Mobile/15E148 Safari/604.1`,
  (random) =>
    `Mozilla/5.0 (Linux; Android ${10 + Math.floor(random() * 6)}; SM-G${900 + Math.floor(random() * 99)}B) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${100 + Math.floor(random() * 50)}.0.0.0 Mobile Safari/537.36`,
  (random) =>
    `Mozilla/5.0 (X11; Linux x86_64; rv:${100 + Math.floor(random() * 50)}.0) Gecko/20100101 Firefox/${100 + Math.floor(random() * 50)}.0`,
  (random) =>
    `Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/147.0.0.0 Safari/537.36 Edg/${100 + Math.floor(random() * 50)}.0.${Math.floor(random() * 3000)}.${Math.floor(random() * 99)}`,
];

const drawAgents = (count: number): string[] => {
  const random = createSeededRandom(SEED);
  const agents = new Set<string>();
  while (agents.size < count)
    agents.add((BROWSERS[Math.floor(random() * BROWSERS.length)] as (typeof BROWSERS)[0])(random));
  return [...agents];
};

/** What each request of the load has besides its first line: of a page, from somewhere, with some browser. */
const drawFields = (agents: readonly string[]): string[] => {
  const random = createSeededRandom(SEED + 1);
  const octet = (): number => Math.floor(random() * 256);
  return Array.from({ length: VISITORS }, () => {
    const address = `${1 + Math.floor(random() * 222)}.${octet()}.${octet()}.${octet()}`;
    // A few browsers are most of what comes: the index is drawn by its square.
    const agent = agents[Math.floor(random() ** 2 * agents.length)] ?? '';
    return [
      `origin: ${ORIGIN}`,
      'sec-fetch-mode: cors',
      `user-agent: ${agent}`,
      'accept: */*',
      `x-forwarded-for: ${address}`,
    ].join('\r\n');
  });
};

/** Texts a second, each round anew. */
const readRate = (reader: UserAgentReader, agents: readonly string[], turns: number): number => {
  const startedAt = systemClock.monotonic();
  for (let turn = 0; turn < turns; turn += 1) for (const agent of agents) reader.read(agent);
  return (agents.length * turns * 1000) / (systemClock.monotonic() - startedAt);
};

interface Reading {
  readonly cold: readonly number[];
  readonly cached: readonly number[];
}

const measureReader = (agents: readonly string[], rounds: number): Reading => {
  const reader = createUserAgentReader(loadUserAgentRules(), {
    key: new Uint8Array(8),
    forgetEvery: 3_600_000,
  });
  for (let turn = 0; turn < 3; turn += 1) {
    reader.forget();
    readRate(reader, agents, 1);
  }
  const [cold, cached]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round += 1) {
    reader.forget();
    cold.push(readRate(reader, agents, 1));
    cached.push(readRate(reader, agents, 200));
  }
  reader.close();
  return { cold, cached };
};

const readingTable = ({ cold, cached }: Reading): Table => ({
  columns: ['user agents a second', ''],
  rows: [
    ['read for the first time', spread(cold)],
    ['remembered', spread(cached)],
  ],
});

/** Measures the contract's endpoint and our own, without and with TLS, and the reader by itself. */
export const measureVisitor = async ({
  ground,
  gazetteerPath,
  quick,
  say,
  serverFlags,
}: VisitorOptions): Promise<Section> => {
  const agents = drawAgents(AGENTS);
  say('visitor: user agents …');
  const reading = measureReader(agents, quick ? 3 : 7);

  const { begin, projects } = await prepareOurs(ground, gazetteerPath, {
    projects: 1,
    keysEach: 1,
    origin: ORIGIN,
  });
  const [project = ''] = projects;
  const folder = join(ground.folder, 'tls');
  const paths = await ensureLocalCertificate(folder, { now: systemClock.now() });
  const certificate: Certificate = await loadCertificate(paths.certPath, paths.keyPath, systemClock.now());
  const ca = readFileSync(paths.caPath, 'utf8');
  const visitor = { folder: join(ground.folder, 'visitor') };
  const fields = drawFields(agents);
  const contests: [string, Contest][] = [];
  for (const secure of [false, true]) {
    const cert = secure ? certificate : undefined;
    const ours = await openSide({ ...begin, certificate: cert, visitor }, serverFlags);
    const bare = await openSide({ ask: 'begin', server: 'bare', certificate: cert, head: 'visitor' }, []);
    const pair = { ours, bare, ca: secure ? ca : undefined };
    const time = quick ? { warmUp: 2, round: 1, rounds: 2 } : { warmUp: 6, round: 4, rounds: 3 };
    for (const [name, target] of [
      ['the contract', `/api/?pid=${project}`],
      ['/v1/visitor', `/v1/visitor?pid=${project}`],
    ] as const) {
      const label = `${name} over ${secure ? 'HTTPS' : 'HTTP'}`;
      say(`visitor: ${label} …`);
      contests.push([label, await contest(pair, [target], time, fields)]);
    }
    await closeSide(ours);
    await closeSide(bare);
  }

  return {
    title: 'Visitor lookup, one thread on one core',
    method: [
      'The whole pipeline behind the real edge, asked by pages: the project by its public id, its origin among the authorised ' +
        'domains, rate and quota, the address as a trusted proxy names it, place and network of it, the user agent, JSON, usage ' +
        `and metrics. ${format(VISITORS)} visitors from public IPv4 addresses drawn by chance, with ${format(AGENTS)} different user agents of ` +
        'which the frequent ones come more often; results of user agents are remembered for a while, as in the product. The address ' +
        'data are those that are shipped. The bare server is `node:http` (`node:https`) that answers every request with a constant ' +
        'of the same mean length under as many header fields, and gets the same bytes of requests.',
      'User agents by themselves, in the process of the bench: "for the first time" after all results were forgotten.',
    ],
    tables: [tableOf(contests), ratioTable(contests), readingTable(reading)],
    targets: [
      ...contests
        .filter(([label]) => label.startsWith('the contract'))
        .flatMap((one) => targetsOfContest(one, WANTED)),
      {
        what: 'user agents a second, read for the first time',
        wanted: WANTED_COLD,
        got: median(reading.cold),
        sense: 'at least',
        unit: '',
      },
      {
        what: 'user agents a second, remembered',
        wanted: WANTED_CACHED,
        got: median(reading.cached),
        sense: 'at least',
        unit: '',
      },
    ],
  };
};
