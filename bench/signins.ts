/** Whether people who sign in are felt by programs with keys: latency of key-checked requests, without and with sign-ins. */
import { availableParallelism } from 'node:os';
import { startChild } from './child.ts';
import type { Crowd, Disperse, Gather } from './crowd.ts';
import { format, median, ratios, spread } from './figures.ts';
import type { AimPace, Pace, Run } from './pace.ts';
import type { Questions } from './queries.ts';
import type { Section } from './report.ts';
import { withServer } from './whole-server.ts';

export interface SignInOptions {
  readonly gazetteerPath: string;
  readonly questions: Questions;
  readonly quick: boolean;
  readonly say: (line: string) => void;
}

/** How long and how hard. */
export interface SignInPlan {
  readonly rounds: number;
  readonly seconds: number;
  readonly perSecond: number;
}

/** A round with sign-ins beside it. */
export interface BusyRound {
  readonly pace: Pace;
  readonly crowd: Crowd;
}

/** The rounds of both kinds, in the order in which they ran in turns. */
export interface SignInRounds {
  readonly idle: readonly Pace[];
  readonly busy: readonly BusyRound[];
}

const LOAD_CORE = 0;
const IN_FLIGHT = 8;
/** A fifth of what one core can do, so that latency is that of answering and not of waiting for others. */
const PER_SECOND = 200;
const WANTED = 2;
/** The answer to a sign-in to no account, which is hashed for like any other. */
const HASHED = '401';

/** Rounds without and with sign-ins in turns, so that what slows the machine slows both. */
export const contestSignIns = async (
  aim: Omit<AimPace, 'ask'>,
  { rounds, seconds, perSecond }: SignInPlan,
): Promise<SignInRounds> => {
  const { port, ca } = aim;
  const client = startChild('pace.ts', LOAD_CORE);
  const people = startChild('crowd.ts', LOAD_CORE);
  try {
    await client.ask({ ask: 'aim', ...aim } satisfies AimPace);
    const run = (length: number): Promise<Pace> =>
      client.ask<Pace>({ ask: 'run', seconds: length, perSecond } satisfies Run);
    const runBusy = async (length: number): Promise<BusyRound> => {
      await people.ask({ ask: 'gather', port, ca, signIns: IN_FLIGHT } satisfies Gather);
      const pace = await run(length);
      return { pace, crowd: await people.ask<Crowd>({ ask: 'disperse' } satisfies Disperse) };
    };
    // Until the code of all sides is compiled.
    await run(Math.min(3, seconds));
    await runBusy(Math.min(1, seconds));
    const found = { idle: [] as Pace[], busy: [] as BusyRound[] };
    for (let round = 0; round < rounds; round += 1) {
      found.idle.push(await run(seconds));
      found.busy.push(await runBusy(seconds));
    }
    for (const { failures, requests } of [...found.idle, ...found.busy.map(({ pace }) => pace)])
      if (failures > 0) throw new Error(`${failures} of ${requests} key-checked answers were not 200`);
    for (const { crowd } of found.busy)
      if ((crowd.statuses[HASHED] ?? 0) === 0)
        throw new Error(`no sign-in was hashed; they were answered with ${JSON.stringify(crowd.statuses)}`);
    return found;
  } finally {
    await Promise.all([client.stop(), people.stop()]);
  }
};

const column = (rounds: readonly Pace[], name: 'p50Ms' | 'p99Ms' | 'maxMs'): number[] =>
  rounds.map((round) => round[name]);

const statusesOf = (rounds: readonly BusyRound[]): string => {
  const total: Record<string, number> = {};
  for (const { crowd } of rounds)
    for (const [status, count] of Object.entries(crowd.statuses))
      total[status] = (total[status] ?? 0) + count;
  return Object.entries(total)
    .map(([status, count]) => `${count} with ${status}`)
    .join(', ');
};

/** What was found, for the report. */
export const signInSection = ({ idle, busy }: SignInRounds, { seconds, perSecond }: SignInPlan): Section => {
  const beside = busy.map(({ pace }) => pace);
  const row = (name: string, rounds: readonly Pace[], signIn: string): string[] => [
    name,
    spread(column(rounds, 'p50Ms')),
    spread(column(rounds, 'p99Ms')),
    spread(column(rounds, 'maxMs')),
    signIn,
  ];
  return {
    title: 'Key-checked requests while people sign in',
    method: [
      `The whole server as an operator starts it, on all ${availableParallelism()} cores, over HTTPS. ${perSecond} forward lookups a second with a ` +
        `key, at a fixed pace that does not wait for answers, for ${format(seconds)} s a round; rounds without sign-ins and with ` +
        `${IN_FLIGHT} sign-ins under way at any time in turns. The sign-ins are to accounts that do not exist, which costs the ` +
        'same scrypt hash (N=2^17, r=8, p=1), each over a new connection from another address, sent by ' +
        'a process of their own at the lowest priority, as it were on machines of their own. Clients and server share the ' +
        `machine. Sign-ins were answered ${statusesOf(busy)}.`,
    ],
    tables: [
      {
        columns: ['key-checked requests', 'p50 ms', 'p99 ms', 'slowest ms', 'a sign-in took, p50 ms'],
        rows: [
          row('no sign-ins', idle, '–'),
          row(`${IN_FLIGHT} sign-ins in flight`, beside, spread(busy.map(({ crowd }) => crowd.p50Ms))),
        ],
      },
    ],
    targets: [
      {
        what: 'p99 with eight sign-ins in flight, against none',
        wanted: WANTED,
        got: median(ratios(column(beside, 'p99Ms'), column(idle, 'p99Ms'))),
        sense: 'at most',
      },
    ],
  };
};

/** Starts a fresh server and measures it. */
export const measureSignIns = ({ gazetteerPath, questions, quick, say }: SignInOptions): Promise<Section> => {
  say('signins: starting the server …');
  return withServer({ gazetteerPath }, async ({ port, ca, authorization }) => {
    const plan = quick
      ? { rounds: 2, seconds: 4, perSecond: PER_SECOND }
      : { rounds: 6, seconds: 10, perSecond: PER_SECOND };
    say('signins: without and with sign-ins, in turns …');
    const targets = questions.asked.map((text) => `/geocode/v1/json?q=${encodeURIComponent(text)}`);
    return signInSection(await contestSignIns({ port, ca, targets, authorization }, plan), plan);
  });
};
