/** Sessions and roles on every worker of a process, and on every process of an installation. */
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { openSecrets } from '../../src/installation/secrets.ts';
import { connect, type Connection } from '../../src/store/connection.ts';
import { openCluster } from '../../src/store/embedded/cluster.ts';
import {
  askToSignUp,
  confirmSignUp,
  enrolTotp,
  GOOD_PASSWORD,
  mailedToken,
  openAccountClient,
  signIn,
  signUp,
  type AccountClient,
  type Line,
  type Owner,
  type Reply,
} from '../support/account-client.ts';
import { launchServer, makeHome, until, type Exit, type RunningServer } from '../support/server.ts';
import { serve, type Served } from '../support/served.ts';
import { startSmtp, type TestSmtp } from '../support/smtp.ts';

const STOPPED: Exit = { code: 0, signal: null };
const SHARES_PORTS = ['linux', 'freebsd'].includes(process.platform);
/** Lines to each server; with as many, hardly ever is one of two workers without any. */
const LINES = 16;

const tell = pathToFileURL(join(import.meta.dirname, '..', 'support', 'leaks', 'tell-worker.ts')).href;

/** Connections of one client that stay open, spread over all workers of these servers. */
interface Fan extends Disposable {
  /** The answers of all lines to one request each, at the same time. */
  ask(path?: string): Promise<readonly Reply[]>;
}

const openFan = (...clients: readonly AccountClient[]): Fan => {
  const lines: Line[] = clients.flatMap((client) => Array.from({ length: LINES }, () => client.line()));
  return {
    ask: (path = '/v1/session') => Promise.all(lines.map((line) => line.call('GET', path))),
    [Symbol.dispose]: () => lines.forEach((line) => line.close()),
  };
};

/** Somebody new, invited to the owner's company. */
const joinAs = async (
  server: RunningServer,
  owner: Owner,
  email: string,
  role: string,
  from: string,
): Promise<Owner> => {
  await owner.ok('POST', `/v1/companies/${owner.company}/invitations`, { email, role });
  const client = openAccountClient(server, new Map(), from);
  const token = await mailedToken(server, email);
  const { user } = await client.ok('POST', '/v1/invitations/accept', { token, password: GOOD_PASSWORD });
  return { ...client, email, user: user.id, company: owner.company };
};

/** The different answers; that more was asked than one session may is none. */
const statusesOf = (replies: readonly Reply[]): readonly number[] =>
  [...new Set(replies.map(({ status }) => status))].filter((status) => status !== 429);

/** Waits until every line gets this answer, twice in a row, and says how long one got another after the change. */
const untilAll = async (
  what: string,
  fan: Fan,
  status: number,
  t: TestContext,
  path?: string,
): Promise<void> => {
  const changedAt = performance.now();
  let wrong = changedAt;
  let right = 0;
  await until(what, async () => {
    const statuses = statusesOf(await fan.ask(path));
    if (statuses.some((one) => one !== status)) [wrong, right] = [performance.now(), 0];
    else if (statuses.includes(status)) right += 1;
    await sleep(right === 0 ? 100 : 400);
    return right >= 2;
  });
  t.diagnostic(`${what}: last answered otherwise ${Math.round(wrong - changedAt)} ms after the change`);
};

/** Threads that answered since the standard output was this long. */
const threadsSince = (server: RunningServer, length: number): number =>
  new Set(
    [
      ...server
        .stdout()
        .slice(length)
        .matchAll(/taken by thread (\d+)/g),
    ].map(([, id]) => id),
  ).size;

