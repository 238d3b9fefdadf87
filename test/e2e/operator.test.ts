/** What whoever runs the server sees and does about accounts. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { GOOD_PASSWORD, mailedToken, openAccountClient } from '../support/account-client.ts';
import { makeHome, runCommand, until, type Exit } from '../support/server.ts';
import { serve } from '../support/served.ts';
import { PROJECT_ROOT } from '../support/sources.ts';

const STOPPED: Exit = { code: 0, signal: null };

test('whoever runs the server gives the trial company an owner, who finds the mail where the start says', async () => {
  await using served = await serve({});
  const { server } = served;
  const { home } = server;
  const env = { ADMIN_PORT: String(server.adminPort) };
  const mailbox = `http://127.0.0.1:${server.adminPort}/mailbox`;
  await until('the start has said all', () => server.stdout().includes('Mail: '));
  assert.ok(server.stdout().includes(`sign up at ${server.url}/dashboard/sign-up)`), server.stdout());
  assert.ok(server.stdout().includes(`${mailbox}\n`), server.stdout());
  assert.equal((await server.request('/dashboard/sign-up')).status, 200);

  const email = 'ann@example.com';
  const invite = (...words: readonly string[]) => runCommand(['members', 'invite', ...words], { home, env });
  const invited = await invite(email);
  assert.deepEqual([invited.code, invited.stderr], [0, '']);
  assert.equal(
    invited.stdout,
    `Invited as owner of Trial company. The mail lies in the mailbox of the running server: ${mailbox}\n`,
  );
  const token = await mailedToken(server, email, /Trial company/);
  const ann = openAccountClient(server);
  const { memberships } = await ann.ok('POST', '/v1/invitations/accept', { token, password: GOOD_PASSWORD });
  const [{ company, role }] = memberships;
  assert.equal(role, 'owner');
  const { items: keys } = await ann.ok('GET', `/v1/companies/${company}/keys`);
  assert.deepEqual(
    keys.map(({ name }: { name: string }) => name),
    ['Trial key'],
  );
  const { items: events } = await ann.ok('GET', `/v1/companies/${company}/audit`);
  const event = events.find(({ action }: { action: string }) => action === 'invitations.create');
  assert.deepEqual(
    [event.actor, event.details],
    [null, { role: 'owner', renewed: false, by_operator: true }],
  );

  const again = await invite(email, '--company', company);
  assert.deepEqual([again.code, again.stdout], [1, '']);
  assert.match(again.stderr, /^Already a member\. [^\n]+\n$/);
  const nowhere = await invite('bob@example.com', '--company', company.replace(/.{8}$/, '00000000'));
  assert.deepEqual([nowhere.code, nowhere.stdout], [1, '']);
  for (const words of [
    [],
    ['ann'],
    [email, 'more'],
    [email, '--role', 'king'],
    [email, '--company', 'x'],
    [email, '--no'],
  ]) {
    const { code, stdout, stderr } = await invite(...words);
    assert.deepEqual([code, stdout], [2, ''], words.join(' '));
    assert.match(stderr, /^[^\n]+\n$/);
  }
  assert.deepEqual(await server.stop(), STOPPED);
  assert.equal(server.stderr(), '');
});

test('every command tells how it is used, and starts nothing for that', async () => {
  const home = await makeHome();
  const list = await runCommand(['--help'], { home });
  const names = [...list.stdout.matchAll(/^ {2}([a-z]+) {2,}\S/gm)].map(([, name]) => name ?? '');
  assert.ok(names.includes('members') && names.includes('serve'), list.stdout);
  const helps = await Promise.all(names.map((name) => runCommand([name, '--help'], { home })));
  for (const [index, { code, stdout, stderr }] of helps.entries()) {
    assert.deepEqual([code, stderr], [0, '']);
    assert.match(stdout, new RegExp(`^Usage: vouchsafe ${names[index]} .*\n`));
    assert.match(stdout, /^Exit codes: 0 .+\.$/m);
  }
  assert.deepEqual(readdirSync(home.dataDir), ['gazetteer']);
});

test('a reader who has had enough of it ends a command without a word', async () => {
  const child = spawn(process.execPath, [join(PROJECT_ROOT, 'src', 'main.ts'), '--help'], {
    cwd: PROJECT_ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  // As `head` does, before anything is written.
  child.stdout.destroy();
  let complaints = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaints += text));
  const [code] = (await once(child, 'close')) as [number | null];
  assert.deepEqual([code, complaints], [0, '']);
});
