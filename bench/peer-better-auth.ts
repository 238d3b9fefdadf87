/** `better-auth` with its API-key plugin as its documentation shows it, behind a bare `node:http`. */
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { randomSecretBytes } from '../src/foundation/secret.ts';
import { answerBench } from './child.ts';
import { CONSTANT } from './constant-routes.ts';
import type { OpenPeer, Opened } from './contender.ts';
import { importPeer, peerVersion } from './peers.ts';
import type { AskUsage, Usage } from './target.ts';

interface Auth {
  readonly api: {
    createApiKey(options: { body: { userId: string; name: string } }): Promise<{ key: string }>;
    verifyApiKey(options: { body: { key: string } }): Promise<{ valid: boolean }>;
  };
  readonly $context: Promise<{
    readonly internalAdapter: { createUser(user: object): Promise<{ id: string }> };
  }>;
}

interface BetterAuth {
  betterAuth(options: object): Auth;
}

const NEVER_REACHED = 1_000_000_000;
const HEAD = { 'content-type': 'application/json', 'content-length': String(CONSTANT.length) };
const DAY_MS = 86_400_000;

const openAuth = async (): Promise<Auth> => {
  const { betterAuth } = await importPeer<BetterAuth>('better-auth');
  const { memoryAdapter } = await importPeer<{ memoryAdapter(tables: object): object }>(
    'better-auth/adapters/memory',
  );
  const { apiKey } = await importPeer<{ apiKey(options: object): object }>('@better-auth/api-key');
  return betterAuth({
    baseURL: 'http://127.0.0.1',
    secret: randomSecretBytes(32).toString('base64'),
    database: memoryAdapter({ user: [], session: [], account: [], verification: [], apikey: [] }),
    telemetry: { enabled: false },
    logger: { disabled: true },
    // Ten requests a day where it is left out; ours has its limits on as well.
    plugins: [apiKey({ rateLimit: { enabled: true, timeWindow: DAY_MS, maxRequests: NEVER_REACHED } })],
  });
};

const open = async ({ keys: { length: count } }: OpenPeer): Promise<Opened> => {
  const auth = await openAuth();
  const { internalAdapter } = await auth.$context;
  const user = { email: 'bench@example.org', name: 'Bench', emailVerified: true };
  const { id: userId } = await internalAdapter.createUser(user);
  const keys: string[] = [];
  while (keys.length < count)
    keys.push((await auth.api.createApiKey({ body: { userId, name: 'Bench' } })).key);

  const answer: RequestListener = (message, response) => {
    const refuse = (): void => void response.writeHead(401, { 'content-length': '0' }).end();
    const key = /^Bearer (.+)$/.exec(message.headers.authorization ?? '')?.[1];
    if (key === undefined) {
      refuse();
      return;
    }
    auth.api.verifyApiKey({ body: { key } }).then(({ valid }) => {
      if (!valid) refuse();
      else {
        response.writeHead(200, HEAD);
        response.end(CONSTANT);
      }
    }, refuse);
  };
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    fields: keys.map((key) => `authorization: Bearer ${key}`),
    wrong: [`authorization: Bearer ${keys[0]?.split('').reverse().join('')}`],
    name: `better-auth ${peerVersion('better-auth')}, verifyApiKey`,
  };
};

const usage = (): Usage => {
  const { user, system } = process.cpuUsage();
  return { cpuMicroseconds: user + system, residentBytes: process.memoryUsage.rss() };
};

answerBench(
  (question: OpenPeer | AskUsage) => (question.ask === 'open' ? open(question) : usage()),
  async () => undefined,
);
