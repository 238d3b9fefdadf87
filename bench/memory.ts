/** What the whole server occupies with one worker and with more, after it has answered for a while. */
import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { startChild } from './child.ts';
import { format, median, spread } from './figures.ts';
import type { Aim, Fire, Round } from './load.ts';
import type { Questions } from './queries.ts';
import type { Section } from './report.ts';
import { residentMb } from './resident.ts';
import { withServer, type WholeServer } from './whole-server.ts';

export interface MemoryOptions {
  readonly gazetteerPath: string;
  readonly questions: Questions;
  readonly quick: boolean;
  readonly say: (line: string) => void;
}

const CONNECTIONS = 32;
const FIRST_WANTED_MB = 250;
const FURTHER_WANTED_MB = 80;

/** Resident memory of a server that has answered for some seconds. */
const measureServer = async (
  { port, ca, authorization, pid }: WholeServer,
  { points, asked }: Questions,
  seconds: number,
): Promise<number> => {
  const load = startChild('load.ts', undefined);
  try {
    const texts = asked.flatMap((text, index) => [text, (points[index] ?? [0, 0]).join(',')]);
    const targets = texts.map((text) => `/geocode/v1/json?q=${encodeURIComponent(text)}`);
    const fields = [`authorization: ${authorization}`];
    await load.ask({ ask: 'aim', port, ca, connections: CONNECTIONS, targets, fields } satisfies Aim);
    const round = await load.ask<Round>({ ask: 'fire', seconds } satisfies Fire);
    // On a busy machine some are turned away, which changes nothing about memory.
    if (round.failures * 2 > round.requests)
      throw new Error(`${round.failures} of ${round.requests} answers were not 200`);
    return residentMb(pid);
  } finally {
    await load.stop();
  }
};

/** The geocoder without the server around it. */
const measureAlone = (gazetteerPath: string): number =>
  Number(
    execFileSync(
      process.execPath,
      [fileURLToPath(new URL('./geocoder-alone.ts', import.meta.url)), gazetteerPath],
      {
        encoding: 'utf8',
      },
    ),
  ) /
  2 ** 20;

/** What does not depend on the number of workers, in MB. */
export interface Fixed {
  readonly index: number;
  readonly alone: number;
}

/** The section, from the figures of servers with one worker, two, and so on. */
export const memorySection = (
  byWorkers: readonly (readonly number[])[],
  { index: indexMb, alone }: Fixed,
): Section => {
  const [first = []] = byWorkers;
  const last = byWorkers.at(-1) ?? first;
  const further = (median(last) - median(first)) / Math.max(1, byWorkers.length - 1);
  return {
    title: 'Memory of the server, and of its index',
    method: [
      'The whole server, each time a fresh one, with so many worker threads, after it has answered forward and reverse questions with all ' +
        `annotations on ${CONNECTIONS} connections; resident memory of its process, without PostgreSQL. The index lies in memory once, ` +
        'whatever the number of workers; "resident with WORKERS=1" is the whole process: Node, the main thread with accounts, mail, jobs and ' +
        'the console, the index and that worker. "Alone" is a process that only opens the index and asks it.',
    ],
    tables: [
      {
        columns: ['', 'MB, median [least–most]'],
        rows: [
          ['the index file', format(indexMb)],
          ['Node with the open index alone, one thread', format(alone)],
          ...byWorkers.map((figures, index) => [`resident with WORKERS=${index + 1}`, spread(figures)]),
          ['each further worker', format(further)],
        ],
      },
    ],
    targets: [
      {
        what: 'the geocoder alone, one thread',
        wanted: FIRST_WANTED_MB,
        got: alone,
        sense: 'at most',
        unit: ' MB',
      },
      {
        what: 'the whole server with one worker',
        wanted: FIRST_WANTED_MB,
        got: median(first),
        sense: 'at most',
        unit: ' MB',
      },
      { what: 'each further worker', wanted: FURTHER_WANTED_MB, got: further, sense: 'at most', unit: ' MB' },
    ],
  };
};

/** Starts a server for each number of workers, as often as there are rounds. */
export const measureMemory = async ({
  gazetteerPath,
  questions,
  quick,
  say,
}: MemoryOptions): Promise<Section> => {
  const figures: number[][] = [[], [], []];
  for (let round = 0; round < (quick ? 1 : 3); round += 1) {
    for (const [index, found] of figures.entries()) {
      say(`memory: WORKERS=${index + 1} …`);
      const settings = { WORKERS: String(index + 1) };
      found.push(
        await withServer({ gazetteerPath, settings }, (server) =>
          measureServer(server, questions, quick ? 2 : 5),
        ),
      );
    }
  }
  return memorySection(figures, {
    index: statSync(gazetteerPath).size / 2 ** 20,
    alone: measureAlone(gazetteerPath),
  });
};
