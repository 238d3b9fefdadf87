/** The page of webhooks in a real browser, with a real receiver: from the empty page to a message that arrives, and back. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { openAlbum } from '../support/album.ts';
import { openDashboardHouse, type DashboardHouse } from '../support/dashboard-house.ts';
import type { Person } from '../support/person.ts';
import { until } from '../support/server.ts';
import { startReceiver, verifyMessage, withStatus, type Receiver } from '../support/webhook-receiver.ts';

let house: DashboardHouse;
let owner: Person;
let receiver: Receiver;
const folder = mkdtempSync(join(tmpdir(), 'vs-hooks-page-'));
const album = openAlbum('webhooks');

before(async () => {
  receiver = await startReceiver();
  const ca = join(folder, 'ca.pem');
  writeFileSync(ca, receiver.ca);
  house = await openDashboardHouse(0, { WEBHOOK_NETWORKS: '127.0.0.0/8', NODE_EXTRA_CA_CERTS: ca });
  owner = await house.meet('grace@example.com');
  await owner.signUp('Compilers');
});

after(async () => {
  await owner.page.screenshot({ path: album.pathOf('last') }).catch(() => undefined);
  await house.close();
  rmSync(folder, { recursive: true, force: true });
});

const act = async (what: string): Promise<void> => {
  const { page } = owner;
  await page.getByRole('button', { name: /^Actions for/ }).click();
  await page.getByRole('button', { name: what, exact: true }).click();
};

test('a webhook is made, tested, told of a rotation, rotated, switched off and removed', async () => {
  const { page } = owner;
  await owner.turnTo('Webhooks');
  await owner.see('Webhooks');
  await page.getByText('No webhook yet').waitFor();
  await album.look(page, 'empty', { thoroughly: true });

  await page.getByRole('button', { name: 'Make a webhook' }).click();
  const dialog = page.getByRole('dialog');
  await owner.fill('Address', 'https://169.254.169.254/latest');
  await dialog.getByRole('button', { name: 'Make webhook' }).click();
  await dialog.getByText(/resolves to an address that is not public/).waitFor();
  await album.look(page, 'refused', { thoroughly: true });
  owner.assertQuiet(400);
  const url = receiver.url('127.0.0.1');
  await owner.fill('Address', url);
  await owner.fill('Description (optional)', 'The pager');
  await dialog.getByRole('button', { name: 'Make webhook' }).click();
  await dialog.getByText('The secret of the webhook').waitFor();
  const secret = await dialog.locator('code', { hasText: 'whsec_' }).innerText();
  await album.look(page, 'secret', { thoroughly: true });
  await owner.press('I have stored it');
  await page.getByText('Nothing was sent yet').waitFor();

  await act('Send a test');
  await page.getByRole('row', { name: /test Arrived.* Status 204/ }).waitFor({ timeout: 30_000 });
  const [taken] = receiver.taken;
  assert.ok(taken);
  assert.equal(verifyMessage(secret, taken).type, 'test');

  receiver.answer(withStatus(503));
  await owner.turnTo('Keys');
  await owner.see('Keys');
  await page.getByRole('button', { name: 'New key' }).first().click();
  await owner.fill('Name', 'Website');
  await owner.press('Make key');
  await owner.press('I have stored it');
  await page.getByRole('button', { name: 'Actions for Website' }).click();
  await page.getByRole('button', { name: 'Rotate…' }).click();
  await owner.press('Make new secret');
  await owner.press('I have stored it');
  await until('the receiver was told', async () => receiver.taken.length >= 2);
  await owner.turnTo('Webhooks');
  await page.getByRole('row', { name: /key\.rotated Waiting.* Status 503/ }).waitFor({ timeout: 30_000 });
  await page.getByText('Failing').waitFor();
  await album.look(page, 'failing', { thoroughly: true });
  receiver.answer(withStatus(204));
  await page.getByRole('button', { name: /^Send now: key\.rotated of/ }).click();
  await page.getByRole('row', { name: /key\.rotated Arrived/ }).waitFor({ timeout: 30_000 });
  const last = receiver.taken.at(-1);
  assert.ok(last);
  assert.equal(verifyMessage(secret, last).data['key_name'], 'Website');
  assert.equal(last.headers['webhook-id'], receiver.taken[1]?.headers['webhook-id']);

  await act('Rotate the secret…');
  await owner.press('Make new secret');
  const fresh = await dialog.locator('code', { hasText: 'whsec_' }).innerText();
  assert.notEqual(fresh, secret);
  await owner.press('I have stored it');
  const seen = receiver.taken.length;
  await act('Send a test');
  await until('another test arrived', async () => receiver.taken.length > seen);
  const both = receiver.taken.at(-1);
  assert.ok(both);
  for (const one of [secret, fresh]) assert.equal(verifyMessage(one, both).type, 'test');

  await act('Change…');
  await owner.fill('Description (optional)', 'The other pager');
  await owner.press('Save');
  await page.getByText('The other pager').waitFor();
  await act('Switch off');
  await page.getByText('Off', { exact: true }).waitFor();
  await album.look(page, 'list', { thoroughly: true });
  await act('Remove…');
  await owner.press('Remove webhook');
  await page.getByText('No webhook yet').waitFor();
  owner.assertQuiet();

  await owner.turnTo('Audit log');
  await page.getByText(`made a webhook to 127.0.0.1:${receiver.port}`).first().waitFor();
  await page.getByText('sent a test to a webhook').first().waitFor();
  await page.getByText(`removed the webhook to 127.0.0.1:${receiver.port}`).first().waitFor();
});
