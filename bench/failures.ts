/** Whether strangers who try keys are felt by programs that have one: latency of good callers, alone and beside a flood. */
import { availableParallelism } from 'node:os';
import { startChild } from './child.ts';
import { format, median, ratios, spread } from './figures.ts';
import type { Ebb, Flood, Flooded } from './flood.ts';
import type { AimPace, Pace, Run } from './pace.ts';
import { cpuOfProcess } from './process-cpu.ts';
import type { Questions } from './queries.ts';
import type { Section } from './report.ts';
import { withServer } from './whole-server.ts';

export interface FailuresOptions {
  readonly gazetteerPath: string;
  readonly questions: Questions;
  readonly quick: boolean;
  readonly say: (line: string) => void;
}

/** How long and how hard. */
export interface FloodPlan {
  readonly rounds: number;
  readonly seconds: number;
  /** Good requests a second. */
  readonly perSecond: number;
  /** Wrong keys a second. */
  readonly wrongPerSecond: number;
  readonly shapes: readonly FloodShape[];
}

/** Where a flood comes from. */
export interface FloodShape {
  readonly name: string;
  readonly sources: number;
  readonly connectionsEach: number;
  /** Left out where connections are kept. */
  readonly hangsUp?: boolean;
}

/** What good callers and a flood are pointed at. */
export interface FloodAim extends Omit<AimPace, 'ask'> {
  /** Process id of the server. */
  readonly pid: number;
  readonly publicKeys: readonly string[];
}

/** A round of good callers. */
export interface GoodRound {
  readonly pace: Pace;
  /** Cores that the server used meanwhile, 0 to as many as there are. */
  readonly serverCores: number;
}

/** A round beside a flood. */
export interface FloodRound extends GoodRound {
  readonly flood: Flooded;
}

/** The rounds, in turns: alone, then beside each shape of flood. */
export interface FloodRounds {
  readonly idle: readonly GoodRound[];
  /** By shape, in the order of the plan. */
  readonly busy: readonly (readonly FloodRound[])[];
}

const LOAD_CORE = 0;
const PER_SECOND = 200;
const WRONG_PER_SECOND = 50_000;
const WANTED = 2;

/** What a wrong key is answered with: what it is, to wait, or that there is too much at the moment. */
const REFUSALS: ReadonlySet<string> = new Set(['401', '429', '503']);

/** Answers by status in all rounds. */
const totalOf = (rounds: readonly FloodRound[]): ReadonlyMap<string, number> => {
  const total = new Map<string, number>();
  for (const { flood } of rounds)
    for (const [status, count] of Object.entries(flood.statuses))
      total.set(status, (total.get(status) ?? 0) + count);
  return total;
};

const paces = (rounds: readonly GoodRound[]): Pace[] => rounds.map(({ pace }) => pace);

const checkRounds = ({ idle, busy }: FloodRounds): void => {
  for (const { failures, requests } of paces([...idle, ...busy.flat()]))
    if (failures > 0) throw new Error(`${failures} of ${requests} good callers were not answered with 200`);
  for (const rounds of busy) {
    const total = totalOf(rounds);
    const said = JSON.stringify(Object.fromEntries(total));
    if ([...total.keys()].some((status) => !REFUSALS.has(status)))
      throw new Error(`wrong keys were answered with ${said}`);
    if (rounds.some(({ flood: { sent } }) => sent === 0)) throw new Error('a flood sent nothing');
    if ((total.get('401') ?? 0) === 0 && !rounds.some(({ flood: { hungUp } }) => hungUp > 0)) {
      const came = rounds
        .map(({ flood: { sent, cut } }) => `${sent} sent, ${cut} connections cut`)
        .join('; ');
      throw new Error(`no wrong key was looked at; they were answered with ${said} (${came})`);
    }
  }
};

/**
 * Rounds alone and beside each flood, in turns, so that what slows the machine slows all.
 * @throws where a good caller was refused, or a wrong key was not.
 */
export const contestFailures = async (
  { publicKeys, pid, ...aim }: FloodAim,
  { rounds, seconds, perSecond, wrongPerSecond, shapes }: FloodPlan,
): Promise<FloodRounds> => {
  const { port, ca, targets } = aim;
  const client = startChild('pace.ts', LOAD_CORE);
  const people = startChild('flood.ts', LOAD_CORE);
  try {
    await client.ask({ ask: 'aim', ...aim } satisfies AimPace);
    const run = async (length: number): Promise<GoodRound> => {
      const [before, startedAt] = [cpuOfProcess(pid), performance.now()];
      const pace = await client.ask<Pace>({ ask: 'run', seconds: length, perSecond } satisfies Run);
      const milliseconds = performance.now() - startedAt;
      return { pace, serverCores: (cpuOfProcess(pid) - before) / 1000 / milliseconds };
    };
    const runBeside = async (
      { sources, connectionsEach, hangsUp = false }: FloodShape,
      length: number,
    ): Promise<FloodRound> => {
      const target = targets[0] ?? '/';
      const shape = { sources, connectionsEach, hangsUp, perSecond: wrongPerSecond, publicKeys };
      await people.ask({ ask: 'flood', port, ca, target, ...shape } satisfies Flood);
      const good = await run(length);
      return { ...good, flood: await people.ask<Flooded>({ ask: 'ebb' } satisfies Ebb) };
    };
    // Until the code of all sides is compiled.
    await run(Math.min(3, seconds));
    for (const shape of shapes) await runBeside(shape, Math.min(1, seconds));
    const idle: GoodRound[] = [];
    const busy = shapes.map((): FloodRound[] => []);
    for (let round = 0; round < rounds; round += 1) {
      idle.push(await run(seconds));
      for (const [index, shape] of shapes.entries()) busy[index]?.push(await runBeside(shape, seconds));
    }
    const found = { idle, busy };
    checkRounds(found);
    return found;
  } finally {
    await Promise.all([client.stop(), people.stop()]);
  }
};

