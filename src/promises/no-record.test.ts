import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { leaveInFile, openLeakyServers, type Leak } from '../../test/support/leaky-server.ts';
import type { CheckResult } from '../foundation/promise.ts';
import { generateKey } from '../gate/key-format.ts';
import { nothingOfAQueryKept } from './no-record.ts';

const servers = await openLeakyServers('vs-record-');
after(servers.close);

/** A server that answers every request, and does something with it that it should not. */
const setUp = async (leak: Leak, skip?: (path: string) => boolean) => {
  const { dataDir, lines, probe, log } = await servers.start(leak);
  const key = generateKey('sk', 'live');
  const definition = nothingOfAQueryKept({
    probe,
    key: async () => key,
    keyedPath: '/geocode/v1/json',
    log,
    settle: async () => undefined,
    dataDir,
    holdsDatabase: false,
    ...(skip === undefined ? {} : { skip }),
  });
  return { definition, dataDir, lines };
};

const check = async (leak: Leak): Promise<CheckResult> => (await setUp(leak)).definition.check();

const queryOf = (message: IncomingMessage): string =>
  new URL(message.url ?? '/', 'https://localhost').searchParams.get('q') ?? '';

describe('the promise that nothing of a query is kept', () => {
  it('is kept by a server that keeps nothing but counts', async () => {
    const { state, evidence } = await check((_message, place) => leaveInFile(place, 'one more\n'));
    assert.equal(state, 'kept', evidence);
  });

  const leaks: Readonly<Record<string, Leak>> = {
    'a log line with the address of the request': ({ url }, place) => place.lines.push(`GET ${url ?? ''}`),
    'a log line with the user agent': ({ headers }, place) =>
      place.lines.push(JSON.stringify(headers['user-agent'] ?? '')),
    'the query in a file': (message, place) => leaveInFile(place, queryOf(message)),
    'the query in capitals': (message, place) => leaveInFile(place, queryOf(message).toUpperCase()),
    'the query as two-byte text': (message, place) =>
      leaveInFile(place, Buffer.from(`{${queryOf(message)}}`, 'utf16le')),
    'the query in hex': (message, place) => leaveInFile(place, Buffer.from(queryOf(message)).toString('hex')),
    'the query in base64': (message, place) =>
      leaveInFile(place, Buffer.from(`q=${queryOf(message)}`).toString('base64')),
    'the query in base64, one character on': (message, place) =>
      leaveInFile(place, Buffer.from(`/q=${queryOf(message)}`).toString('base64url')),
    'an unsalted digest of the query': (message, place) =>
      leaveInFile(place, hash('sha256', queryOf(message))),
    'an unsalted digest of the query as bytes': (message, place) =>
      leaveInFile(place, hash('md5', queryOf(message), 'buffer')),
    'the referer': ({ headers }, place) => leaveInFile(place, headers.referer ?? ''),
    'the forwarded address': ({ headers }, place) =>
      leaveInFile(place, String(headers['x-forwarded-for'] ?? '')),
    'a header that nobody knows': ({ rawHeaders }, place) =>
      leaveInFile(place, rawHeaders.find((name) => name.startsWith('x-') && name.length > 16) ?? ''),
    'the cookie': ({ headers }, place) => leaveInFile(place, headers.cookie ?? ''),
    'the key': ({ headers }, place) => leaveInFile(place, String(headers['x-api-key'] ?? '')),
    'the path of a request for nothing': ({ url = '' }, place) =>
      leaveInFile(place, url.startsWith('/geocode') ? '' : url),
    'a mark that lies across two slices of the search': (message, place) =>
      leaveInFile(place, 'x'.repeat(128 * 1024 - 5) + queryOf(message)),
  };
  for (const [name, leak] of Object.entries(leaks)) {
    it(`is broken by ${name}`, async () => {
      const { state, evidence } = await check(leak);
      assert.equal(state, 'broken', evidence);
    });
  }

  // Elsewhere a client cannot choose among addresses of loopback.
  if (process.platform === 'linux') {
    it('is broken by the address of the connection', async () => {
      const asText: Leak = ({ socket }, place) => leaveInFile(place, socket.remoteAddress ?? '');
      const asDigest: Leak = ({ socket }, place) =>
        leaveInFile(place, hash('sha1', socket.remoteAddress ?? ''));
      for (const leak of [asText, asDigest]) assert.equal((await check(leak)).state, 'broken');
    });
  }

  it('is broken by a trace that is written long after the request', async () => {
    const kept: string[] = [];
    const { definition, dataDir } = await setUp((message) => kept.push(queryOf(message)));
    assert.equal((await definition.check()).state, 'kept');
    writeFileSync(join(dataDir, 'late'), kept[1] ?? '');
    assert.equal((await definition.check()).state, 'broken');
  });

  it('does not say what it found', async () => {
    const queries: string[] = [];
    const { definition } = await setUp((message, place) => {
      queries.push(queryOf(message));
      leaveInFile(place, queryOf(message));
    });
    const { evidence } = await definition.check();
    for (const query of queries.filter((text) => text !== '')) assert.ok(!evidence.includes(query));
  });

  it('leaves out what it is told to, and nothing else', async () => {
    const leak: Leak = (message, place) => leaveInFile(place, queryOf(message));
    const { definition } = await setUp(leak, (path) => path.startsWith('deep/'));
    assert.equal((await definition.check()).state, 'kept');
    const other = await setUp(leak, (path) => path.startsWith('deeper/'));
    assert.equal((await other.definition.check()).state, 'broken');
  });

  it('cannot be checked where the query is not answered', async () => {
    await assert.rejects(check((message) => message.destroy()));
  });
});
