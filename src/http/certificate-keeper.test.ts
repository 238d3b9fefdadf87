import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { before, mock, test } from 'node:test';
import { testClock } from '../../test/support/clock.ts';
import { makeLocalCertificate } from '../../test/support/local-certificate.ts';
import { recordingLog } from '../../test/support/log.ts';
import { createCertificateKeeper, type CertificateKeeper } from './certificate-keeper.ts';
import type { Certificate } from './edge-tls.ts';
import { CertificateError } from './load-certificate.ts';

let first: Certificate;
let second: Certificate;
before(async () => {
  ({ certificate: first } = await makeLocalCertificate());
  ({ certificate: second } = await makeLocalCertificate());
});

const EVERY_MS = 10_000;

interface Scene {
  readonly keeper: CertificateKeeper;
  readonly clock: ReturnType<typeof testClock>;
  readonly messages: readonly string[];
  readonly renewals: readonly Certificate[];
  /** What the files hold from now on, and one look at it. */
  look(next: Certificate | Error): Promise<void>;
}

const withKeeper = async (work: (scene: Scene) => Promise<void>): Promise<void> => {
  mock.timers.enable({ apis: ['setInterval'] });
  try {
    const clock = testClock(Date.now());
    const log = recordingLog();
    const renewals: Certificate[] = [];
    let held: Certificate | Error = first;
    const keeper = createCertificateKeeper({
      first,
      load: () => (held instanceof Error ? Promise.reject(held) : Promise.resolve(held)),
      everyMs: EVERY_MS,
      clock,
      log,
    });
    keeper.watch((certificate) => renewals.push(certificate));
    const look = async (next: Certificate | Error): Promise<void> => {
      held = next;
      clock.advance(EVERY_MS);
      mock.timers.tick(EVERY_MS);
      await new Promise(setImmediate);
    };
    await work({ keeper, clock, messages: log.messages, renewals, look });
    await keeper.close();
    await look(first);
    assert.equal(keeper.current(), renewals.at(-1) ?? first);
  } finally {
    mock.timers.reset();
  }
};

test('a renewed certificate is taken up, told once, and the one before is known for a minute', () =>
  withKeeper(async ({ keeper, clock, messages, renewals, look }) => {
    await look({ ...first });
    assert.deepEqual([renewals, messages, keeper.served()], [[], [], [first.cert]]);
    await look(second);
    await look({ ...second });
    assert.deepEqual(renewals, [second]);
    assert.equal(keeper.current(), second);
    assert.deepEqual(keeper.served(), [second.cert, first.cert]);
    const day = new X509Certificate(second.cert).validToDate.toISOString().slice(0, 10);
    assert.deepEqual(messages, [`a renewed certificate is served from now on, valid until ${day}`]);
    clock.advance(60_000);
    assert.deepEqual(keeper.served(), [second.cert]);
  }));

test('a pair of which one file is still the old one is waited for without a word', () =>
  withKeeper(async ({ messages, renewals, look }) => {
    await look(new CertificateError('TLS_KEY must be another one'));
    await look(second);
    assert.deepEqual(renewals, [second]);
    assert.equal(messages.length, 1);
  }));

test('what cannot be served stays out, and is said once', () =>
  withKeeper(async ({ keeper, messages, renewals, look }) => {
    for (let time = 0; time < 4; time += 1) await look(new CertificateError('TLS_CERT must be one'));
    for (let time = 0; time < 3; time += 1) await look(new Error('EIO: of somebody’s file'));
    assert.deepEqual([keeper.current(), renewals], [first, []]);
    assert.deepEqual(messages, [
      'no renewed certificate can be served, and the one in use goes on: TLS_CERT must be one',
      'no renewed certificate can be served, and the one in use goes on: it cannot be read',
    ]);
    await look(first);
    for (let time = 0; time < 2; time += 1) await look(new CertificateError('TLS_CERT must be one'));
    assert.equal(messages.length, 3);
  }));

test('says how long the current one lasts', () =>
  withKeeper(async ({ keeper, clock }) => {
    const until = new X509Certificate(first.cert).validToDate.getTime();
    assert.equal(keeper.secondsLeft(), Math.floor((until - clock.now()) / 1000));
    clock.advance(until - clock.now() + 1500);
    assert.equal(keeper.secondsLeft(), -2);
    await Promise.resolve();
  }));
