/** nginx with `auth_request`, and in this process the checker that it asks: one SHA-256 and a set, no limits, no counting. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sha256Base64 } from '../src/foundation/secret.ts';
import { answerBench } from './child.ts';
import { CONSTANT } from './constant-routes.ts';
import type { OpenPeer, Opened } from './contender.ts';
import { freePort, isListening } from './ports.ts';
import { cpuOfProcess } from './process-cpu.ts';
import type { AskUsage, Usage } from './target.ts';

const folder = mkdtempSync(join(tmpdir(), 'vouchsafe-bench-nginx-'));
let nginx: ChildProcess | undefined;
process.once('exit', () => {
  nginx?.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

const configuration = (port: number, socket: string): string => `
daemon off; master_process off; pid ${folder}/pid; error_log stderr error;
events { worker_connections 1024; }
http {
  access_log off; keepalive_requests 100000000; keepalive_timeout 60s;
  client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy; fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi; scgi_temp_path ${folder}/scgi;
  open_file_cache max=10; tcp_nodelay on;
  upstream checker { server unix:${socket}; keepalive 64; keepalive_requests 100000000; }
  server {
    listen 127.0.0.1:${port};
    root ${folder}; default_type application/json;
    location = /answer.json { auth_request /check; }
    location = /check {
      internal; proxy_pass http://checker; proxy_http_version 1.1; proxy_set_header Connection "";
      proxy_pass_request_body off; proxy_set_header Content-Length "";
    }
  }
}`;

const open = async ({ keys }: OpenPeer): Promise<Opened> => {
  const { stderr, error } = spawnSync('nginx', ['-v'], { encoding: 'utf8' });
  if (error !== undefined) throw new Error('nginx is not installed');
  const version = /nginx\/(\S+)/.exec(stderr)?.[1] ?? '';
  const known = new Set(keys.map(sha256Base64));
  const check: RequestListener = (message, response) => {
    const key = (message.headers.authorization ?? '').slice('Bearer '.length);
    response.writeHead(known.has(sha256Base64(key)) ? 204 : 401).end();
  };
  const socket = join(folder, 'checker');
  const checker = createServer({ keepAliveTimeout: 60_000 }, check);
  await new Promise<void>((resolve) => checker.listen(socket, resolve));
  const port = await freePort();
  writeFileSync(join(folder, 'answer.json'), CONSTANT);
  writeFileSync(join(folder, 'nginx.conf'), configuration(port, socket));
  // On the core of this process, which it inherits.
  nginx = spawn('nginx', ['-e', 'stderr', '-p', folder, '-c', join(folder, 'nginx.conf')], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const gone = once(nginx, 'exit').then(() => {
    throw new Error('nginx ended');
  });
  gone.catch(() => undefined);
  const listening = async (): Promise<void> => {
    while (!(await isListening(port)));
  };
  await Promise.race([listening(), gone]);
  return {
    port,
    fields: keys.map((key) => `authorization: Bearer ${key}`),
    wrong: [`authorization: Bearer ${keys[0]?.split('').reverse().join('')}`],
    name: `nginx ${version}, auth_request to a node checker`,
  };
};

const usage = (): Usage => {
  const { user, system } = process.cpuUsage();
  const cpuMicroseconds = user + system + cpuOfProcess(nginx?.pid ?? 0);
  return { cpuMicroseconds, residentBytes: process.memoryUsage.rss() };
};

answerBench(
  (question: OpenPeer | AskUsage) => (question.ask === 'open' ? open(question) : usage()),
  async () => undefined,
);
