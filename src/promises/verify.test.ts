import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createTcp, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, beforeEach, describe, it } from 'node:test';
import { EMPTY_REPORT, openHouse } from '../../test/support/house.ts';
import { publicKeyOf } from './history.ts';
import { createJournal } from './journal.ts';
import { databasePortClosed, securityHeaders } from './outside.ts';
import type { PromiseView, SecurityReport } from './report.ts';
import { verifyHost } from './verify.ts';

const { privateKey } = generateKeyPairSync('ed25519');
const CLAIM: PromiseView = {
  id: 'companies-apart',
  sentence: 'They are.',
  kind: 'proved by schema',
  state: 'kept',
  enforcedBy: 'The schema.',
  checkedAt: '2026-11-22T12:00:00.000Z',
  evidence: 'Seen.',
};
/** What the server says; changed by the tests while it runs. */
const report: { -readonly [Name in keyof SecurityReport]: SecurityReport[Name] } = { ...EMPTY_REPORT };
const house = await openHouse({ report });
const journal = createJournal(house.store.database, privateKey);
for (const evidence of ['one', 'two', 'three']) {
  await journal.append({
    promise: 'companies-apart',
    state: 'kept',
    evidence,
    checkedAt: '2026-11-22T12:00:00.000Z',
  });
}
const folder = mkdtempSync(join(tmpdir(), 'vs-verify-'));
const caPath = join(folder, 'ca.pem');
writeFileSync(caPath, house.ca);
after(() => rmSync(folder, { recursive: true }));

const verify = async (): Promise<{ readonly code: number; readonly text: string }> => {
  const lines: string[] = [];
  const code = await verifyHost({
    url: house.url,
    caPath,
    httpPort: house.plainPort,
    say: (line) => void lines.push(line),
  });
  return { code, text: lines.join('\n') };
};

describe('verifying an installation from outside', () => {
  beforeEach(() => {
    report.promises = [CLAIM];
    report.history = { ...journal.summary(), publicKey: publicKeyOf(privateKey) };
  });

  it('finds a whole house in order, and says what it repeated and what it was told', async () => {
    const { code, text } = await verify();
    assert.equal(code, 0, text);
    for (const id of [
      'history-intact',
      'tls-only',
      'security-headers',
      'one-answer-for-wrong-keys',
      'no-third-parties',
    ]) {
      assert.match(text, new RegExp(`^kept +${id}$`, 'm'));
    }
    assert.match(text, /itself:\nkept +companies-apart/);
  });

  it('believes a server that says that a promise is broken', async () => {
    report.promises = [{ ...CLAIM, state: 'broken' }];
    assert.equal((await verify()).code, 1);
    report.promises = [{ ...CLAIM, state: 'unchecked' }];
    assert.equal((await verify()).code, 3);
  });

  it('notices a history that is signed by another key than the report names', async () => {
    report.history = { ...report.history, publicKey: publicKeyOf(generateKeyPairSync('ed25519').privateKey) };
    const { code, text } = await verify();
    assert.equal(code, 1);
    assert.match(text, /BROKEN +history-intact/);
  });

  it('notices a history that was cut short, or has another head', async () => {
    report.history = { ...report.history, entries: 4 };
    assert.match((await verify()).text, /BROKEN +history-intact/);
    report.history = { ...report.history, entries: 3, head: 'f'.repeat(64) };
    assert.match((await verify()).text, /BROKEN +history-intact/);
  });

  it('does not trust a certificate that it does not know', async () => {
    const lines: string[] = [];
    const code = await verifyHost({ url: house.url, say: (line) => void lines.push(line) });
    assert.equal(code, 3);
    assert.match(lines.join('\n'), /could not be read/);
  });
});

describe('what only a stranger checks', () => {
  const good = {
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'strict-transport-security': 'max-age=63072000',
  };
  const check = async (
    headers: Readonly<Record<string, string>>,
    hostname = 'api.example.com',
  ): Promise<string> =>
    (await securityHeaders(async () => ({ status: 200, headers, body: '' }), hostname).check()).state;

  it('is that every header is there', async () => {
    assert.equal(await check(good), 'kept');
    for (const name of Object.keys(good)) assert.equal(await check({ ...good, [name]: '' }), 'broken', name);
    assert.equal(await check({ ...good, 'strict-transport-security': '' }, 'localhost'), 'kept');
  });

  it('is that no answer sets a cookie or names its software', async () => {
    assert.equal(await check({ ...good, 'set-cookie': 'a=b' }), 'broken');
    assert.equal(await check({ ...good, server: 'something/1.0' }), 'broken');
  });

  it('is that nothing answers on the port of the database', async () => {
    const server = createTcp();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    assert.equal((await databasePortClosed('127.0.0.1', port).check()).state, 'broken');
    await new Promise((resolve) => server.close(resolve));
    assert.equal((await databasePortClosed('127.0.0.1', port).check()).state, 'kept');
  });
});
