/** A program of a company that takes messages: a real TLS server on loopback, with a certificate of an authority of its own. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { Webhook } from 'standardwebhooks';
import { ensureLocalCertificate } from '../../src/http/local-ca.ts';

/** A message as it came in. */
export interface TakenMessage {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** How a message is answered. */
export type Answering = (response: ServerResponse, message: TakenMessage) => void;

export interface Receiver {
  readonly port: number;
  /** `https://localhost:port/hooks`; another host where it is given. */
  url(host?: string): string;
  /** PEM of the authority to trust. */
  readonly ca: string;
  readonly taken: readonly TakenMessage[];
  /** Answers everything from now on in this way; 204 until then. */
  answer(how: Answering): void;
  close(): Promise<void>;
}

/** Answers with a status alone. */
export const withStatus =
  (status: number, headers: Readonly<Record<string, string>> = {}): Answering =>
  (response) => {
    response.writeHead(status, headers);
    response.end();
  };

const endings: (() => Promise<void>)[] = [];
after(() => Promise.all(endings.map((end) => end())));

/** Starts a receiver; stopped after the tests of the file. */
export const startReceiver = async (): Promise<Receiver> => {
  const folder = mkdtempSync(join(tmpdir(), 'vs-hooks-'));
  const local = await ensureLocalCertificate(folder, { now: Date.now() });
  const [cert, key, ca] = [local.certPath, local.keyPath, local.caPath].map((path) =>
    readFileSync(path, 'utf8'),
  );
  rmSync(folder, { recursive: true, force: true });
  const taken: TakenMessage[] = [];
  let how: Answering = withStatus(204);
  const server = createServer({ cert, key }, (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const message = {
        path: `${request.method ?? ''} ${request.url ?? ''}`,
        headers: request.headers,
        body: Buffer.concat(chunks).toString(),
      };
      taken.push(message);
      how(response, message);
    });
  });
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> =>
    (closing ??= new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    }));
  endings.push(close);
  return {
    port,
    url: (host = 'localhost') => `https://${host}:${port}/hooks`,
    ca: ca ?? '',
    taken,
    answer: (next) => {
      how = next;
    },
    close,
  };
};

/** What a receiver does with a message, by the library of Standard Webhooks and not by our own. @throws where it is not right. */
export const verifyMessage = (
  secret: string,
  { headers, body }: TakenMessage,
): { readonly type: string; readonly timestamp: string; readonly data: Readonly<Record<string, unknown>> } =>
  new Webhook(secret).verify(body, headers as Record<string, string>) as ReturnType<typeof verifyMessage>;
