import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname } from 'node:path';
import { after, describe, it } from 'node:test';
import { connect } from 'node:tls';
import { beforeServerStops, testCluster } from '../../test/support/database.ts';
import { openHouse } from '../../test/support/house.ts';
import { systemClock } from '../foundation/clock.ts';
import { deriveKey } from '../foundation/derive.ts';
import type { CheckResult } from '../foundation/promise.ts';
import { createDatabase } from '../store/database.ts';
import { CANARY_COMPANY } from './canary.ts';
import { isIndex, liveChecks } from './catalogue.ts';

/** The certificate that a listener shows, in PEM. */
const certificateOf = (port: number): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect(
      { host: '127.0.0.1', port, servername: 'localhost', rejectUnauthorized: false },
      () => {
        resolve(socket.getPeerX509Certificate()!.toString());
        socket.destroy();
      },
    );
    socket.on('error', reject);
  });

const house = await openHouse();
const admin = createServer((_request, response) => void response.end('ok'));
await new Promise<void>((resolve) => admin.listen(0, '127.0.0.1', resolve));
after(() => admin.close());
const certificate = await certificateOf(house.port);
const { socketDirectory } = await testCluster();
const office = createDatabase({
  connection: { ...house.store.connections.owner, role: 'vouchsafe_jobs' },
  poolSize: 1,
});
beforeServerStops(() => office.close());
const definitions = liveChecks({
  publicUrl: 'https://localhost',
  port: house.port,
  httpPort: house.plainPort,
  adminPort: () => (admin.address() as AddressInfo).port,
  workers: 1,
  certificates: () => [certificate],
  dataDir: dirname(socketDirectory),
  databaseKind: 'embedded',
  database: house.store.database,
  connection: house.store.connections.app,
  accounts: house.accounts,
  keys: house.keys,
  sessionCookie: async (ticket, now) => house.cookies.session(ticket, now),
  outbox: {
    database: office,
    linkKey: deriveKey(house.master, 'link'),
    keepsMail: true,
  },
  webhooks: { boxKey: deriveKey(house.master, 'webhook'), networks: [] },
  clock: systemClock,
  log: { position: () => house.lines.length, linesSince: (position) => house.lines.slice(position) },
});

describe('the files that are not searched', () => {
  it('are indexes, and what an import has downloaded to make one', () => {
    for (const path of [
      'gazetteer/places.idx',
      'visitor/places.idx',
      'visitor/work/0',
      'visitor/work/a/b.csv',
    ])
      assert.ok(isIndex(path), path);
    for (const path of ['visitor/manifest.json', 'visitor/workers', 'work/0', 'postgres/visitor/work/0'])
      assert.ok(!isIndex(path), path);
  });
});

describe('the promises of a whole house', () => {
  const check = (id: string): Promise<CheckResult> => {
    const definition = definitions.find((candidate) => candidate.id === id);
    assert.ok(definition, `there is no promise ${id}`);
    return definition.check();
  };

  const IDS = [
    'tls-only',
    'nothing-of-a-query-kept',
    'visitors-not-kept',
    'usage-counted-not-recorded',
    'request-log-off-and-forgotten',
    'keys-as-digests',
    'revoked-within-a-second',
    'session-ends-within-a-second',
    'one-answer-for-wrong-keys',
    'companies-apart',
    'datasets-apart',
    'passwords-as-hashes',
    'changes-in-the-log',
    'erased-at-once',
    'deleted-accounts-are-out',
    'unused-accounts-go',
    'mailed-links-nowhere',
    'mail-forgotten',
    'webhooks-stay-outside',
    'database-off-the-network',
    'parameterised-only',
    'admin-on-loopback',
    'address-data-age-said',
    'no-third-parties',
  ];

  it('has exactly the promises of this version', () => {
    assert.deepEqual(
      definitions.map(({ id }) => id),
      IDS,
    );
  });

  for (const id of IDS) {
    it(`keeps ${id}`, async (t) => {
      const { state, evidence } = await check(id);
      t.diagnostic(evidence);
      assert.equal(state, 'kept', evidence);
    });
  }

  it('leaves nothing of its synthetic people behind', async () => {
    assert.deepEqual(
      await house.store.superuser("select from vouchsafe.user_account where email like '%.invalid'"),
      [],
    );
    assert.deepEqual(
      await house.store.superuser("select from vouchsafe.mail where recipient like '%.invalid'"),
      [],
    );
    assert.deepEqual(
      await house.store.superuser("select from vouchsafe.company where name like 'Canary company %'"),
      [],
    );
  });

  it('answers the visitors of its canaries’ pages, of one project and one domain', async () => {
    await check('visitors-not-kept');
    await check('visitors-not-kept');
    assert.deepEqual(
      await house.store.superuser(
        `select p.name, d.origin from vouchsafe.project p join vouchsafe.domain d on d.project_id = p.id
          join vouchsafe.company c on c.id = p.company_id where c.name = $1`,
        [CANARY_COMPANY],
      ),
      [{ name: 'Canary pages', origin: 'https://*.canary.invalid' }],
    );
  });

  it('keeps its canaries in one company and does not pile them up', async () => {
    await check('revoked-within-a-second');
    const companies = await house.store.superuser('select id from vouchsafe.company where name = $1', [
      CANARY_COMPANY,
    ]);
    assert.equal(companies.length, 1);
    await house.store.superuser(
      "update vouchsafe.key set created_at = now() - interval '3 days' where company_id = $1 and revoked_at is null",
      [companies[0]!['id']],
    );
    const before = await house.store.superuser('select id from vouchsafe.key where company_id = $1', [
      companies[0]!['id'],
    ]);
    await check('revoked-within-a-second');
    const later = await house.store.superuser('select id from vouchsafe.key where company_id = $1', [
      companies[0]!['id'],
    ]);
    assert.equal(later.length, before.length, 'the one that was forgotten made room for the new one');
  });
});
