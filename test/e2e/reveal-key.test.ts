/** A new secret by a link of whoever runs the server: from their command line to the owner's page in a real browser. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openAlbum } from '../support/album.ts';
import { openDashboardHouse, type DashboardHouse } from '../support/dashboard-house.ts';
import type { Person } from '../support/person.ts';
import { runCommand } from '../support/server.ts';

const PASSWORD = 'nine quiet harbours under snow';
const album = openAlbum('reveal');

/** Somebody with a company, a project and a pair whose secret is known. */
const openCompany = async (
  house: DashboardHouse,
): Promise<Person & { readonly key: string; readonly secret: string }> => {
  const owner = await house.meet('grace@example.com');
  await owner.go('/sign-up');
  await owner.see('Create an account');
  await owner.fill('E-mail address', owner.address);
  await owner.fill('Company', 'Compilers');
  await owner.fill('Password', PASSWORD);
  await owner.press('Create account');
  await owner.see('Check your mail');
  await owner.page.goto(await owner.mailbox.nextLink('Confirm your address'));
  await owner.see('Confirm your address');
  await owner.press('Confirm and sign in');
  await owner.see('Overview');
  await owner.turnTo('Keys');
  await owner.see('Keys');
  const { page } = owner;
  await page
    .getByRole('button', { name: /New key|Make a key/ })
    .first()
    .click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name', { exact: true }).fill('Lost');
  await dialog.getByRole('button', { name: /^Make/ }).click();
  const secret = await page.locator('code', { hasText: /^vs_sk_live_\w{49}$/ }).innerText();
  await owner.press('I have stored it');
  const [row] = await house.server.sql<{ id: string }>("select id from vouchsafe.key where name = 'Lost'");
  return { ...owner, key: row?.id ?? '', secret };
};

const tryLink = async (house: DashboardHouse): Promise<void> => {
  const owner = await openCompany(house);
  const { page, key, secret } = owner;
  /** Whether it is let in; how often it may call is another question, and the clock of this test is not the database's. */
  const works = async (it: string): Promise<boolean> =>
    (await house.server.request('/geocode/v1/json?q=Berlin', { key: it })).status !== 401;
  const sendLink = (...words: readonly string[]): ReturnType<typeof runCommand> =>
    runCommand(['keys', 'send-link', ...words], {
      home: house.server.home,
      env: { SMTP_URL: house.smtp.url },
    });
  const sent = await sendLink(key);
  assert.deepEqual([sent.code, sent.stderr], [0, '']);
  assert.equal(sent.stdout, 'The owner gets the link.\nIt is sent by the running server.\n');
  const link = await owner.mailbox.nextLink('A new secret for a key of Compilers');
  assert.ok(link.startsWith(`${house.server.url}/dashboard/reveal-key#token=`), link);

  // Somebody who is not signed in is sent to the sign-in page, and comes back with the link still in hand.
  await owner.signOut();
  await page.goto(link);
  await owner.see('A new secret for a key');
  assert.ok(!page.url().includes('token'), 'the token does not stay in the address bar');
  await album.look(page, 'sign-in-first', { thoroughly: true });
  await page.getByRole('link', { name: 'Sign in', exact: true }).click();
  await owner.fill('E-mail address', owner.address);
  await owner.fill('Password', PASSWORD);
  await owner.press('Sign in');
  await owner.see('A new secret for a key');
  await page.getByText('Lost').waitFor();
  await album.look(page, 'confirm', { thoroughly: true });
  owner.assertQuiet(401);
  assert.ok(await works(secret));

  // The last proof is too old by now.
  house.letPass(11);
  await owner.press('Make new secret');
  await page.getByRole('dialog').getByLabel('Your password', { exact: true }).fill(PASSWORD);
  await page.getByRole('dialog').getByRole('button', { name: 'Confirm' }).click();
  const made = await page.locator('code', { hasText: /^vs_sk_live_\w{49}$/ }).innerText();
  assert.notEqual(made, secret);
  assert.deepEqual([await works(made), await works(secret), await works(`${made}x`)], [true, true, false]);
  await album.look(page, 'secret', { thoroughly: true });
  await owner.press('I have stored it');
  await owner.see('The key “Lost” has a new secret');
  assert.ok(!(await page.content()).includes(made), 'it is nowhere on the page any more');
  owner.assertQuiet(403);
  assert.ok(!house.server.stdout().includes(made));

  await page.goto('about:blank');
  await page.goto(link);
  await page.getByText(/This link does not work any more/).waitFor();
  owner.assertQuiet(410);

  // What the command line says where something is wrong.
  const nothing = await sendLink();
  assert.equal(nothing.code, 2);
  const strange = await sendLink('key_x');
  assert.equal(strange.code, 2);
  const unknown = await sendLink(key.replace(/.{6}$/, '000000'));
  assert.deepEqual([unknown.code, unknown.stderr], [1, '']);
  assert.match(unknown.stdout, /^There is no key key_/);
  // The key of the trial company, which has no owner yet.
  const [trial] = await house.server.sql<{ id: string }>(
    "select key.id from vouchsafe.key join vouchsafe.company on company.id = key.company_id where company.name = 'Trial company' and key.name = 'Trial key'",
  );
  const ownerless = await sendLink(trial?.id ?? '');
  assert.deepEqual([ownerless.code, ownerless.stdout], [1, '']);
  assert.match(ownerless.stderr, /^The company has no owner\. Invite one first/);
};

test('an operator sends a link, and the owner alone sees the secret that it makes', async () => {
  const house = await openDashboardHouse();
  try {
    await tryLink(house);
  } finally {
    await house.close();
  }
});