test('sessions and roles hold on every worker at once, and so do their ends', async (house) => {
  await using served = await serve({ imports: [tell] });
  const { server } = served;
  const ann = await signUp(server, 'ann@example.com', '127.0.0.2');

  await house.test(
    'an ended session is refused everywhere, also with a stolen copy of its cookies',
    async (t) => {
      const endings: readonly (readonly [what: string, end: (client: AccountClient) => Promise<unknown>])[] =
        [
          ['signed out', (client) => client.ok('DELETE', '/v1/session')],
          ['ended from another browser', () => ann.ok('DELETE', '/v1/sessions')],
          ['password changed', () => ann.ok('POST', '/v1/account/password', { password: GOOD_PASSWORD })],
        ];
      for (const [index, [what, end]] of endings.entries()) {
        const client = await signIn(server, ann.email, `127.0.1.${index + 1}`);
        using fan = openFan(client.copy());
        const { length } = server.stdout();
        assert.deepEqual(statusesOf(await fan.ask()), [200]);
        // What a worker prints comes on a pipe of its own, perhaps behind its answer.
        await until(
          'every worker has answered',
          () => threadsSince(server, length) === (SHARES_PORTS ? 2 : 1),
        );
        await end(client);
        await untilAll(what, fan, 401, t);
      }
      assert.equal((await ann.call('GET', '/v1/session')).status, 200, 'the one that did it goes on');
    },
  );

  await house.test('a role that is raised, lowered or taken counts everywhere', async (t) => {
    const members = `/v1/companies/${ann.company}/members`;
    const log = `/v1/companies/${ann.company}/audit`;
    const bob = await joinAs(server, ann, 'bob@example.com', 'member', '127.0.0.3');
    using fan = openFan(bob);
    assert.deepEqual(statusesOf(await fan.ask(log)), [403]);
    await ann.ok('PATCH', `${members}/${bob.user}`, { role: 'admin', expected_role: 'member' });
    await untilAll('raised', fan, 200, t, log);
    await ann.ok('PATCH', `${members}/${bob.user}`, { role: 'member', expected_role: 'admin' });
    await untilAll('lowered', fan, 403, t, log);
    assert.deepEqual(statusesOf(await fan.ask(members)), [200]);
    const { app } = await enrolTotp(ann);
    assert.ok(app);
    await ann.ok('PATCH', `/v1/companies/${ann.company}`, { require_second_factor: true });
    await untilAll('second factor required', fan, 403, t, members);
    await ann.ok('PATCH', `/v1/companies/${ann.company}`, { require_second_factor: false });
    await untilAll('no longer required', fan, 200, t, members);
    await ann.ok('DELETE', `${members}/${bob.user}`);
    await untilAll('removed', fan, 404, t, members);
  });

  await house.test('a deleted account has no session anywhere', async (t) => {
    using fan = openFan(ann.copy());
    assert.deepEqual(statusesOf(await fan.ask()), [200]);
    await ann.ok('DELETE', '/v1/account', { email: ann.email });
    await untilAll('deleted', fan, 401, t);
  });

  assert.deepEqual(await server.stop(), STOPPED);
  assert.equal(server.stderr(), '');
});

const runSql = async (connection: Connection, text: string): Promise<Record<string, unknown>[]> => {
  const client = await connect(connection, { name: 'test' });
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
};

/** A PostgreSQL as an operator would bring it: one login with an empty database of its own. */
const openExternalDatabase = async (): Promise<
  AsyncDisposable & { readonly url: string; readonly superuser: Connection }
> => {
  const home = mkdtempSync(join(tmpdir(), 'vs-external-'));
  const cluster = await openCluster({ dataDir: home, mode: 'serve', durable: false, connections: 120 });
  const login = { ...cluster.superuser, database: 'postgres' };
  await runSql(login, 'drop database vouchsafe');
  await runSql(login, 'revoke set on parameter temp_file_limit from vouchsafe_app');
  for (const role of ['app', 'owner', 'system', 'jobs']) await runSql(login, `drop role vouchsafe_${role}`);
  await runSql(login, "create role operator login password 'secret' createrole");
  await runSql(login, 'create database operator owner operator');
  return {
    url: `postgresql://operator:secret@%2F${home.slice(1).replaceAll('/', '%2F')}%2Frun/operator`,
    superuser: { ...login, database: 'operator' },
    [Symbol.asyncDispose]: async () => {
      await cluster.stop();
      rmSync(home, { recursive: true, force: true });
    },
  };
};

/** Waits for the mail with a link to this address. */
const tokenFrom = async (smtp: TestSmtp, address: string): Promise<string> =>
  /#token=([\w-]{43})/.exec((await smtp.mailTo(address)).mail.text ?? '')?.[1] ?? '';

