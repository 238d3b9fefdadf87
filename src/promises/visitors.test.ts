import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { leaveInFile, openLeakyServers, type Leak } from '../../test/support/leaky-server.ts';
import type { CheckResult } from '../foundation/promise.ts';
import { generateKey } from '../gate/key-format.ts';

import { visitorsNotKept } from './visitors.ts';

const servers = await openLeakyServers('vs-visitors-');
after(servers.close);

/** A server that answers every request, and does something with it that it should not. */
const setUp = async (leak: Leak, skip?: (path: string) => boolean) => {
  const { dataDir, lines, probe, log } = await servers.start(leak);
  const key = generateKey('sk', 'live');
  const definition = visitorsNotKept({
    probe,
    key: async () => key,
    project: async () => 'prj_canary',
    pages: async () => 'prj_pages',
    log,
    settle: async () => undefined,
    dataDir,
    holdsDatabase: false,
    ...(skip === undefined ? {} : { skip }),
  });
  return { definition, dataDir, lines };
};

const check = async (leak: Leak): Promise<CheckResult> => (await setUp(leak)).definition.check();

const agentOf = ({ headers }: IncomingMessage): string => headers['user-agent'] ?? '';

/** The address that a server asks about. */
const askedOf = ({ url = '' }: IncomingMessage): string => /^\/v1\/visitor\/([\d.]+)$/.exec(url)?.[1] ?? '';

describe('the promise that nothing of a visitor is kept', () => {
  it('is kept by a server that keeps nothing but counts', async () => {
    const { state, evidence } = await check((_message, place) => leaveInFile(place, 'one more\n'));
    assert.equal(state, 'kept', evidence);
  });

  const leaks: Readonly<Record<string, Leak>> = {
    'a log line with the user agent': (message, place) => place.lines.push(agentOf(message)),
    'a log line with the page': ({ headers }, place) => place.lines.push(headers.origin ?? ''),
    'the model of the device in a file': (message, place) =>
      leaveInFile(place, /SM-(\w+)/.exec(agentOf(message))?.[1] ?? ''),
    'the user agent as two-byte text': (message, place) =>
      leaveInFile(place, Buffer.from(agentOf(message), 'utf16le')),
    'an unsalted digest of the user agent': (message, place) =>
      leaveInFile(place, hash('sha256', agentOf(message))),
    'a client hint': ({ headers }, place) => leaveInFile(place, String(headers['sec-ch-ua-model'] ?? '')),
    'the languages of a browser, with the header that nobody knows': ({ rawHeaders }, place) =>
      leaveInFile(place, rawHeaders.join(' ')),
    'the referer': ({ headers }, place) => leaveInFile(place, headers.referer ?? ''),
    'the forwarded address': ({ headers }, place) =>
      leaveInFile(place, String(headers['x-forwarded-for'] ?? '')),
    'the cookie': ({ headers }, place) => leaveInFile(place, headers.cookie ?? ''),
    'an unknown project id': ({ url = '' }, place) =>
      leaveInFile(place, url.startsWith('/api/?pid=') ? url : ''),
    'the page of a visitor who was answered': ({ url = '', headers }, place) =>
      leaveInFile(place, url.includes('pid=prj_pages') ? (headers.origin ?? '') : ''),
    'the address that was asked about': (message, place) => leaveInFile(place, askedOf(message)),
    'its digest': (message, place) =>
      leaveInFile(place, askedOf(message) === '' ? '' : hash('md5', askedOf(message), 'buffer')),
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
      const asText: Leak = ({ socket }, place) => leaveInFile(place, socket.remoteAddress ?? '');
      const asDigest: Leak = ({ socket }, place) =>
        leaveInFile(place, hash('sha1', socket.remoteAddress ?? ''));
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
