/** Mail of the whole server: comes once, through crashes, stops, and mail servers that are away, slow or silent. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SMTPServerOptions } from 'smtp-server';
import { askToSignUp, GOOD_PASSWORD, openAccountClient } from '../support/account-client.ts';
import { makeHome, until, type Exit, type RunningServer, type ServerOptions } from '../support/server.ts';
import { serve } from '../support/served.ts';
import { startSmtp, type TestSmtp } from '../support/smtp.ts';

const STOPPED: Exit = { code: 0, signal: null };

/** Starts a server for one test, and leaves none behind when the test fails. */
const withServer = async <Value>(
  options: ServerOptions,
  work: (server: RunningServer) => Promise<Value>,
): Promise<Value> => {
  await using served = await serve(options);
  return await work(served.server);
};

const countRows = async (server: RunningServer, table: string): Promise<number> =>
  Number((await server.sql<{ n: string }>(`select count(*) as n from ${table}`))[0]?.n);

/** Waits until nothing is left to send. */
const untilSent = (server: RunningServer): Promise<void> =>
  until('all mail has left', async () => (await countRows(server, 'vouchsafe.mail')) === 0);

const receivedBy = (smtp: TestSmtp, address: string): number =>
  smtp.received.filter(({ to }) => to.includes(address)).length;

/** The browser that signed up is gone: whoever follows the link has to know the password. */
const confirmFromElsewhere = async (
  server: RunningServer,
  smtp: TestSmtp,
  address: string,
): Promise<void> => {
  const token = /#token=([\w-]{43})/.exec((await smtp.mailTo(address)).mail.text ?? '')?.[1] ?? '';
  await openAccountClient(server).ok('POST', '/v1/sign-ups/confirm', { token, password: GOOD_PASSWORD });
};

test('a mail that was promised comes once, through crashes and a mail server that is away or slow', async (house) => {
  const home = await makeHome();
  const address = 'ann@example.com';
  /** Until this is done, the mail server says nothing to the name of a recipient. */
  let held = Promise.withResolvers<undefined>();
  let begun = 0;
  const onRcptTo: SMTPServerOptions['onRcptTo'] = (_address, _session, done) => {
    begun += 1;
    void held.promise.then(() => done());
  };
  const first = await startSmtp({ onRcptTo });
  const env = { SMTP_URL: first.url };

  await house.test('everything is killed while the first mail is on its way', async () => {
    await withServer({ home, env }, async (server) => {
      await askToSignUp(openAccountClient(server), address);
      await until('the mail is on its way', () => begun > 0);
      await server.kill('everything');
    });
    held.resolve(undefined);
    await first.close();
    assert.equal(first.received.length, 0);
  });

  await house.test('the next start finds no mail server; the mail comes once there is one', async (t) => {
    await withServer({ home, env }, async (server) => {
      await until('it was tried', () => server.stderr().includes('"code":"ESOCKET"'));
      const smtp = await startSmtp({ port: first.port, onRcptTo });
      const since = performance.now();
      await until('the mail is there', () => receivedBy(smtp, address) > 0, 20_000);
      t.diagnostic(`${Math.round(performance.now() - since)} ms after the mail server was back`);
      await untilSent(server);
      assert.equal(receivedBy(smtp, address), 1);
      await confirmFromElsewhere(server, smtp, address);

      held = Promise.withResolvers<undefined>();
      begun = 0;
      await openAccountClient(server).ok('POST', '/v1/password-resets', { email: address });
      await until('the next mail is on its way', () => begun > 0);
      const stopping = server.stop();
      await until('the server says that it stops', () => server.stdout().includes('Stopping'));
      held.resolve(undefined);
      assert.deepEqual(await stopping, STOPPED);
      await smtp.close();
      assert.equal(receivedBy(smtp, address), 2);
      assert.equal(server.stderr().includes('ann@'), false);
    });
    const last = await startSmtp({ port: first.port });
    await withServer({ home, env }, async (server) => {
      await untilSent(server);
      assert.equal(last.received.length, 0, 'none of them comes again');
      assert.deepEqual(await server.stop(), STOPPED);
    });
  });
});

test('SIGTERM with hashes under way and a mail server that says nothing ends in time and loses nothing', async () => {
  const home = await makeHome();
  let begun = 0;
  const silent = await startSmtp({ onRcptTo: () => void (begun += 1) });
  const env = { SMTP_URL: silent.url };
  const told: string[] = [];
  await withServer({ home, env }, async (server) => {
    const asked = Promise.allSettled(
      Array.from({ length: 8 }, async (_, index) => {
        const email = `guest-${index}@example.com`;
        const client = openAccountClient(server, new Map(), `127.0.5.${index}`);
        const body = { email, password: GOOD_PASSWORD, company_name: 'Guests' };
        const { status } = await client.call('POST', '/v1/sign-ups', body);
        if (status === 202) told.push(email);
        return status;
      }),
    );
    await until('a mail is on its way', () => begun > 0);
    assert.deepEqual(await server.stop(), STOPPED);
    // Those that were cut off at the end of the grace time have no answer.
    for (const end of await asked)
      if (end.status === 'fulfilled') assert.ok([202, 503].includes(end.value), String(end.value));
    assert.ok(told.length > 0);
  });
  await silent.close();
  const smtp = await startSmtp({ port: silent.port });
  await withServer({ home, env }, async (server) => {
    await until('all mail has left', async () => (await countRows(server, 'vouchsafe.mail')) === 0, 30_000);
    const got = smtp.received.map(({ to }) => to.join(' '));
    assert.equal(new Set(got).size, got.length, 'nobody has two');
    assert.deepEqual(
      told.filter((email) => !got.includes(email)),
      [],
    );
    assert.deepEqual(await server.stop(), STOPPED);
  });
});
