/** The least of a server with keys and sign-ins: the real hash threads behind a bare `node:http`. To try the bench on. */
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hmacKey, hmacSha256, randomSecretBytes, Secret } from '../src/foundation/secret.ts';
import { createHashThreads } from '../src/passwords/hash-threads.ts';
import type { PasswordHasher } from '../src/passwords/hasher.ts';
import { answerBench } from './child.ts';

/** Starts it; the answer is its port. */
export interface BeginHarness {
  readonly ask: 'begin';
  /** Hash threads. */
  readonly threads: number;
}

const BODY = JSON.stringify({ results: Array.from({ length: 10 }, () => 'x'.repeat(500)) });
const pepper = hmacKey(randomSecretBytes(32));
let hasher: PasswordHasher | undefined;

const answer: RequestListener = (request, response) => {
  if (request.method === 'POST') {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      const { email, password } = JSON.parse(body) as { email: string; password: string };
      hasher!.verify(new Secret(password), undefined, email).then(
        () => response.writeHead(401).end(),
        () => response.writeHead(503).end(),
      );
    });
    return;
  }
  const isKnown = hmacSha256(pepper, request.headers.authorization ?? '').length === 32;
  response.writeHead(isKnown ? 200 : 401, { 'content-type': 'application/json' });
  response.end(BODY);
};

const server = createServer(answer);

answerBench(
  ({ threads }: BeginHarness) => {
    hasher = createHashThreads({ count: threads, queueLimit: 32 });
    return new Promise<number>((resolve) => {
      server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
    });
  },
  async () => {
    server.close();
    server.closeAllConnections();
    await hasher?.close();
  },
);
