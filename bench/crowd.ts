/**
 * People who sign in: so many at any time, each from an address of their own over a connection of their own. They are
 * another process than the one that measures, or a handshake of theirs would pass for a slow answer.
 */
import { Agent as PlainAgent } from 'node:http';
import { Agent as SecureAgent } from 'node:https';
import { setPriority } from 'node:os';
import { call, type Answered } from './call.ts';
import { answerBench } from './child.ts';
import { quantile } from './figures.ts';

/** They begin; the answer comes at once. */
export interface Gather {
  readonly ask: 'gather';
  readonly port: number;
  readonly ca: string | undefined;
  /** Sign-ins that are under way at any time. */
  readonly signIns: number;
}

/** They stop; the answer comes when the last of them has had theirs. */
export interface Disperse {
  readonly ask: 'disperse';
}

/** What came of them. */
export interface Crowd {
  /** Sign-ins answered with each status. */
  readonly statuses: Readonly<Record<string, number>>;
  readonly p50Ms: number;
}

/** Behind everything else: whoever signs in does so from a machine of their own. */
const NICENESS = 19;
setPriority(NICENESS);

let agent: PlainAgent | SecureAgent = new PlainAgent();
let visitors = 0;
let answered: Answered[] = [];
let going = new AbortController();
let lanes: Promise<unknown> = Promise.resolve();

/** On Linux all of 127.0.0.0/8 is this machine: every sign-in comes from somebody else, or limits would be measured. */
const addressOfVisitor = (visitor: number): string | undefined =>
  process.platform === 'linux'
    ? `127.${1 + (visitor >> 14)}.${(visitor >> 7) & 127}.${1 + (visitor & 127)}`
    : undefined;

/** A sign-in to an account that does not exist, which costs what every other does. */
const signIn = (port: number, ca: string | undefined): Promise<Answered> => {
  const visitor = (visitors += 1);
  const body = JSON.stringify({
    email: `nobody-${process.pid}-${visitor}@example.org`,
    password: 'velvet otter marches north',
  });
  const localAddress = addressOfVisitor(visitor);
  const headers = {
    host: 'localhost',
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    'sec-fetch-site': 'same-origin',
    connection: 'close',
  };
  const place = { agent, port, ca, method: 'POST', path: '/v1/sessions', headers };
  return call(localAddress === undefined ? place : { ...place, localAddress }, body);
};

const gather = ({ port, ca, signIns }: Gather): void => {
  agent = ca === undefined ? new PlainAgent() : new SecureAgent();
  answered = [];
  going = new AbortController();
  const { signal } = going;
  const lane = async (): Promise<void> => {
    while (!signal.aborted) answered.push(await signIn(port, ca));
  };
  lanes = Promise.all(Array.from({ length: signIns }, lane));
  // One that fails must end the round that asks for the result, not the program.
  lanes.catch(() => undefined);
};

const disperse = async (): Promise<Crowd> => {
  going.abort();
  await lanes;
  const statuses: Record<string, number> = {};
  for (const { status } of answered) statuses[status] = (statuses[status] ?? 0) + 1;
  const times = answered.map(({ milliseconds }) => milliseconds).sort((a, b) => a - b);
  return { statuses, p50Ms: quantile(times, 0.5) };
};

answerBench(
  (question: Gather | Disperse) => (question.ask === 'gather' ? gather(question) : disperse()),
  async () => {
    going.abort();
    agent.destroy();
  },
);
