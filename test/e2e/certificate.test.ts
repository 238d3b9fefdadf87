/** A certificate that is renewed while the server runs, as programs do that fetch one every few weeks. */
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, get } from 'node:https';
import { join } from 'node:path';
import { test } from 'node:test';
import { connect } from 'node:tls';
import { ensureLocalCertificate } from '../../src/http/local-ca.ts';
import { serve } from '../support/served.ts';
import { makeHome, until, type RunningServer } from '../support/server.ts';

const WORKERS = 2;
/** Longer than the server takes to look again. */
const PATIENCE_MS = 40_000;
/** New connections go to either worker; so many equal ones in a row come from both. */
const IN_A_ROW = 12;

const fingerprintOf = (path: string): string => new X509Certificate(readFileSync(path)).fingerprint256;

/** Of the certificate that a new connection is met with, which the client trusts. */
const served = ({ port, ca }: RunningServer): Promise<string | undefined> =>
  new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, ca, servername: 'localhost' }, () => {
      resolve(socket.getPeerX509Certificate()?.fingerprint256);
      socket.destroy();
    });
    socket.on('error', reject);
  });

const untilServed = (server: RunningServer, wanted: string): Promise<void> => {
  let inARow = 0;
  return until(
    'every worker serves the renewed certificate',
    async () => {
      inARow = (await served(server)) === wanted ? inARow + 1 : 0;
      return inARow >= IN_A_ROW;
    },
    PATIENCE_MS,
  );
};

const statusOver = (
  agent: Agent,
  { port, ca }: RunningServer,
): Promise<{ status: number; reused: boolean }> =>
  new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, ca, servername: 'localhost', path: '/security', agent };
    const sent = get(options, (answer) => {
      answer.resume().on('end', () => resolve({ status: answer.statusCode ?? 0, reused: sent.reusedSocket }));
    });
    sent.on('error', reject);
  });

test('a renewed certificate is served without a restart, by every worker, and no promise is broken by it', async () => {
  const home = await makeHome();
  const folder = join(home.folder, 'issued');
  const issue = () => ensureLocalCertificate(folder, { now: Date.now() });
  const { caPath, certPath, keyPath } = await issue();
  const certificate = join(home.folder, 'fullchain.pem');
  const key = join(home.folder, 'privkey.pem');
  copyFileSync(certPath, certificate);
  copyFileSync(keyPath, key);
  const first = fingerprintOf(certificate);

  const env = { TLS_CERT: certificate, TLS_KEY: key, WORKERS: String(WORKERS) };
  await using running = await serve({ home, env, caPath });
  const { server } = running;
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  assert.equal(await served(server), first);
  assert.deepEqual(await statusOver(agent, server), { status: 200, reused: false });

  rmSync(certPath);
  rmSync(keyPath);
  await issue();
  const second = fingerprintOf(certPath);
  assert.notEqual(second, first);
  // One file before the other, as they are written.
  copyFileSync(keyPath, key);
  assert.equal(await served(server), first);
  copyFileSync(certPath, certificate);
  await untilServed(server, second);
  assert.deepEqual(await statusOver(agent, server), { status: 200, reused: true });
  agent.destroy();

  const { promises } = JSON.parse((await server.ask('/promises/check', 'POST')).body) as {
    promises: readonly { id: string; state: string; evidence?: unknown }[];
  };
  assert.ok(promises.length > 20);
  assert.deepEqual(
    promises.filter(({ state }) => state === 'broken'),
    [],
  );

  // What cannot be served changes nothing, and is said.
  writeFileSync(certificate, 'no certificate');
  await until('it is said', () => server.stderr().includes('certificate_not_renewed'), PATIENCE_MS);
  assert.equal(await served(server), second);
  assert.match(server.stderr(), /the one in use goes on: TLS_CERT must name a file with a certificate/);
  assert.equal(server.stderr().split('certificate_renewed').length, 2);
  const left = Number(
    /^vouchsafe_certificate_seconds_left (\d+)$/m.exec((await server.ask('/metrics')).body)?.[1],
  );
  assert.ok(left > 86_400, `${left}`);
  assert.deepEqual(await server.stop(), { code: 0, signal: null });
});
