import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { systemClock } from '../foundation/clock.ts';
import { testDatabase } from '../../test/support/database.ts';
import { openSecrets, type InstallationSecrets } from './secrets.ts';
import { assertSameInstallation } from './service.ts';

const folder = mkdtempSync(join(tmpdir(), 'vs-secrets-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const secretsOf = (name: string): Promise<InstallationSecrets> => openSecrets(join(folder, name));

test('the first process decides which secrets a database goes with, and the same ones are let in again', async () => {
  const { database } = await testDatabase();
  const [own, others] = [await secretsOf('own'), await secretsOf('others')];
  await assertSameInstallation(database, own, systemClock);
  await assertSameInstallation(database, await secretsOf('own'), systemClock);
  const mixtures: readonly InstallationSecrets[] = [
    others,
    { ...own, pepperKey: others.pepperKey },
    { ...own, signingKey: others.signingKey },
    // Nobody could use an authenticator app or a mailed link of before, and two processes would fight for the ring.
    { ...own, master: others.master },
  ];
  for (const mixture of mixtures) {
    await assert.rejects(assertSameInstallation(database, mixture, systemClock), {
      name: 'CannotStart',
      message: /copy the folder "secrets"/,
    });
  }
});

test('a database from before there was a master goes with the first one that comes, and with no other', async () => {
  const { database, superuser } = await testDatabase();
  const [own, others] = [await secretsOf('own'), await secretsOf('others')];
  await assertSameInstallation(database, own, systemClock);
  await superuser('update vouchsafe.installation set master_fingerprint = null');
  await assert.rejects(assertSameInstallation(database, others, systemClock), { name: 'CannotStart' });
  await assertSameInstallation(database, own, systemClock);
  await assert.rejects(assertSameInstallation(database, { ...own, master: others.master }, systemClock), {
    name: 'CannotStart',
  });
  await assertSameInstallation(database, own, systemClock);
});

test('the fingerprint of a master is written once', async () => {
  const { database, app } = await testDatabase();
  await assertSameInstallation(database, await secretsOf('own'), systemClock);
  const changed = await app(
    `update vouchsafe.installation set master_fingerprint = decode(repeat('00', 32), 'hex') returning 1`,
  );
  assert.deepEqual(changed, []);
});
