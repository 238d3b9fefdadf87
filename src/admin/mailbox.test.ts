import assert from 'node:assert/strict';
import { createSecretKey } from 'node:crypto';
import { test } from 'node:test';
import { testClock } from '../../test/support/clock.ts';
import { beforeServerStops, testDatabase } from '../../test/support/database.ts';
import { recordingLog } from '../../test/support/log.ts';
import { linkToken } from '../foundation/link.ts';
import type { Edge } from '../http/server.ts';
import { enqueueMail } from '../mail/outbox.ts';
import { createMailService, type MailService } from '../mail/service.ts';
import { createDatabase, type Database } from '../store/database.ts';
import { createAdmin } from './listener.ts';

const linkKey = createSecretKey(Buffer.alloc(32, 7));
const publicUrl = 'https://localhost:8443';
const clock = testClock();

interface Scene {
  readonly app: Database;
  readonly service: MailService;
  readonly origin: string;
  get(path: string): Promise<{ status: number; body: string; policy: string }>;
}

const openScene = async (smtpUrl: string | null): Promise<Scene> => {
  const store = await testDatabase();
  const database = createDatabase({ connection: { ...store.connections.owner, role: 'vouchsafe_jobs' } });
  const log = recordingLog();
  const from = 'no-reply@localhost';
  const service = createMailService({ database, publicUrl, linkKey, smtpUrl, from, clock, log });
  const admin: Edge = createAdmin({ mailbox: service.mailbox, clock, log } as unknown as Parameters<
    typeof createAdmin
  >[0]);
  const { port } = await admin.listenOnLoopback(0);
  beforeServerStops(async () => {
    await admin.close(100);
    await database.close();
  });
  const origin = `http://127.0.0.1:${port}`;
  return {
    app: store.database,
    service,
    origin,
    get: async (path) => {
      const answer = await fetch(`${origin}${path}`);
      const policy = answer.headers.get('content-security-policy') ?? '';
      return { status: answer.status, body: await answer.text(), policy };
    },
  };
};

const invite = async ({ app, service }: Scene, companyName: string): Promise<string> => {
  const id = await app.system((tx) =>
    enqueueMail(
      tx,
      {
        template: 'invitation',
        recipient: 'bob@example.com',
        params: { companyName, role: 'viewer', inviterName: null },
        link: { purpose: 'invitation', id: 'inv_01h0000000000000000000000a' },
        expiresAt: new Date(clock.now() + 3_600_000),
      },
      clock.now(),
    ),
  );
  await service.tasks['mail.deliver']({ mail: id });
  return id;
};

test('an empty mailbox says what to do', async () => {
  const { get } = await openScene(null);
  const { status, body } = await get('/mailbox');
  assert.equal(status, 200);
  assert.match(body, /No mail yet/);
  assert.ok(body.includes(`href="${publicUrl}/dashboard/sign-up"`));
});

test('mails are listed, and each is shown with its link to click on', async () => {
  const scene = await openScene(null);
  const id = await invite(scene, 'Maps & Co');
  const list = await scene.get('/mailbox');
  assert.ok(list.body.includes(`href="/mailbox/${id}"`));
  assert.match(list.body, /Invitation to Maps &amp; Co/);
  const shown = await scene.get(`/mailbox/${id}`);
  const token = linkToken(linkKey, 'invitation', 'inv_01h0000000000000000000000a').expose();
  assert.ok(shown.body.includes(`<a href="${publicUrl}/dashboard/invitation#token=${token}" rel`));
  assert.match(
    shown.body,
    /<iframe[^>]*sandbox="allow-popups allow-popups-to-escape-sandbox"[^>]*srcdoc="&lt;!doctype/,
  );
  assert.equal((await scene.get('/mailbox/mai_01h0000000000000000000000a')).status, 404);
  assert.equal((await scene.get('/mailbox/..%2f..')).status, 404);
});

test('nothing that a mail holds can load or run on the page', async () => {
  const scene = await openScene(null);
  const id = await invite(scene, '"><script>alert(1)</script>');
  for (const path of ['/mailbox', `/mailbox/${id}`]) {
    const { body, policy } = await scene.get(path);
    assert.doesNotMatch(body, /<script/i);
    assert.match(policy, /^default-src 'none'; style-src 'self' 'sha256-[^']+';/);
    assert.doesNotMatch(policy, /unsafe|script-src|img-src/);
  }
  const style = await scene.get('/mailbox/site.css');
  assert.match(style.body, /--ground/);
});

test('where mail goes out, the page says so and shows none', async () => {
  const scene = await openScene('smtp://127.0.0.1:1');
  await assert.rejects(invite(scene, 'Maps'), { name: 'MailDelayed' });
  const { body } = await scene.get('/mailbox');
  assert.match(body, /Mail goes out/);
  assert.match(body, /Waiting to be handed over: 1\./);
  assert.doesNotMatch(body, /bob@example\.com/);
});

test('the mailbox answers to a local name only, whatever page asks for it', async () => {
  const { origin } = await openScene(null);
  const { request } = await import('node:http');
  const { port } = new URL(origin);
  for (const path of ['/mailbox', '/mailbox/site.css', '/mailbox/mai_01h0000000000000000000000a']) {
    const status = await new Promise((resolve, reject) => {
      const sent = request({ host: '127.0.0.1', port, path, headers: { host: 'evil.example' } }, (answer) =>
        resolve(answer.resume().statusCode),
      );
      sent.on('error', reject);
      sent.end();
    });
    assert.equal(status, 403, path);
  }
});
