import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GOOD_PASSWORD, openSessionHouse } from '../../test/support/session-house.ts';
import { createHashThreads } from '../passwords/hash-threads.ts';

const threads = createHashThreads({ count: 1, queueLimit: 8 });
const { house, token } = await openSessionHouse({ hasher: threads });

const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  house.get(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: 'https://localhost', ...headers },
    body: JSON.stringify(body),
  });
const cookiesOf = (answer: Awaited<ReturnType<typeof post>>): string =>
  (answer.headers['set-cookie'] ?? []).map((line) => line.split(';')[0]).join('; ');

test('over TLS and with real hashing threads: sign up, confirm, look, sign out, sign in', async (t) => {
  t.after(() => threads.close());
  const email = 'ada@example.com';
  const asked = await post('/v1/sign-ups', { email, password: GOOD_PASSWORD, company_name: 'Tin Lantern' });
  assert.deepEqual([asked.status, asked.body], [202, '{}']);
  const confirmed = await post(
    '/v1/sign-ups/confirm',
    { token: await token(email, 'sign-up') },
    { cookie: cookiesOf(asked) },
  );
  assert.equal(confirmed.status, 201, confirmed.body);
  assert.equal(confirmed.headers['set-cookie']?.length, 4, 'each cookie is a field of its own');
  assert.equal(confirmed.headers['cache-control'], 'no-store');
  const cookie = cookiesOf(confirmed);
  const shown = await house.get('/v1/session', { headers: { cookie } });
  assert.equal((shown.json()['user'] as { email: string }).email, email);
  const ended = await house.get('/v1/session', {
    method: 'DELETE',
    headers: { cookie, origin: 'https://localhost' },
  });
  assert.equal(ended.status, 204);
  assert.equal((await house.get('/v1/session', { headers: { cookie } })).status, 401);
  const again = await post('/v1/sessions', { email, password: GOOD_PASSWORD });
  assert.equal(again.status, 200, again.body);
  const wrong = await post('/v1/sessions', { email, password: `${GOOD_PASSWORD}.` });
  assert.deepEqual([wrong.status, wrong.headers['set-cookie']], [401, undefined]);
});

test('refuses bodies that are no JSON, pages of other sites, and plain HTTP', async () => {
  const form = await post('/v1/sessions', {}, { 'content-type': 'application/x-www-form-urlencoded' });
  assert.equal(form.status, 415);
  assert.equal((await post('/v1/sessions', {}, { origin: 'https://evil.example' })).status, 403);
  const plain = await house.getPlainly('/v1/sessions', { method: 'POST' });
  assert.deepEqual([plain.status, plain.headers.location], [403, undefined]);
  const long = await post('/v1/sessions', { email: 'a@example.com', password: 'x'.repeat(70_000) });
  assert.equal(long.status, 413);
});