test('two processes on one database are one server', async (house) => {
  await using external = await openExternalDatabase();
  const sql = (text: string): Promise<Record<string, unknown>[]> => runSql(external.superuser, text);
  const smtp = await startSmtp();
  const homes = [await makeHome(), await makeHome()] as const;
  await openSecrets(homes[0].dataDir);
  cpSync(join(homes[0].dataDir, 'secrets'), join(homes[1].dataDir, 'secrets'), { recursive: true });
  const env = { DATABASE_URL: external.url, SMTP_URL: smtp.url };
  const start = (): Promise<readonly [Served, Served]> =>
    Promise.all([serve({ home: homes[0], env }), serve({ home: homes[1], env })]);
  const email = 'ann@example.com';
  const jar = new Map<string, string>();

  await house.test('both make an empty database their own, once', async () => {
    const [one, other] = await start();
    await using _one = one;
    await using _other = other;
    const secrets = [one, other].flatMap(({ server }) => server.trialSecret ?? []);
    assert.equal(secrets.length, 1);
    const made = "select name from vouchsafe.company where name = 'Trial company'";
    assert.equal((await sql(made)).length, 1);
    assert.equal((await sql('select id from vouchsafe.ring_key')).length, 1);
    const client = openAccountClient(one.server, jar);
    await askToSignUp(client, email);
    await confirmSignUp(client, email, await tokenFrom(smtp, email));
    assert.deepEqual([await one.server.stop(), await other.server.stop()], [STOPPED, STOPPED]);
  });

  await house.test(
    'the ring is turned once, and a session counts in both until one of them ends it',
    async (t) => {
      await sql("update vouchsafe.ring_key set created_at = created_at - interval '25 hours'");
      const [one, other] = await start();
      await using _one = one;
      await using _other = other;
      assert.equal((await sql('select id from vouchsafe.ring_key')).length, 2);
      const [here, there] = [openAccountClient(one.server, jar), openAccountClient(other.server, jar)];
      const elsewhere = await signIn(other.server, email);
      using fan = openFan(here.copy(), there.copy());
      using fanOfElsewhere = openFan(elsewhere.copy(one.server), elsewhere.copy());
      assert.deepEqual(statusesOf(await fan.ask()), [200]);
      assert.deepEqual(statusesOf(await fanOfElsewhere.ask()), [200]);
      await here.ok('DELETE', '/v1/sessions');
      await untilAll('ended from the other process', fanOfElsewhere, 401, t);
      await there.ok('DELETE', '/v1/session');
      await untilAll('signed out at the other process', fan, 401, t);

      const addresses = Array.from({ length: 16 }, (_, index) => `guest-${index}@example.com`);
      await Promise.all(
        addresses.map((address, index) =>
          openAccountClient(index % 2 === 0 ? one.server : other.server, new Map(), `127.0.2.${index}`).ok(
            'POST',
            '/v1/sign-ups',
            { email: address, company_name: 'Guests' },
          ),
        ),
      );
      await until('all mail has left', async () => (await sql('select id from vouchsafe.mail')).length === 0);
      const got = smtp.received.map(({ to }) => to.join(' ')).filter((to) => to.startsWith('guest-'));
      assert.deepEqual(got.toSorted(), addresses.toSorted());
      assert.deepEqual([await one.server.stop(), await other.server.stop()], [STOPPED, STOPPED]);
      const lines = (one.server.stderr() + other.server.stderr()).split('\n');
      const expected = '"msg":"the number of nodes that share limits has changed"';
      assert.deepEqual(
        lines.filter((line) => !line.includes(expected)),
        [''],
      );
    },
  );

  await house.test('a process with secrets of its own is refused in a sentence', async () => {
    const stranger = await makeHome();
    cpSync(join(homes[0].dataDir, 'secrets'), join(stranger.dataDir, 'secrets'), { recursive: true });
    rmSync(join(stranger.dataDir, 'secrets', 'master'));
    const refused = await launchServer({ home: stranger, env });
    assert.deepEqual(await refused.exited, { code: 1, signal: null });
    assert.match(refused.stderr(), /^The secrets in DATA_DIR[^\n]+copy the folder "secrets"[^\n]+\.\n$/);
  });
});
