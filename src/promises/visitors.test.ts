import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, RequestListener } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { tlsOptionsOf } from '../http/edge-tls.ts';
import { ensureLocalCertificate } from '../http/local-ca.ts';
import type { CheckResult } from '../foundation/promise.ts';
import { generateKey } from '../gate/key-format.ts';

import { createProbe } from './probe.ts';
import { visitorsNotKept } from './visitors.ts';

const folder = mkdtempSync(join(tmpdir(), 'vs-visitors-'));
const local = await ensureLocalCertificate(join(folder, 'tls'), { now: Date.parse('2026-11-22') });
const certificate = { cert: readFileSync(local.certPath, 'utf8'), key: readFileSync(local.keyPath, 'utf8') };
const closes: (() => void)[] = [];
after(() => {
  for (const close of closes) close();
  rmSync(folder, { recursive: true });
});

interface Leaky {
  readonly dataDir: string;
  readonly lines: string[];
}

type Leak = (message: IncomingMessage, place: Leaky) => void;

let rooms = 0;

/** A server that answers every request, and does something with it that it should not. */
const setUp = async (leak: Leak, skip?: (path: string) => boolean) => {
  const dataDir = join(folder, `room-${(rooms += 1)}`);
  mkdirSync(join(dataDir, 'deep', 'inside'), { recursive: true });
  const lines: string[] = [];
  const listener: RequestListener = (message, response) => {
    leak(message, { dataDir, lines });
    response.end('ok');
  };
  const server = createServer(tlsOptionsOf(certificate, 1000), listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closes.push(() => server.close());
  const { port } = server.address() as AddressInfo;
  const key = generateKey('sk', 'live');
  const trust = { pinned: () => certificate.cert };
  const definition = visitorsNotKept({
    probe: createProbe({ host: '127.0.0.1', port, hostname: 'localhost', trust, httpPort: null }),
    key: async () => key,
    project: async () => 'prj_canary',
    pages: async () => 'prj_pages',
    log: { position: () => lines.length, linesSince: (position) => lines.slice(position) },
    settle: async () => undefined,
    dataDir,
    holdsDatabase: false,
    ...(skip === undefined ? {} : { skip }),
  });
  return { definition, dataDir, lines };
};

const check = async (leak: Leak): Promise<CheckResult> => (await setUp(leak)).definition.check();

const agentOf = ({ headers }: IncomingMessage): string => headers['user-agent'] ?? '';

const write = (place: Leaky, content: string | Uint8Array): void =>
  appendFileSync(join(place.dataDir, 'deep', 'inside', 'file'), content);

/** The address that a server asks about. */
const askedOf = ({ url = '' }: IncomingMessage): string => /^\/v1\/visitor\/([\d.]+)$/.exec(url)?.[1] ?? '';

describe('the promise that nothing of a visitor is kept', () => {
  it('is kept by a server that keeps nothing but counts', async () => {
    const { state, evidence } = await check((_message, place) => write(place, 'one more\n'));
    assert.equal(state, 'kept', evidence);
  });

  const leaks: Readonly<Record<string, Leak>> = {
    'a log line with the user agent': (message, place) => place.lines.push(agentOf(message)),
    'a log line with the page': ({ headers }, place) => place.lines.push(headers.origin ?? ''),
    'the model of the device in a file': (message, place) =>
      write(place, /SM-(\w+)/.exec(agentOf(message))?.[1] ?? ''),
    'the user agent as two-byte text': (message, place) =>
      write(place, Buffer.from(agentOf(message), 'utf16le')),
    'an unsalted digest of the user agent': (message, place) =>
      write(place, hash('sha256', agentOf(message))),
    'a client hint': ({ headers }, place) => write(place, String(headers['sec-ch-ua-model'] ?? '')),
    'the languages of a browser, with the header that nobody knows': ({ rawHeaders }, place) =>
      write(place, rawHeaders.join(' ')),
    'the referer': ({ headers }, place) => write(place, headers.referer ?? ''),
    'the forwarded address': ({ headers }, place) => write(place, String(headers['x-forwarded-for'] ?? '')),
    'the cookie': ({ headers }, place) => write(place, headers.cookie ?? ''),
    'an unknown project id': ({ url = '' }, place) => write(place, url.startsWith('/api/?pid=') ? url : ''),
    'the page of a visitor who was answered': ({ url = '', headers }, place) =>
      write(place, url.includes('pid=prj_pages') ? (headers.origin ?? '') : ''),
    'the address that was asked about': (message, place) => write(place, askedOf(message)),
    'its digest': (message, place) =>
      write(place, askedOf(message) === '' ? '' : hash('md5', askedOf(message), 'buffer')),
  };
  for (const [name, leak] of Object.entries(leaks)) {
    it(`is broken by ${name}`, async () => {
      const { state, evidence } = await check(leak);
      assert.equal(state, 'broken', evidence);
    });
  }

  // Elsewhere a client cannot choose among addresses of loopback.
  if (process.platform === 'linux') {
    it('is broken by the address of the visitor', async () => {
      const asText: Leak = ({ socket }, place) => write(place, socket.remoteAddress ?? '');
      const asDigest: Leak = ({ socket }, place) => write(place, hash('sha1', socket.remoteAddress ?? ''));
      for (const leak of [asText, asDigest]) assert.equal((await check(leak)).state, 'broken');
    });
  }

  it('is broken by a trace that is written long after the visit', async () => {
    const kept: string[] = [];
    const { definition, dataDir } = await setUp((message) => kept.push(agentOf(message)));
    assert.equal((await definition.check()).state, 'kept');
    writeFileSync(join(dataDir, 'late'), kept[1] ?? '');
    const { state, evidence } = await definition.check();
    assert.equal(state, 'broken');
    for (const agent of kept.filter((text) => text !== '')) assert.ok(!evidence.includes(agent));
  });

  it('cannot be checked where visitors are not answered', async () => {
    await assert.rejects(check((message) => message.destroy()));
  });
});
