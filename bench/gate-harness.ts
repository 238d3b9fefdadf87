/** The least of a server with a gate that can be left out: to try the bench on. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerBench } from './child.ts';
import { CONSTANT } from './constant-routes.ts';
import type { Opened } from './contender.ts';
import type { AskUsage, Usage } from './target.ts';

/** Starts it. `/keyed` asks for one of the keys, after so much work; `/open` does neither. */
export interface BeginHarness {
  readonly ask: 'open';
  readonly keys: readonly string[];
  readonly spinMicroseconds: number;
}

const open = async ({ keys, spinMicroseconds }: BeginHarness): Promise<Opened> => {
  if (keys.length === 0) throw new Error('there is no key to know');
  const known = new Set(keys.map((key) => `Bearer ${key}`));
  const spin = (): void => {
    const end = performance.now() + spinMicroseconds / 1000;
    while (performance.now() < end);
  };
  const server = createServer(({ url, headers }, response) => {
    if (url === '/keyed') spin();
    const isIn = url === '/open' || known.has(headers.authorization ?? '');
    const body = isIn ? CONSTANT : '';
    response.writeHead(isIn ? 200 : 401, { 'content-length': body.length }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: (server.address() as AddressInfo).port, fields: [], wrong: [], name: 'the harness' };
};

const usage = (): Usage => {
  const { user, system } = process.cpuUsage();
  return { cpuMicroseconds: user + system, residentBytes: process.memoryUsage.rss() };
};

answerBench(
  (question: BeginHarness | AskUsage) => (question.ask === 'open' ? open(question) : usage()),
  async () => undefined,
);
