import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer as createHttp, type RequestListener, type Server } from 'node:http';
import { createServer as createHttps, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import type { CheckResult } from '../foundation/promise.ts';
import { connects, createProbe } from '../promises/probe.ts';
import { tlsOptionsOf } from './edge-tls.ts';
import { ensureLocalCertificate } from './local-ca.ts';
import { adminOnLoopback, tlsOnly } from './promises.ts';

const folder = mkdtempSync(join(tmpdir(), 'vs-tls-'));
const local = await ensureLocalCertificate(folder, { now: Date.parse('2026-11-22') });
const certificate = { cert: readFileSync(local.certPath, 'utf8'), key: readFileSync(local.keyPath, 'utf8') };
const servers: Server[] = [];
after(() => {
  for (const server of servers) server.close();
  rmSync(folder, { recursive: true });
});

const listen = async (server: Server, host = '127.0.0.1'): Promise<number> => {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  return (server.address() as AddressInfo).port;
};

const answer: RequestListener = (_request, response) => void response.end('ok');

/** What the plain listener of the house does. */
const wellBehaved: RequestListener = (request, response) => {
  if (request.url?.startsWith('/v1') === true) response.writeHead(403).end();
  else response.writeHead(301, { location: `https://localhost${request.url}` }).end('elsewhere');
};

const checkTls = async (options: ServerOptions, plain: RequestListener | null): Promise<CheckResult> => {
  const port = await listen(createHttps({ ...certificate, ...options }, answer));
  const httpPort = plain === null ? null : await listen(createHttp(plain));
  const trust = { pinned: () => [certificate.cert] };
  const client = createProbe({ host: '127.0.0.1', port, hostname: 'localhost', trust, httpPort });
  return tlsOnly({ client, hostname: 'localhost' }).check();
};

const OURS = tlsOptionsOf(certificate, 1000);

describe('the promise of TLS only', () => {
  it('is kept by our own settings, with a plain port that redirects and refuses', async () => {
    const { state, evidence } = await checkTls(OURS, wellBehaved);
    assert.equal(state, 'kept', evidence);
  });

  it('is kept where there is no plain port', async () => {
    assert.equal((await checkTls(OURS, null)).state, 'kept');
  });

  for (const version of ['TLSv1', 'TLSv1.1'] as const) {
    it(`is broken by a listener that accepts ${version}`, async () => {
      const { state, evidence } = await checkTls(
        { minVersion: version, ciphers: 'DEFAULT@SECLEVEL=0' },
        null,
      );
      assert.deepEqual([state, evidence.startsWith('A handshake with TLSv1')], ['broken', true]);
    });
  }

  it('is broken by a listener that refuses TLS 1.3', async () => {
    assert.equal((await checkTls({ ...OURS, maxVersion: 'TLSv1.2' }, null)).state, 'broken');
  });

  const violations: Readonly<Record<string, RequestListener>> = {
    'answers content': answer,
    'redirects to another host': (_request, response) =>
      void response.writeHead(301, { location: 'https://elsewhere.example/' }).end(),
    'redirects to plain HTTP': (_request, response) =>
      void response.writeHead(301, { location: 'http://localhost/' }).end(),
    'redirects calls under /v1 as well': (request, response) =>
      void response.writeHead(301, { location: `https://localhost${request.url}` }).end(),
    'puts content beside the redirect': (request, response) =>
      void response.writeHead(301, { location: `https://localhost${request.url}` }).end('x'.repeat(5000)),
    'refuses calls under /v1 with an answer': (request, response) => {
      if (request.url?.startsWith('/v1') !== true) wellBehaved(request, response);
      else response.writeHead(403, { 'content-type': 'application/json' }).end('{"company":"one"}');
    },
  };
  for (const [name, listener] of Object.entries(violations)) {
    it(`is broken by a plain port that ${name}`, async () => {
      assert.equal((await checkTls(OURS, listener)).state, 'broken');
    });
  }

  it('cannot be checked against another certificate than the configured one, or against nothing', async () => {
    const port = await listen(createHttps(OURS, answer));
    const other = await ensureLocalCertificate(join(folder, 'other'), { now: Date.parse('2026-11-22') });
    const trust = { pinned: () => [readFileSync(other.certPath, 'utf8')] };
    const stranger = createProbe({ host: '127.0.0.1', port, hostname: 'localhost', trust, httpPort: null });
    await assert.rejects(stranger.send({ path: '/' }), /another certificate/);
    const nobody = createProbe({ host: '127.0.0.1', port: 1, hostname: 'localhost', trust, httpPort: null });
    await assert.rejects(tlsOnly({ client: nobody, hostname: 'localhost' }).check());
  });
});

describe('the promise of the administrative port', () => {
  const check = (port: number, addresses: readonly string[]): Promise<CheckResult> =>
    adminOnLoopback({ port: () => port, addresses: () => addresses, connects }).check();

  // 127.0.0.2 stands for the address of a network: a listener on 127.0.0.1 does not answer there, one on all does.
  const elsewhere = process.platform === 'linux' ? '127.0.0.2' : '::1';

  it('is kept by a listener on loopback', async () => {
    const port = await listen(createHttp(answer));
    assert.equal((await check(port, [elsewhere])).state, 'kept');
    assert.equal((await check(port, [])).state, 'kept');
  });

  it('is broken by a listener on every address', async () => {
    const port = await listen(createHttp(answer), '::');
    assert.equal((await check(port, [elsewhere])).state, 'broken');
  });

  it('cannot be checked while nobody listens', async () => {
    await assert.rejects(check(1, [elsewhere]));
  });
});
