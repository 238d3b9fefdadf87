/** What becomes of accepted requests when two and three times as much is asked as one thread can do. */
import { startChild, type Child } from './child.ts';
import { format, median, spread } from './figures.ts';
import type { Aim, Fire, Round } from './load.ts';
import type { AimOffer, Offer, Offered } from './offer.ts';
import type { BeginOverload } from './overload-target.ts';
import type { Section, Target } from './report.ts';

export interface OverloadBenchOptions {
  readonly quick: boolean;
  readonly say: (line: string) => void;
}

const SERVER_CORE = 1;
const LOAD_CORE = 0;
/** A request of the control plane: a session, a transaction, its answer. */
const WORK_MICROSECONDS = 500;
const CONNECTIONS = 2000;
const PATH = '/work';
/** Shares of what the thread can do. */
const OFFERS = [0.5, 2, 3] as const;
/** Connections are new, code is not compiled yet, and a queue has to build up first. */
const SETTLE_SECONDS = 2;
/** Connections of the side that finds out what the thread can do. */
const FEW = 16;
const WANTED_P99_MS = 250;
const WANTED_GOODPUT = 0.6;

interface Run extends Offered {
  readonly seconds: number;
}

interface Side {
  readonly server: Child;
  readonly port: number;
}

const openSide = async (workMicroseconds: number, sheds: boolean): Promise<Side> => {
  const server = startChild('overload-target.ts', SERVER_CORE);
  const begin: BeginOverload = { ask: 'begin', workMicroseconds, sheds };
  return { server, port: await server.ask<number>(begin) };
};

/** Rounds that are begun anew where a connection was lost: a server that is behind may cut one that has just come. */
const MOST_TRIES = 3;

const fireAt = async (port: number, connections: number, seconds: number, tried = 1): Promise<Round> => {
  const load = startChild('load.ts', LOAD_CORE);
  try {
    await load.ask({ ask: 'aim', port, ca: undefined, connections, targets: [PATH] } satisfies Aim);
    await load.ask<Round>({ ask: 'fire', seconds: Math.min(1, seconds) } satisfies Fire);
    return await load.ask<Round>({ ask: 'fire', seconds } satisfies Fire);
  } catch (error) {
    if (tried === MOST_TRIES) throw error;
    return await fireAt(port, connections, seconds, tried + 1);
  } finally {
    await load.stop();
  }
};

const offerTo = async (port: number, perSecond: number, seconds: number): Promise<Run> => {
  const load = startChild('offer.ts', LOAD_CORE);
  try {
    await load.ask({ ask: 'aim', port, path: PATH, connections: CONNECTIONS } satisfies AimOffer);
    const offer: Offer = {
      ask: 'offer',
      perSecond,
      seconds: seconds + SETTLE_SECONDS,
      settleSeconds: SETTLE_SECONDS,
    };
    return { ...(await load.ask<Offered>(offer)), seconds };
  } finally {
    await load.stop();
  }
};

const rowOf = (name: string, runs: readonly Run[], capacity: number): string[] => [
  name,
  spread(runs.map(({ served, seconds }) => served / seconds / capacity)),
  spread(runs.map(({ p50Ms }) => p50Ms)),
  spread(runs.map(({ p99Ms }) => p99Ms)),
  spread(runs.map(({ turnedAway, offered }) => (100 * turnedAway) / offered)),
  spread(runs.map(({ unsent, left, offered }) => (100 * (unsent + left)) / offered)),
];

const goodput = (runs: readonly Run[], capacity: number): number =>
  median(runs.map(({ served, seconds }) => served / seconds / capacity));

