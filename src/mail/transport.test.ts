import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { startSmtp } from '../../test/support/smtp.ts';
import { systemClock } from '../foundation/clock.ts';
import { Secret } from '../foundation/secret.ts';
import { ensureLocalCertificate } from '../http/local-ca.ts';
import { parseSender, parseSmtpUrl, type SmtpSettings } from './smtp-url.ts';
import { createMailTransport, type MailTransport } from './transport.ts';

const FROM = { name: 'Example Maps', address: 'accounts@example.com' };
const LETTER = { subject: 'Grüße', text: 'Hällo\n\n.\nhttps://a.example/#token=x\n', html: '<p>Hällo</p>' };
const ENVELOPE = {
  id: 'mai_01h0000000000000000000000a',
  recipient: 'bob@example.com',
  at: new Date('2026-11-22T12:00:00Z'),
};

const plain = (port: number): SmtpSettings => ({
  host: '127.0.0.1',
  port,
  tls: 'none',
  user: undefined,
  password: undefined,
});
const to = (settings: SmtpSettings, deadlineMs = 5000): MailTransport =>
  createMailTransport({ settings, from: FROM, deadlineMs });

test('a URL says where to and how; another machine is reached by TLS only', () => {
  const read = (text: string) => {
    const { host, port, tls, user } = parseSmtpUrl(text) ?? {};
    return [host, port, tls, user];
  };
  assert.deepEqual(read('smtp://mail.example.com'), ['mail.example.com', 587, 'starttls', undefined]);
  assert.deepEqual(read('smtps://me%40x:p%2Fw@mail.example.com'), [
    'mail.example.com',
    465,
    'implicit',
    'me@x',
  ]);
  assert.deepEqual(read('smtp://localhost:25/'), ['localhost', 25, 'none', undefined]);
  assert.deepEqual(read('smtp://[::1]:25'), ['::1', 25, 'none', undefined]);
  assert.deepEqual(read('smtp://127.0.0.1.example.com:25'), [
    '127.0.0.1.example.com',
    25,
    'starttls',
    undefined,
  ]);
  for (const wrong of [
    '',
    'mail.example.com',
    'http://a',
    'smtp://',
    'smtp://a/b',
    'smtp://a?x',
    'smtp://u@a',
    'smtp://u:%ff@a',
  ])
    assert.equal(parseSmtpUrl(wrong), undefined, wrong);
  assert.doesNotMatch(JSON.stringify(parseSmtpUrl('smtps://me:geheim@a')), /geheim/);
});

test('a sender is an address, or a name and an address, and never a header of its own', () => {
  assert.deepEqual(parseSender('Example Maps <accounts@example.com>'), FROM);
  assert.deepEqual(parseSender('accounts@example.com'), { name: '', address: 'accounts@example.com' });
  for (const wrong of [
    'x',
    '@x',
    'a@',
    'a b@x',
    'A <a@b',
    'A\r\nBcc: c <a@b.example>',
    '"A" <a@b.example>',
    'a@b.example, c@d.example',
  ])
    assert.equal(parseSender(wrong), undefined, wrong);
});

test('a letter arrives as it was written, marked as written by a machine', async () => {
  const smtp = await startSmtp();
  assert.deepEqual(await to(plain(smtp.port)).send(LETTER, ENVELOPE), { ok: true, value: undefined });
  const [got] = smtp.received;
  assert.deepEqual([got?.from, got?.to], ['accounts@example.com', ['bob@example.com']]);
  assert.equal(got?.mail.subject, LETTER.subject);
  assert.equal(got?.mail.text?.trim(), LETTER.text.trim());
  assert.equal(got?.mail.html?.trim(), LETTER.html);
  assert.deepEqual(got?.mail.from, FROM);
  assert.equal(got?.mail.messageId, '<mai_01h0000000000000000000000a@example.com>');
  assert.equal(got?.mail.date, '2026-11-22T12:00:00.000Z');
  assert.equal(got?.mail.headers.find(({ key }) => key === 'auto-submitted')?.value, 'auto-generated');
});

