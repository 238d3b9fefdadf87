/** What was found of the gate, for the report. */
import type { Contender } from './contender.ts';
import { format, median, ratios, spread } from './figures.ts';
import type { Absent, GatePlan, GateRound, Spun } from './gate.ts';
import type { Section, Table, Target } from './report.ts';

export interface GateFound {
  /** The whole gate and the same without it: a constant over HTTP, over HTTPS, the service over HTTPS; then the peers. */
  readonly contenders: readonly Contender[];
  readonly rounds: readonly (readonly GateRound[])[];
  readonly absent: readonly Absent[];
  readonly spun: Spun;
  /** Keys that were presented in turn. */
  readonly keys: number;
  readonly plan: GatePlan;
}

/** Microseconds of CPU that the gate may add to a request. */
const MOST_ADDED = 5;
/** The share of its throughput that a server keeps with the gate. */
const LEAST_KEPT = 0.85;
const SATURATED = 0.95;

const column = (rounds: readonly GateRound[], name: keyof GateRound): number[] =>
  rounds.map((round) => round[name]);

const differences = (more: readonly number[], less: readonly number[]): number[] =>
  more.map((value, round) => value - (less[round] ?? Number.NaN));

const percent = (share: number): string => `${Math.round(share * 100)} %`;

const contestTable = ({ contenders, rounds, absent }: GateFound): Table => {
  const keyed = rounds[0] ?? [];
  const rows = contenders.map(({ name }, index) => {
    const mine = rounds[index] ?? [];
    return [
      name,
      spread(column(mine, 'perSecond')),
      spread(column(mine, 'cpuMicroseconds')),
      format(median(column(mine, 'p50Ms'))),
      format(median(column(mine, 'p99Ms'))),
      percent(median(column(mine, 'serverBusy'))),
      percent(median(column(mine, 'loadBusy'))),
      `${format(median(ratios(column(keyed, 'perSecond'), column(mine, 'perSecond'))))}×`,
      `${format(median(ratios(column(mine, 'cpuMicroseconds'), column(keyed, 'cpuMicroseconds'))))}×`,
    ];
  });
  const empty = absent.map(({ name }) => [name, 'not installed', ...Array.from({ length: 7 }, () => '–')]);
  return {
    columns: [
      '',
      'req/s',
      'server CPU µs/req',
      'p50 ms',
      'p99 ms',
      'server core',
      'load core',
      'the gate ÷ it, req/s',
      'its CPU ÷ the gate',
    ],
    rows: [...rows, ...empty],
  };
};

/** Throughput as it was, and as it would be with a core that nobody else used. */
const keptOf = (over: string, keyed: readonly GateRound[], open: readonly GateRound[]): Target[] => [
  {
    what: `throughput with the whole gate ÷ the same server without it: ${over}`,
    wanted: LEAST_KEPT,
    got: median(ratios(column(keyed, 'perSecond'), column(open, 'perSecond'))),
    sense: 'at least',
  },
  {
    what: `the same by CPU time, on a core of its own: ${over}`,
    wanted: LEAST_KEPT,
    got: median(ratios(column(open, 'cpuMicroseconds'), column(keyed, 'cpuMicroseconds'))),
    sense: 'at least',
  },
];

const targetsOf = ({ rounds, spun }: GateFound): Target[] => {
  const [keyed = [], open = [], keyedTls = [], openTls = [], service = [], openService = []] = rounds;
  return [
    {
      what: 'the whole gate added to a handler, CPU a request over HTTP',
      wanted: MOST_ADDED,
      got: median(differences(column(keyed, 'cpuMicroseconds'), column(open, 'cpuMicroseconds'))),
      sense: 'at most',
      unit: ' µs',
    },
    {
      what: 'the same in one process without a network',
      wanted: MOST_ADDED,
      got: median(differences(spun.keyed, spun.open)),
      sense: 'at most',
      unit: ' µs',
    },
    ...keptOf('reverse geocoding over HTTPS', service, openService),
    ...keptOf('a constant of 15 bytes over HTTPS', keyedTls, openTls),
    ...keptOf('a constant of 15 bytes over plain HTTP', keyed, open),
  ];
};

/** The section on the gate and its peers. */
export const gateSection = (found: GateFound): Section => {
  const { rounds, spun, keys, plan } = found;
  const [keyed = [], open = [], keyedTls = [], openTls = []] = rounds;
  const pace = Math.max(...rounds.flatMap((mine) => column(mine, 'loadBusy')));
  return {
    title: 'The whole gate, and others that check keys',
    method: [
      'Our server on one thread and one core with routes in pairs. Two give the same constant answer, the hardest comparison ' +
        'there is, since nothing else is done; two answer what the product answers, reverse geocoding without annotations: ' +
        'to everybody, and to whoever has a key: finding the credential, identifying, rate and quota (leased from ' +
        'PostgreSQL), authorising, counting usage. Both routes get the same bytes of requests, ' +
        `with ${keys.toLocaleString('en')} keys of ${Math.round(keys / 50)} projects in turn, so that no connection brings the same key twice in a row. ` +
        `Rounds of ${format(plan.round)} s, all contenders in turns; 32 keep-alive connections from \`bench/load.ts\` on the other core. ` +
        'CPU is user and system time of all threads of the server process over the round. The product serves only HTTPS; plain HTTP is ' +
        'measured because TLS hides what the gate costs, and because the peers are asked without it. "Without a network" calls ' +
        'the pipeline of the same server in a loop.',
      'The peers have as many keys, presented in the same way, and run on the same core. better-auth: `verifyApiKey` of its ' +
        'API-key plugin on its memory adapter, its rate limit on and never reached, behind a bare `node:http`. ' +
        'express-gateway: key-auth before a proxy, for it cannot answer by itself; so it also forwards each request to a ' +
        'constant server on the other core, which ours does not. nginx: one worker, ' +
        '`auth_request` before a file of the same bytes, asking a `node:http` server over a Unix socket that knows the SHA-256 of each key and ' +
        'neither limits nor counts; their CPU is added. Whoever was asked first gave the constant for good keys ' +
        'and 401 or 403 for no key and a wrong one, before and after the rounds.' +
        (pace > SATURATED
          ? ' In at least one round the generator used its whole core and set the pace, so that the throughput ratio flatters the slower side: rely on CPU there.'
          : ''),
    ],
    tables: [
      contestTable(found),
      {
        columns: ['what the gate adds', 'with it, µs', 'without it, µs', 'difference, µs'],
        rows: [
          [
            'CPU a request over HTTP',
            spread(column(keyed, 'cpuMicroseconds')),
            spread(column(open, 'cpuMicroseconds')),
            spread(differences(column(keyed, 'cpuMicroseconds'), column(open, 'cpuMicroseconds'))),
          ],
          [
            'CPU a request over HTTPS',
            spread(column(keyedTls, 'cpuMicroseconds')),
            spread(column(openTls, 'cpuMicroseconds')),
            spread(differences(column(keyedTls, 'cpuMicroseconds'), column(openTls, 'cpuMicroseconds'))),
          ],
          [
            'CPU a request without a network',
            spread(spun.keyed),
            spread(spun.open),
            spread(differences(spun.keyed, spun.open)),
          ],
        ],
      },
    ],
    targets: targetsOf(found),
  };
};
