/**
 * Key-checked requests at a modest, fixed pace, and beside them, where it is asked for, sign-ins: so many at any time.
 * A request does not wait for the one before, so that a slow answer is counted and does not thin out the others.
 */
import { Agent as PlainAgent, request as requestPlainly, type RequestOptions } from 'node:http';
import { Agent as SecureAgent, request as requestSecurely } from 'node:https';
import { answerBench } from './child.ts';

/** Where to send what. */
export interface AimPace {
  readonly ask: 'aim';
  readonly port: number;
  /** PEM of the authority to trust; plain HTTP where it is left out. */
  readonly ca: string | undefined;
  /** Targets of the requests that are measured, one after the other and from the beginning again. */
  readonly targets: readonly string[];
  /** `Authorization` of the requests that are measured. */
  readonly authorization: string;
}

export interface Run {
  readonly ask: 'run';
  readonly seconds: number;
  /** Requests a second that are measured. */
  readonly perSecond: number;
  /** Sign-ins that are under way at any time. */
  readonly signIns: number;
}

/** What one run came to. */
export interface Pace {
  readonly requests: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** Measured answers whose status was not 200. */
  readonly failures: number;
  /** Sign-ins answered with each status. */
  readonly signIns: Readonly<Record<string, number>>;
  readonly signInP50Ms: number;
}

const CONNECTIONS = 8;
/** Until this long after the first sign-ins nothing is measured: threads start, and code is compiled. */
const SETTLE_MS = 1500;
const PATIENCE_MS = 60_000;

let aim: AimPace | undefined;
let agent: PlainAgent | SecureAgent = new PlainAgent();
let signInAgent: PlainAgent | SecureAgent = new PlainAgent();
let next = 0;
let visitors = 0;

interface Answered {
  readonly status: number;
  readonly milliseconds: number;
}

const call = (options: RequestOptions, body?: string): Promise<Answered> =>
  new Promise((resolve, reject) => {
    const { port, ca } = aim!;
    const place = { host: '127.0.0.1', port, timeout: PATIENCE_MS, ...options };
    const sentAt = performance.now();
    const sent =
      ca === undefined ? requestPlainly(place) : requestSecurely({ ...place, ca, servername: 'localhost' });
    sent.once('response', (response) => {
      response.resume();
      response.once('end', () =>
        resolve({ status: response.statusCode ?? 0, milliseconds: performance.now() - sentAt }),
      );
    });
    sent.once('timeout', () => sent.destroy(new Error('an answer did not come')));
    sent.once('error', reject);
    sent.end(body);
  });

const ask = (): Promise<Answered> => {
  const { targets, authorization } = aim!;
  const path = targets[next]!;
  next = next + 1 === targets.length ? 0 : next + 1;
  return call({ agent, path, headers: { host: 'localhost', authorization } });
};

/** On Linux all of 127.0.0.0/8 is this machine: every sign-in comes from somebody else, or limits would be measured. */
const addressOfVisitor = (visitor: number): string | undefined =>
  process.platform === 'linux'
    ? `127.${1 + (visitor >> 14)}.${(visitor >> 7) & 127}.${1 + (visitor & 127)}`
    : undefined;

/** A sign-in to an account that does not exist, which costs what every other does. */
const signIn = (): Promise<Answered> => {
  const visitor = (visitors += 1);
  const body = JSON.stringify({
    email: `nobody-${process.pid}-${visitor}@example.org`,
    password: 'velvet otter marches north',
  });
  const localAddress = addressOfVisitor(visitor);
  return call(
    {
      agent: signInAgent,
      method: 'POST',
      path: '/v1/sessions',
      headers: {
        host: 'localhost',
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        'sec-fetch-site': 'same-origin',
        connection: 'close',
      },
      ...(localAddress === undefined ? {} : { localAddress }),
    },
    body,
  );
};

const close = (): void => {
  agent.destroy();
  signInAgent.destroy();
};

const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });

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

const run = async ({ seconds, perSecond, signIns }: Run): Promise<Pace> => {
  const state = { going: true };
  const signedIn: Answered[] = [];
  const lane = async (): Promise<void> => {
    while (state.going) signedIn.push(await signIn());
  };
  const lanes = Promise.all(Array.from({ length: signIns }, lane));
  // A lane that fails must end the run, not the program.
  lanes.catch(() => undefined);
  // The same without sign-ins, so that both kinds of runs begin with warm connections.
  await keepPace(SETTLE_MS / 1000, perSecond);
  const answers = await keepPace(seconds, perSecond);
  state.going = false;
  await lanes;
  const times = answers.map(({ milliseconds }) => milliseconds).sort((a, b) => a - b);
  const statuses: Record<string, number> = {};
  for (const { status } of signedIn) statuses[status] = (statuses[status] ?? 0) + 1;
  return {
    requests: times.length,
    p50Ms: quantile(times, 0.5),
    p99Ms: quantile(times, 0.99),
    maxMs: times.at(-1) ?? Number.NaN,
    failures: answers.filter(({ status }) => status !== 200).length,
    signIns: statuses,
    signInP50Ms: quantile(
      signedIn.map(({ milliseconds }) => milliseconds).sort((a, b) => a - b),
      0.5,
    ),
  };
};

answerBench(
  (question: AimPace | Run) => {
    if (question.ask === 'run') return run(question);
    close();
    aim = question;
    const options = { keepAlive: true, maxSockets: CONNECTIONS };
    agent = question.ca === undefined ? new PlainAgent(options) : new SecureAgent(options);
    // A connection of its own for each sign-in: they come from different people.
    signInAgent = question.ca === undefined ? new PlainAgent() : new SecureAgent();
    return undefined;
  },
  async () => close(),
);
