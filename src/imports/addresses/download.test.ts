import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer as createPlain, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { loadCertificate } from '../../http/load-certificate.ts';
import { ensureLocalCertificate } from '../../http/local-ca.ts';
import { systemClock } from '../../foundation/clock.ts';
import { ImportStopped } from '../lock.ts';
import { download, type DownloadOptions } from './download.ts';

const folder = mkdtempSync(join(tmpdir(), 'vs-download-'));
const CONTENT = Buffer.from('1.0.0.0,1.0.0.255,AU\n'.repeat(1000));
const SUM = createHash('sha256').update(CONTENT).digest('hex');

const answer = (request: IncomingMessage, response: ServerResponse): void => {
  const { url = '' } = request;
  const [, hops] = /^\/hops\/(\d+)/u.exec(url) ?? [];
  if (hops !== undefined)
    response
      .writeHead(302, { location: Number(hops) === 0 ? '/data-2026-11.csv' : `/hops/${Number(hops) - 1}` })
      .end();
  else if (url === '/down') response.writeHead(302, { location: plainUrl }).end();
  else if (url.startsWith('/gone')) response.writeHead(404).end('no');
  else if (url === '/endless') {
    const more = (): void => {
      while (!response.destroyed && response.write(CONTENT));
      if (!response.destroyed) response.once('drain', more);
    };
    more();
  } else if (url === '/cut') {
    response.writeHead(200, { 'content-length': String(2 * CONTENT.length) });
    response.write(CONTENT, () => response.destroy());
  } else if (url === '/silent') response.writeHead(200).flushHeaders();
  else
    response
      .writeHead(200, {
        'content-length': String(CONTENT.length),
        'last-modified': 'Sun, 01 Nov 2026 03:04:05 GMT',
      })
      .end(CONTENT);
};

const now = systemClock.now();
const identity = await ensureLocalCertificate(join(folder, 'tls'), { now });
const certificate = await loadCertificate(identity.certPath, identity.keyPath, now);
const secure = createServer({ cert: certificate.cert, key: certificate.key }, answer);
const plain = createPlain(answer);
await new Promise<void>((resolve) => secure.listen(0, '127.0.0.1', resolve));
await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', resolve));
const url = `https://localhost:${(secure.address() as AddressInfo).port}`;
const plainUrl = `http://localhost:${(plain.address() as AddressInfo).port}/x.csv`;
const ca = readFileSync(identity.caPath, 'utf8');
after(() => {
  secure.closeAllConnections();
  secure.close();
  plain.close();
  rmSync(folder, { recursive: true });
});

let files = 0;
const fetch = (place: string, options: Partial<DownloadOptions> = {}): ReturnType<typeof download> =>
  download({
    url: place.startsWith('/') ? `${url}${place}` : place,
    path: join(folder, `file-${++files}`),
    sha256: undefined,
    insecure: false,
    signal: new AbortController().signal,
    report: () => undefined,
    makeSure: async () => undefined,
    ca,
    ...options,
  });

const refused = async (
  place: string,
  exitCode: number,
  message: RegExp,
  options: Partial<DownloadOptions> = {},
): Promise<void> => {
  await assert.rejects(fetch(place, options), (error: unknown) => {
    assert.ok(error instanceof ImportStopped, String(error));
    assert.equal(error.exitCode, exitCode, error.message);
    assert.match(error.message, message);
    return true;
  });
};

describe('fetching by an operator’s command', () => {
  it('keeps the file, its sum, its name and its day', async () => {
    const path = join(folder, 'kept');
    assert.deepEqual(await fetch('/data-2026-11.csv?key=secret', { path }), {
      name: 'data-2026-11.csv',
      bytes: CONTENT.length,
      sha256: SUM,
      changedAt: '2026-11-01',
    });
    assert.ok(readFileSync(path).equals(CONTENT));
    assert.equal((await fetch('/x', { sha256: SUM.toUpperCase() })).sha256, SUM);
  });

  it('takes a name as it is that is no UTF-8', async () => {
    assert.equal((await fetch('/daten-%E4-2026-11.csv')).name, 'daten-E4-2026-11.csv');
    assert.equal((await fetch('/daten-%C3%A4-2026-11.csv')).name, 'daten--2026-11.csv');
  });

  it('refuses another sum, and says which it is', () =>
    refused('/x', 4, new RegExp(SUM, 'u'), { sha256: '0'.repeat(64) }));

  it('follows five redirects and no more, and none that leaves HTTPS', async () => {
    assert.equal((await fetch('/hops/4')).name, 'data-2026-11.csv');
    await refused('/hops/5', 1, /more than 5 times/u);
    await refused('/down', 1, /not https/u);
  });

  it('refuses what is larger than allowed, said or not', async () => {
    await refused('/x', 1, /more than the 10 that are fetched/u, { mostBytes: 10 });
    await refused('/endless', 1, /more than 100000 bytes come/u, { mostBytes: 100_000 });
  });

  it('refuses answers that are no file, that are cut off, or that take too long', async () => {
    await refused('/gone', 1, /answers 404/u);
    await refused('/cut', 1, /broke off|cut/u);
    await refused('/silent', 1, /longer than/u, { deadlineMs: 300 });
  });

  it('never repeats the query, which may hold the key of an account', async () => {
    await assert.rejects(
      fetch('/gone?license_key=topsecret'),
      (error: Error) => !error.message.includes('topsecret'),
    );
  });

  it('asks nobody whose certificate it cannot check', () =>
    refused('/x', 1, /certificate is not trusted/u, { ca: undefined }));

  it('asks over plain HTTP only where a sum says which file is right', async () => {
    await refused(plainUrl, 2, /--insecure together with --sha256/u);
    await refused(plainUrl, 2, /--insecure together with --sha256/u, { insecure: true });
    assert.equal((await fetch(plainUrl, { insecure: true, sha256: SUM })).sha256, SUM);
  });

  it('asks nothing else, and no address with a password', async () => {
    for (const bad of ['file:///etc/passwd', 'ftp://localhost/x']) await refused(bad, 2, /is not asked/u);
    await refused('https://me:secret@localhost/x', 2, /password/u);
  });

  it('ends when it is told to', async () => {
    const stop = new AbortController();
    const path = join(folder, 'stopped');
    const running = fetch('/silent', { path, signal: stop.signal });
    setTimeout(() => stop.abort(), 50);
    await assert.rejects(running, { name: 'AbortError' });
    assert.ok(!existsSync(path) || readFileSync(path).length === 0);
  });
});