const column = (rounds: readonly Pace[], name: 'p50Ms' | 'p99Ms' | 'maxMs'): number[] =>
  rounds.map((round) => round[name]);

const statusesOf = (rounds: readonly FloodRound[]): string => {
  const total = totalOf(rounds);
  const all = [...total.values()].reduce((sum, count) => sum + count, 0);
  return [...total].map(([status, count]) => `${status}: ${Math.round((count / all) * 100)} %`).join(', ');
};

/** What was found, for the report. */
export const failuresSection = ({ idle, busy }: FloodRounds, plan: FloodPlan): Section => {
  const { shapes, seconds, perSecond, wrongPerSecond } = plan;
  const row = (name: string, rounds: readonly GoodRound[], flood: readonly string[]): string[] => [
    name,
    spread(column(paces(rounds), 'p50Ms')),
    spread(column(paces(rounds), 'p99Ms')),
    spread(column(paces(rounds), 'maxMs')),
    spread(rounds.map(({ serverCores }) => serverCores)),
    ...flood,
  ];
  const perFlood = (rounds: readonly FloodRound[], pick: (flood: Flooded) => number): string =>
    spread(rounds.map(({ flood }) => pick(flood)));
  return {
    title: 'Good callers beside a flood of wrong keys',
    method: [
      `The whole server as an operator starts it, on all ${availableParallelism()} cores, over HTTPS. ${perSecond} forward lookups a second with a ` +
        `good key, at a fixed pace that does not wait for answers, for ${format(seconds)} s a round; rounds alone and beside each flood, in turns. ` +
        `A flood offers ${wrongPerSecond.toLocaleString('en')} wrong keys a second, a third each malformed, well-formed but nobody's, and the public key of the good ` +
        'callers with a secret that is not its own, from addresses of their own in 127.0.0.0/8. It does not wait for answers, except that no ' +
        'connection sends a fifth request before the first is answered. "Sent" is what got onto the wire: the rest of the offer stood behind ' +
        'connections that the server had stopped reading, which is its defence, or was more than one core can send. It comes from one process at the lowest priority, as it were ' +
        'from machines of their own; clients and server share this one.',
    ],
    tables: [
      {
        columns: [
          'good callers',
          'p50 ms',
          'p99 ms',
          'slowest ms',
          'cores of the server',
          'wrong keys offered/s',
          'sent/s',
          'answered with',
          'connections cut',
          'new ones/s',
          "the flood's core",
        ],
        rows: [
          row('alone', idle, ['–', '–', '–', '–', '–', '–']),
          ...shapes.map(({ name }, index) => {
            const rounds = busy[index] ?? [];
            return row(`beside ${name}`, rounds, [
              perFlood(rounds, ({ due, seconds: length }) => due / length),
              perFlood(rounds, ({ sent, seconds: length }) => sent / length),
              statusesOf(rounds),
              perFlood(rounds, ({ cut }) => cut),
              perFlood(rounds, ({ opened, seconds: length }) => opened / length),
              `${Math.round(median(rounds.map(({ flood }) => flood.busy)) * 100)} %`,
            ]);
          }),
        ],
      },
    ],
    targets: shapes.map(({ name }, index) => ({
      what: `p99 of good callers beside ${name}, against alone`,
      wanted: WANTED,
      got: median(ratios(column(paces(busy[index] ?? []), 'p99Ms'), column(paces(idle), 'p99Ms'))),
      sense: 'at most',
    })),
  };
};

const SHAPES: readonly FloodShape[] = [
  { name: 'a flood from 4 addresses', sources: 4, connectionsEach: 32 },
  { name: 'a flood from 1,000 addresses', sources: 1000, connectionsEach: 1 },
];

/** Starts a fresh server and measures it. */
export const measureFailures = ({
  gazetteerPath,
  questions,
  quick,
  say,
}: FailuresOptions): Promise<Section> => {
  say('failures: starting the server …');
  return withServer({ gazetteerPath }, async ({ pid, port, ca, authorization, publicKey }) => {
    const time = quick ? { rounds: 2, seconds: 3 } : { rounds: 5, seconds: 5 };
    const plan: FloodPlan = {
      ...time,
      perSecond: PER_SECOND,
      wrongPerSecond: WRONG_PER_SECOND,
      shapes: SHAPES,
    };
    say('failures: alone and beside floods of wrong keys, in turns …');
    const targets = questions.asked.map((text) => `/geocode/v1/json?q=${encodeURIComponent(text)}`);
    const aim = { pid, port, ca, targets, authorization, publicKeys: [publicKey] };
    return failuresSection(await contestFailures(aim, plan), plan);
  });
};