test('no header can be made by a subject or a recipient', async () => {
  const smtp = await startSmtp();
  const transport = to(plain(smtp.port));
  await transport.send({ ...LETTER, subject: 'A\r\nBcc: evil@example.net\r\n\r\nB' }, ENVELOPE);
  const [got] = smtp.received;
  assert.deepEqual(got?.to, ['bob@example.com']);
  assert.equal(got?.mail.bcc, undefined);
  assert.doesNotMatch(got?.raw ?? '', /^bcc:/im);
  const strange = await transport.send(LETTER, {
    ...ENVELOPE,
    recipient: 'bob@example.com>\r\nRCPT TO:<evil@x',
  });
  assert.equal(strange.ok, false);
  assert.equal(smtp.received.length, 1);
});

test('what is said of the mail is final, what is said of us or of now is not', async () => {
  const smtp = await startSmtp();
  const transport = to(plain(smtp.port));
  const cases = [
    ['RCPT TO', 550, true],
    ['RCPT TO', 451, false],
    ['DATA', 554, true],
    ['DATA', 452, false],
    ['MAIL FROM', 550, false],
    ['MAIL FROM', 451, false],
  ] as const;
  for (const [command, code, isFinal] of cases) {
    smtp.refuse(command, code);
    assert.deepEqual(await transport.send(LETTER, ENVELOPE), {
      ok: false,
      reason: { isFinal, code: String(code) },
    });
  }
  assert.equal(smtp.received.length, 0);
});

test('a wrong login, a server that is away and one that never answers are no fault of the mail', async () => {
  const smtp = await startSmtp({
    authOptional: false,
    allowInsecureAuth: true,
    onAuth: (_auth, _session, done) => done(Object.assign(new Error('no'), { responseCode: 535 })),
  });
  const login = { ...plain(smtp.port), user: 'me', password: new Secret('geheim') };
  const refused = await to(login).send(LETTER, ENVELOPE);
  assert.deepEqual(refused, { ok: false, reason: { isFinal: false, code: '535' } });

  await smtp.close();
  const away = await to(plain(smtp.port)).send(LETTER, ENVELOPE);
  assert.deepEqual(away, { ok: false, reason: { isFinal: false, code: 'ESOCKET' } });

  const mute = createServer(() => undefined);
  await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
  const { port } = mute.address() as AddressInfo;
  const late = await to(plain(port), 200).send(LETTER, ENVELOPE);
  assert.deepEqual(late, { ok: false, reason: { isFinal: false, code: 'EABORT' } });
  await new Promise((resolve) => mute.close(resolve));
});

test('what is being handed over can be broken off, and is no fault of the mail', async () => {
  const asked = Promise.withResolvers<undefined>();
  const smtp = await startSmtp({ onRcptTo: () => asked.resolve(undefined) });
  const transport = to(plain(smtp.port), 60_000);
  const sending = transport.send(LETTER, ENVELOPE);
  await asked.promise;
  transport.hangUp();
  const brokenOff = { ok: false, reason: { isFinal: false, code: 'EABORT' } };
  assert.deepEqual(await sending, brokenOff);
  assert.deepEqual(await transport.send(LETTER, ENVELOPE), brokenOff);
});

test('without the encryption that was asked for, nothing is said, neither letter nor password', async () => {
  const smtp = await startSmtp();
  const login = { user: 'me', password: new Secret('geheim') };
  const unencrypted = await to({ ...plain(smtp.port), ...login, tls: 'starttls' }).send(LETTER, ENVELOPE);
  assert.equal(unencrypted.ok, false);
  assert.equal(smtp.received.length, 0);

  const folder = mkdtempSync(join(tmpdir(), 'vs-smtp-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const { certPath, keyPath } = await ensureLocalCertificate(folder, { now: systemClock.now() });
  const certificate = { cert: readFileSync(certPath), key: readFileSync(keyPath) };
  const sessions: boolean[] = [];
  const forged = await startSmtp({
    ...certificate,
    disabledCommands: [],
    onAuth: (_auth, _session, done) => {
      sessions.push(true);
      done(null, { user: 'me' });
    },
  });
  // A certificate of an authority that nobody knows.
  const result = await to({ ...plain(forged.port), ...login, host: 'localhost', tls: 'starttls' }).send(
    LETTER,
    ENVELOPE,
  );
  assert.equal(result.ok, false);
  assert.deepEqual([forged.received.length, sessions.length], [0, 0]);
});