/** Measures one thread with and without shedding, in turns. */
export const measureOverload = async ({ quick, say }: OverloadBenchOptions): Promise<Section> => {
  const rounds = quick ? 1 : 3;
  const seconds = quick ? 4 : 8;
  say('overload: what one thread can do …');
  const without = await openSide(WORK_MICROSECONDS, false);
  const withIt = await openSide(WORK_MICROSECONDS, true);
  const cheap = [await openSide(0, false), await openSide(0, true)] as const;
  try {
    const rates: number[] = [];
    for (let round = 0; round < 3; round += 1) {
      const found = await fireAt(without.port, FEW, seconds / 2);
      rates.push(found.requests / found.seconds);
    }
    const capacity = Math.max(...rates);
    const found = new Map<string, Run[]>();
    for (let round = 0; round < rounds; round += 1) {
      for (const share of OFFERS) {
        for (const [name, { port }] of [['off', without] as const, ['on', withIt] as const]) {
          say(`overload: ${format(share)} × as much, shedding ${name} …`);
          const runs = found.get(`${share} ${name}`) ?? [];
          runs.push(await offerTo(port, capacity * share, seconds));
          found.set(`${share} ${name}`, runs);
        }
      }
    }
    say('overload: answers from memory …');
    const flood: { readonly name: string; readonly rounds: Round[] }[] = [
      { name: 'shedding off', rounds: [] },
      { name: 'shedding on', rounds: [] },
    ];
    for (let round = 0; round < rounds; round += 1) {
      for (const [index, { port }] of cheap.entries())
        flood[index]?.rounds.push(await fireAt(port, CONNECTIONS, seconds / 2));
    }
    const runsOf = (share: number, name: string): Run[] => found.get(`${share} ${name}`) ?? [];
    const worst = runsOf(3, 'on');
    const targets: Target[] = [
      {
        what: 'p99 of accepted requests at three times of what can be done',
        wanted: WANTED_P99_MS,
        got: median(worst.map(({ p99Ms }) => p99Ms)),
        sense: 'at most',
        unit: ' ms',
      },
      {
        what: 'of what can be done, done at three times of it',
        wanted: WANTED_GOODPUT,
        got: goodput(worst, capacity),
        sense: 'at least',
      },
    ];
    return {
      title: 'Overload',
      method: [
        `The edge and the pipeline in one thread on one core, with a route that works for ${WORK_MICROSECONDS} µs: with as many ` +
          `requests as it takes it did ${format(capacity)} a second ("what can be done", the best of three rounds). Requests are ` +
          `offered for ${format(seconds)} s at a pace that nothing slows down, over ${format(CONNECTIONS)} keep-alive connections, from ` +
          'a process on the other core; nobody waits because of a 503. A request for which no connection is free at its time ' +
          'counts as not sent. Latency is that of accepted requests, and that of those whose connection was left alone ' +
          'for a while counts from when they were sent. Rounds without and with shedding in turns.',
        `"Answers from memory" is a route that does no work, on ${format(CONNECTIONS)} connections that each send the next request at ` +
          'once: turning it away would cost as much as answering it, so that almost nothing is. A round that lost a connection is ' +
          'begun anew, twice at most.',
      ],
      tables: [
        {
          columns: [
            'offered',
            'done ÷ what can be',
            'p50 ms',
            'p99 ms',
            'turned away %',
            'not sent or late %',
          ],
          rows: OFFERS.flatMap((share) =>
            ['off', 'on'].map((name) =>
              rowOf(`${format(share)} × as much, shedding ${name}`, runsOf(share, name), capacity),
            ),
          ),
        },
        {
          columns: ['answers from memory', 'answers/s', 'p50 ms', 'p99 ms', 'turned away'],
          rows: flood.map(({ name, rounds: all }) => [
            name,
            spread(all.map((round) => round.requests / round.seconds)),
            spread(all.map(({ p50Ms }) => p50Ms)),
            spread(all.map(({ p99Ms }) => p99Ms)),
            spread(all.map(({ failures }) => failures)),
          ]),
        },
      ],
      targets,
    };
  } finally {
    await Promise.all([without, withIt, ...cheap].map(({ server }) => server.stop()));
  }
};
