/** What a second worker thread is worth: the whole server with one and with two, on the same two cores. */
import { availableParallelism, cpus } from 'node:os';
import { startChild, type Child } from './child.ts';
import { format, median, ratios, spread } from './figures.ts';
import type { Aim, Fire, Round } from './load.ts';
import { cpuOfProcess } from './process-cpu.ts';
import type { Questions } from './queries.ts';
import type { Section } from './report.ts';
import { withServer, type WholeServer } from './whole-server.ts';

export interface WorkersOptions {
  readonly gazetteerPath: string;
  readonly questions: Questions;
  readonly quick: boolean;
  readonly say: (line: string) => void;
}

/** How long and how often; seconds. */
export interface WorkersPlan {
  readonly warmUp: number;
  readonly round: number;
  readonly rounds: number;
}

/** A server that listens, and the process that it is. */
export type Served = Pick<WholeServer, 'pid' | 'port' | 'authorization'> & {
  readonly ca: string | undefined;
};

/** One round of one server. */
export interface WorkersRound {
  readonly perSecond: number;
  /** Cores that the server used, 0 to as many as there are; likewise the generator. */
  readonly serverCores: number;
  readonly loadCores: number;
  /** Cores that nobody used. */
  readonly idleCores: number;
  /** Requests for each second of the server's CPU time. */
  readonly perCpuSecond: number;
  /** Milliseconds from a request to the end of its answer. */
  readonly p50Ms: number;
  readonly p99Ms: number;
}

const CONNECTIONS = 32;
const SETTLE_SECONDS = 0.3;
const WANTED = 1.7;
const CORES = 2;

/** Milliseconds that all cores have been idle, together. */
const idleMs = (): number => cpus().reduce((sum, { times }) => sum + times.idle, 0);

const measure = async (load: Child, { pid }: Served, seconds: number): Promise<WorkersRound> => {
  const [before, idleBefore] = [cpuOfProcess(pid), idleMs()];
  const round = await load.ask<Round>({ ask: 'fire', seconds } satisfies Fire);
  const [used, idle] = [cpuOfProcess(pid) - before, idleMs() - idleBefore];
  if (round.failures > 0) throw new Error(`${round.failures} of ${round.requests} answers were not 200`);
  return {
    perSecond: round.requests / round.seconds,
    serverCores: used / 1e6 / round.seconds,
    loadCores: round.busy,
    idleCores: idle / 1000 / round.seconds,
    perCpuSecond: round.requests / (used / 1e6),
    p50Ms: round.p50Ms,
    p99Ms: round.p99Ms,
  };
};

/** Rounds of all servers in turns. @returns their rounds in the order of the servers. */
export const contestWorkers = async (
  servers: readonly Served[],
  targets: readonly string[],
  { warmUp, round: seconds, rounds }: WorkersPlan,
): Promise<readonly (readonly WorkersRound[])[]> => {
  const load = startChild('load.ts', undefined);
  try {
    const fireAt = async ({ port, ca, authorization }: Served, length: number): Promise<void> => {
      const fields = [`authorization: ${authorization}`];
      await load.ask({ ask: 'aim', port, ca, connections: CONNECTIONS, targets, fields } satisfies Aim);
      await load.ask<Round>({ ask: 'fire', seconds: length } satisfies Fire);
    };
    for (const server of servers) await fireAt(server, warmUp);
    const found = servers.map((): WorkersRound[] => []);
    for (let round = 0; round < rounds; round += 1) {
      for (const [index, server] of servers.entries()) {
        await fireAt(server, SETTLE_SECONDS);
        found[index]?.push(await measure(load, server, seconds));
      }
    }
    return found;
  } finally {
    await load.stop();
  }
};

const column = (rounds: readonly WorkersRound[], name: keyof WorkersRound): number[] =>
  rounds.map((round) => round[name]);

/**
 * How many times the requests of one worker two can answer, each on a core of its own. One worker cannot use less than a
 * core: where it got less, somebody else had it.
 */
const gainOf = (one: readonly WorkersRound[], two: readonly WorkersRound[]): number[] =>
  ratios(
    two.map(({ perCpuSecond }) => perCpuSecond * CORES),
    one.map(({ perCpuSecond, serverCores }) => perCpuSecond * Math.max(1, serverCores)),
  );

/** What was found, for the report. */
export const workersSection = (
  [one = [], two = []]: readonly (readonly WorkersRound[])[],
  { round }: WorkersPlan,
): Section => {
  const row = (name: string, rounds: readonly WorkersRound[]): string[] => [
    name,
    spread(column(rounds, 'perSecond')),
    spread(column(rounds, 'perCpuSecond')),
    spread(column(rounds, 'serverCores')),
    spread(column(rounds, 'loadCores')),
    spread(column(rounds, 'idleCores')),
    spread(column(rounds, 'p50Ms')),
    spread(column(rounds, 'p99Ms')),
  ];
  return {
    title: 'From one worker to two',
    method: [
      `The whole server over HTTPS with \`WORKERS=1\` and \`WORKERS=2\`, in turns, forward lookups with a key, rounds of ${format(round)} s, ` +
        `${CONNECTIONS} keep-alive connections that the kernel spreads over the workers. Nothing is kept to a core. ` +
        `The machine has ${availableParallelism()} cores, which the generator (\`bench/load.ts\`, and its half of TLS) needs as well: with two workers it takes its part from them, so that requests per second ` +
        'say how the generator and two workers share the cores and not what two workers can do. What can be told is how many requests each second of the ' +
        "server's CPU time answers. If nothing that the workers share (limits, counters, the main thread, memory, the kernel's sockets) made them slower, this would be the same " +
        'with two, and two would answer twice as many on two cores. The ratio is twice the requests for each CPU second with two workers, by ' +
        'those of one worker in a second. It does not see workers that wait for each other without using CPU; that would show as idle cores.',
    ],
    tables: [
      {
        columns: [
          'workers',
          'req/s beside the generator',
          'req for each CPU second',
          'cores of the server',
          'cores of the generator',
          'idle cores',
          'p50 ms',
          'p99 ms',
        ],
        rows: [row('1', one), row('2', two)],
      },
    ],
    targets: [
      {
        what: 'two workers on two cores ÷ one, requests for CPU time',
        wanted: WANTED,
        got: median(gainOf(one, two)),
        sense: 'at least',
      },
      {
        what: 'one worker over HTTPS, p99 ÷ p50',
        wanted: 3,
        got: median(ratios(column(one, 'p99Ms'), column(one, 'p50Ms'))),
        sense: 'at most',
      },
    ],
  };
};

/** Starts both servers and measures them. */
export const measureWorkers = ({
  gazetteerPath,
  questions,
  quick,
  say,
}: WorkersOptions): Promise<Section> => {
  say('workers: starting two servers …');
  const start = <Value>(workers: number, work: (server: WholeServer) => Promise<Value>): Promise<Value> =>
    withServer({ gazetteerPath, settings: { WORKERS: String(workers) } }, work);
  return start(1, (one) =>
    start(CORES, async (two) => {
      const plan: WorkersPlan = quick
        ? { warmUp: 1, round: 2, rounds: 2 }
        : { warmUp: 3, round: 4, rounds: 6 };
      say('workers: one and two, in turns …');
      const targets = questions.asked.map((text) => `/geocode/v1/json?q=${encodeURIComponent(text)}`);
      return workersSection(await contestWorkers([one, two], targets, plan), plan);
    }),
  );
};
