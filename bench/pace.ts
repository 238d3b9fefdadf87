/**
 * Key-checked requests at a modest, fixed pace. A request does not wait for the one before, so that a slow answer is
 * counted and does not thin out the others.
 */
import { Agent as PlainAgent } from 'node:http';
import { Agent as SecureAgent } from 'node:https';
import { setTimeout as pause } from 'node:timers/promises';
import { call, type Answered } from './call.ts';
import { answerBench } from './child.ts';
import { quantile } from './figures.ts';

/** Where to send what. */
export interface AimPace {
  readonly ask: 'aim';
  readonly port: number;
  /** PEM of the authority to trust; plain HTTP where it is left out. */
  readonly ca: string | undefined;
  /** Request targets, one after the other and from the beginning again. */
  readonly targets: readonly string[];
  /** `Authorization` of every request. */
  readonly authorization: string;
}

export interface Run {
  readonly ask: 'run';
  readonly seconds: number;
  /** Requests a second. */
  readonly perSecond: number;
}

/** What one run came to. */
export interface Pace {
  readonly requests: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** Answers whose status was not 200. */
  readonly failures: number;
}

const CONNECTIONS = 8;
/** Nothing is measured at the beginning of a run, for so long at most: connections are opened, and code is compiled. */
const SETTLE_SECONDS = 1.5;

let aim: AimPace | undefined;
let agent: PlainAgent | SecureAgent = new PlainAgent();
let next = 0;

const ask = (): Promise<Answered> => {
  const { targets, authorization, port, ca } = aim!;
  const path = targets[next]!;
  next = next + 1 === targets.length ? 0 : next + 1;
  return call({ agent, port, ca, path, headers: { host: 'localhost', authorization } });
};

/** Sends at the pace until the time is up; every answer is waited for. */
const keepPace = async (seconds: number, perSecond: number): Promise<Answered[]> => {
  const answers: Promise<Answered>[] = [];
  const startedAt = performance.now();
  const count = Math.round(seconds * perSecond);
  for (let sent = 0; sent < count; sent += 1) {
    const wait = startedAt + (sent * 1000) / perSecond - performance.now();
    if (wait > 0) await pause(wait);
    answers.push(ask());
  }
  return Promise.all(answers);
};

const run = async ({ seconds, perSecond }: Run): Promise<Pace> => {
  await keepPace(Math.min(SETTLE_SECONDS, seconds / 2), perSecond);
  const answers = await keepPace(seconds, perSecond);
  const times = answers.map(({ milliseconds }) => milliseconds).sort((a, b) => a - b);
  return {
    requests: times.length,
    p50Ms: quantile(times, 0.5),
    p99Ms: quantile(times, 0.99),
    maxMs: times.at(-1) ?? Number.NaN,
    failures: answers.filter(({ status }) => status !== 200).length,
  };
};

answerBench(
  (question: AimPace | Run) => {
    if (question.ask === 'run') return run(question);
    agent.destroy();
    aim = question;
    const options = { keepAlive: true, maxSockets: CONNECTIONS };
    agent = question.ca === undefined ? new PlainAgent(options) : new SecureAgent(options);
    return undefined;
  },
  async () => agent.destroy(),
);
