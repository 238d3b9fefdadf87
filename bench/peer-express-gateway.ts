/** `express-gateway` with key-auth before a proxy, which is all that it can do; its keys in Redis where there is one. */
import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { answerBench } from './child.ts';
import { freePort, isListening } from './ports.ts';
import type { OpenPeer, Opened } from './contender.ts';
import { importPeer, PEERS, peerVersion } from './peers.ts';
import { cpuOfProcess } from './process-cpu.ts';
import type { AskUsage, Usage } from './target.ts';

type Loaded<Module> = { readonly default: Module };

interface Services {
  readonly user: { insert(user: object): Promise<{ id: string }> };
  readonly credential: {
    insertCredential(
      id: string,
      type: 'key-auth',
      details: object,
    ): Promise<{ keyId: string; keySecret: string }>;
  };
}

interface Gateway {
  load(folder: string): { run(): Promise<unknown> };
}

const folder = mkdtempSync(join(tmpdir(), 'vouchsafe-bench-gateway-'));
let redis: ChildProcess | undefined;
process.once('exit', () => {
  redis?.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

/** Starts a Redis of its own on this core; the port, or undefined where none is installed. */
const startRedis = async (): Promise<number | undefined> => {
  const port = await freePort();
  const words = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', folder];
  const started = spawn('redis-server', words, { stdio: 'ignore' });
  const failed = new Promise<false>((resolve) => {
    started.once('error', () => resolve(false));
    started.once('exit', () => resolve(false));
  });
  const listening = async (): Promise<boolean> => {
    while (started.exitCode === null && started.pid !== undefined) if (await isListening(port)) return true;
    return false;
  };
  if (!(await Promise.race([listening(), failed]))) return undefined;
  redis = started;
  return port;
};

const configure = (port: number, backendPort: number, redisPort: number | undefined): void => {
  const models = join('node_modules', 'express-gateway', 'lib', 'config', 'models');
  mkdirSync(join(folder, 'models'));
  cpSync(join(PEERS, models), join(folder, 'models'), { recursive: true });
  const gateway = {
    http: { port, hostname: '127.0.0.1' },
    apiEndpoints: { api: { host: '*' } },
    serviceEndpoints: { backend: { url: `http://127.0.0.1:${backendPort}` } },
    policies: ['key-auth', 'proxy'],
    pipelines: {
      keyed: {
        apiEndpoints: ['api'],
        policies: [{ 'key-auth': null }, { proxy: [{ action: { serviceEndpoint: 'backend' } }] }],
      },
    },
  };
  const system = {
    db: {
      redis:
        redisPort === undefined
          ? { emulate: true, namespace: 'EG' }
          : { emulate: false, host: '127.0.0.1', port: redisPort, namespace: 'EG' },
    },
    crypto: { cipherKey: 'of the bench', algorithm: 'aes256', saltRounds: 10 },
    session: { secret: 'of the bench', resave: false, saveUninitialized: false },
    accessTokens: { timeToExpiry: 7_200_000 },
    refreshTokens: { timeToExpiry: 7_200_000 },
    authorizationCodes: { timeToExpiry: 300_000 },
  };
  writeFileSync(join(folder, 'gateway.config.json'), JSON.stringify(gateway));
  writeFileSync(join(folder, 'system.config.json'), JSON.stringify(system));
};

const open = async ({ keys: { length }, backendPort }: OpenPeer): Promise<Opened> => {
  // It tells of its listeners on the standard output, which is the bench's.
  process.env['LOG_LEVEL'] = 'error';
  const redisPort = await startRedis();
  const port = await freePort();
  configure(port, backendPort, redisPort);
  const { default: createGateway } = await importPeer<Loaded<() => Gateway>>('express-gateway');
  await createGateway().load(folder).run();
  const { default: services } = await importPeer<Loaded<Services>>('express-gateway/lib/services');
  const person = { username: 'bench', firstname: 'Bench', lastname: 'Bench' };
  const { id } = await services.user.insert(person);
  const fields: string[] = [];
  while (fields.length < length) {
    const { keyId, keySecret } = await services.credential.insertCredential(id, 'key-auth', {});
    fields.push(`authorization: apiKey ${keyId}:${keySecret}`);
  }
  return {
    port,
    fields,
    wrong: [`${fields[0]}x`],
    name: `express-gateway ${peerVersion('express-gateway')}, key-auth and proxy, keys in ${redisPort === undefined ? 'its emulated Redis' : 'Redis'}`,
  };
};

const usage = (): Usage => {
  const { user, system } = process.cpuUsage();
  const ofRedis = redis?.pid === undefined ? 0 : cpuOfProcess(redis.pid);
  return {
    cpuMicroseconds: user + system + ofRedis,
    residentBytes: process.memoryUsage.rss(),
  };
};

answerBench(
  (question: OpenPeer | AskUsage) => (question.ask === 'open' ? open(question) : usage()),
  async () => undefined,
);
