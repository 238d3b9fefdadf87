/**
 * The whole way of an account's owner in a real browser, at a real server with a real PostgreSQL and a real mail server:
 * from the sign-up to the receipt of the deletion. Each step stands on the one before; pictures go to `test-output/journey/`.
 */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { openAlbum, type Album } from '../support/album.ts';
import { openDashboardHouse, type DashboardHouse } from '../support/dashboard-house.ts';
import { callFromPage, companyOf, shownSecret, signInWithPassword, unzipFrom } from '../support/deeds.ts';
import type { Person } from '../support/person.ts';
import { until } from '../support/server.ts';
import { createAuthenticatorApp, type AuthenticatorApp } from '../support/totp.ts';

const COMPANY = 'Analytical Engines';
const PASSWORD = 'nine quiet harbours under snow';
const COLLEAGUES_PASSWORD = 'seven loud kettles at the fair';
const BERLIN = '/geocode/v1/json?q=Berlin';
/** A proof is asked for again after ten (issue: step-up). */
const PROOF_IS_OLD = 11;

let house: DashboardHouse;
let album: Album;
let owner: Person;
let colleague: Person;
let app: AuthenticatorApp;
let recoveryCodes: readonly string[] = [];
let firstSecret = '';
let secondSecret = '';

const codeNow = (): Promise<string> => app.code(house.now());

/** Status of a call with a secret key, over HTTPS, as a program makes it. */
const callWith = async (secret: string): Promise<number> =>
  (await house.server.request(BERLIN, { key: secret })).status;

const travel = async (t: TestContext): Promise<void> => {
  album = openAlbum('journey');
  owner = await house.meet('ada@example.com');

  // Each step needs the one before; without it there is nothing to be learnt from waiting.
  const step = async (sentence: string, work: () => Promise<void>): Promise<void> => {
    let isDone = false;
    await t.test(sentence, async () => {
      await work();
      isDone = true;
    });
    if (isDone) return;
    await owner.page.screenshot({ path: album.pathOf('failed') }).catch(() => undefined);
    throw new Error(`the journey ended where she ${sentence}`);
  };

  await step('signs up; the strength of the password is shown while it is typed', async () => {
    await owner.go('/sign-up');
    await owner.see('Create an account');
    await owner.fill('E-mail address', owner.address);
    await owner.fill('Company', COMPANY);
    await owner.fill('Password', 'correcthorsebatterystaple');
    await owner.page.getByRole('meter').and(owner.page.locator('[aria-valuetext="Very weak"]')).waitFor();
    await album.look(owner.page, 'sign-up', { thoroughly: true });
    await owner.fill('Password', PASSWORD);
    await owner.page.getByRole('meter').and(owner.page.locator('[aria-valuenow="4"]')).waitFor();
    await owner.press('Create account');
    await owner.see('Check your mail');
    await album.look(owner.page, 'sign-up-sent');
    owner.assertQuiet();
  });

  await step('confirms the address by the mailed link, whose token leaves the address bar', async () => {
    const link = await owner.mailbox.nextLink('Confirm your address');
    await owner.page.goto(link);
    await owner.see('Confirm your address');
    assert.equal(new URL(owner.page.url()).hash, '');
    await owner.page.getByText(`${owner.address} will be the owner of ${COMPANY}.`).waitFor();
    await album.look(owner.page, 'confirm');
    await owner.press('Confirm and sign in');
    await owner.see('Overview');
    await owner.page.getByText('No calls in the last 30 days').waitFor();
    await album.look(owner.page, 'overview-empty', { thoroughly: true });
    owner.assertQuiet();
  });

  await step('cannot be confirmed by the same link a second time', async () => {
    const late = await house.meet('late@example.com');
    const link = owner.mailbox.links().at(-1) ?? '';
    await late.page.goto(link);
    await late.page.getByRole('alert').waitFor();
    await album.look(late.page, 'confirm-used');
    late.assertQuiet(410);
    await late[Symbol.asyncDispose]();
  });

  await step('sets up an authenticator app by typing its secret, and gets ten recovery codes', async () => {
    await owner.choose('Account', 'Security');
    await owner.see('Security');
    await owner.page.getByText('No passkeys yet').waitFor();
    await album.look(owner.page, 'security-empty');
    await owner.press('Set up authenticator app');
    const dialog = owner.page.getByRole('dialog');
    await dialog.getByRole('img', { name: /QR code/ }).waitFor();
    await album.look(owner.page, 'totp');
    const typed = await dialog.locator('.font-mono').innerText();
    app = createAuthenticatorApp(typed);
    await owner.fill('Code that the app shows now', '000000');
    await owner.press('Turn on');
    await dialog.locator('[aria-invalid]').waitFor();
    owner.assertQuiet(400);
    await owner.fill('Code that the app shows now', await codeNow());
    await owner.press('Turn on');
    await dialog.getByText('Your recovery codes').waitFor();
    recoveryCodes = await dialog.getByRole('listitem').allInnerTexts();
    assert.equal(new Set(recoveryCodes).size, 10);
    await album.look(owner.page, 'recovery-codes');
    await owner.page.getByLabel('I have stored these codes').check();
    await owner.press('Done');
    await owner.page.getByRole('button', { name: 'Remove authenticator app' }).waitFor();
    await owner.mailbox.next('A second factor was added');
    owner.assertQuiet();
  });

  await step('adds a passkey of this device', async () => {
    await owner.page.getByRole('button', { name: 'Add a passkey' }).click();
    await owner.fill('Name of the passkey', 'Work laptop');
    await owner.device.touching(async () => {
      await owner.press('Add passkey');
      await owner.page.getByRole('row', { name: /Work laptop/ }).waitFor();
    });
    assert.equal(await owner.device.count(), 1);
    await owner.mailbox.next('A second factor was added');
    await album.look(owner.page, 'security', { thoroughly: true });
    owner.assertQuiet();
  });

  await step('makes a project and a key, whose secret is shown this one time', async () => {
    await owner.go('/');
    await owner.turnTo('Projects');
    await owner.see('Projects');
    await owner.press('New project');
    await owner.fill('Name', 'Harbour maps');
    await owner.page.getByRole('button', { name: 'Create project' }).dblclick();
    await owner.see('Harbour maps');
    await owner.page.getByText('No keys yet').waitFor();
    await album.look(owner.page, 'project-empty');
    await owner.turnTo('Keys');
    await owner.see('Keys');
    await owner.page.getByText('No keys yet').waitFor();
    await album.look(owner.page, 'keys-empty');
    await owner.press('New key');
    await owner.page.getByLabel('Project', { exact: true }).last().selectOption({ label: 'Harbour maps' });
    await owner.fill('Name', 'Website');
    await album.look(owner.page, 'key-new');
    await owner.press('Make key');
    await owner.page.getByText('Your new key').waitFor();
    firstSecret = await shownSecret(owner);
    await album.look(owner.page, 'key-secret');
    await owner.press('I have stored it');
    await owner.page.getByRole('row', { name: /Website/ }).waitFor();
    assert.equal((await owner.page.content()).includes(firstSecret), false);
    await owner.turnTo('Projects');
    await owner.page.getByRole('row', { name: /Harbour maps/ }).waitFor();
    assert.equal(await owner.page.getByRole('row', { name: /Harbour maps/ }).count(), 1);
    await album.look(owner.page, 'projects');
    owner.assertQuiet();
  });

  await step('sees the first calls on the overview without loading it anew', async () => {
    await owner.turnTo('Overview');
    await owner.page.getByText('No calls in the last 30 days').waitFor();
    await owner.page.evaluate(`window.notLoadedAnew = true`);
    for (let count = 0; count < 3; count += 1) assert.equal(await callWith(firstSecret), 200);
    const today = owner.page
      .locator('div', { has: owner.page.getByRole('heading', { name: 'Today' }) })
      .last();
    await today.locator('..').getByText('3', { exact: true }).waitFor({ timeout: 30_000 });
    assert.equal(await owner.page.evaluate(`window.notLoadedAnew`), true);
    await owner.page.locator('canvas').waitFor();
    await album.look(owner.page, 'overview', { thoroughly: true });
    owner.assertQuiet();
  });

  await step('invites a colleague as viewer, who accepts with a new account', async () => {
    await owner.turnTo('Members');
    await owner.press('Invite a member');
    await owner.fill('E-mail address', 'grace@example.com');
    await owner.page.getByLabel('Role', { exact: true }).selectOption('viewer');
    await album.look(owner.page, 'invite');
    await owner.press('Send invitation');
    await owner.page.getByRole('row', { name: /grace@example.com/ }).waitFor();
    colleague = await house.meet('grace@example.com');
    await colleague.page.goto(await colleague.mailbox.nextLink(`Invitation to ${COMPANY}`));
    await colleague.see(`Join ${COMPANY}`);
    await colleague.fill('Your name', 'Grace');
    await colleague.fill('Password', COLLEAGUES_PASSWORD);
    await colleague.page.getByRole('meter').and(colleague.page.locator('[aria-valuenow="4"]')).waitFor();
    await album.look(colleague.page, 'invitation');
    await colleague.press('Create account and join');
    await colleague.see('Overview');
    // The owner's page follows by itself.
    await owner.page.getByRole('row', { name: /Grace/ }).waitFor({ timeout: 20_000 });
    await owner.page.getByText('None. Invite a colleague').waitFor({ timeout: 20_000 });
    await album.look(owner.page, 'members', { thoroughly: true });
    await owner.mailbox.next(`Your invitation to ${COMPANY} was accepted`);
    owner.assertQuiet();
    colleague.assertQuiet(401);
  });

  await step('gives a viewer no control that the API would refuse, and the API refuses', async () => {
    const company = companyOf(colleague);
    await colleague.turnTo('Keys');
    const row = colleague.page.getByRole('row', { name: /Website/ });
    await row.waitFor();
    await colleague.page.getByText(/^Only owners, admins and members can/).waitFor();
    assert.equal(await colleague.page.getByRole('button', { name: /New key|Actions for|Rename/ }).count(), 0);
    await album.look(colleague.page, 'viewer-keys');
    await colleague.turnTo('Settings');
    await colleague.page.getByText(/^Only owners can delete the company/).waitFor();
    const deeds = /Save|Require|Export|Delete/;
    assert.equal(await colleague.page.getByRole('button', { name: deeds }).count(), 0);
    await album.look(colleague.page, 'viewer-settings');
    colleague.assertQuiet();
    const { page } = colleague;
    const keys = await page.evaluate<{ items: { id: string; project: string }[] }>(
      `fetch('/v1/companies/${company}/keys').then((reply) => reply.json())`,
    );
    const [key] = keys.items;
    assert.ok(key);
    const at = `/v1/companies/${company}`;
    for (const [method, path, body] of [
      ['POST', `${at}/projects/${key.project}/keys`, { name: 'Mine' }],
      ['POST', `${at}/keys/${key.id}/rotate`, { overlap_hours: 0 }],
      ['DELETE', `${at}/keys/${key.id}`, {}],
      ['POST', `${at}/projects`, { name: 'Mine' }],
      ['POST', `${at}/invitations`, { email: 'friend@example.com', role: 'owner' }],
      ['POST', `${at}/export`, {}],
      ['DELETE', at, { name: COMPANY }],
    ] as const) {
      const reply = await callFromPage(colleague, method, path, body);
      assert.deepEqual([method, path, reply.status], [method, path, 403]);
    }
    assert.equal(await callWith(firstSecret), 200);
    colleague.assertQuiet(403);
  });

  await step('rotates the key: the old secret goes on, the new one works, owners are told', async () => {
    await owner.turnTo('Keys');
    await owner.choose('Actions for Website', 'Rotate…');
    await owner.page.getByRole('dialog').getByText('Rotate the key').first().waitFor();
    await album.look(owner.page, 'key-rotate');
    await owner.page.getByRole('button', { name: 'Make new secret' }).dblclick();
    await owner.page.getByText('Your new secret').waitFor();
    secondSecret = await shownSecret(owner);
    assert.notEqual(secondSecret, firstSecret);
    await owner.press('I have stored it');
    await owner.page.getByText('Rotating').waitFor();
    await until('the new secret works', async () => (await callWith(secondSecret)) === 200);
    assert.equal(await callWith(firstSecret), 200);
    await owner.mailbox.next(`A key of ${COMPANY} was rotated`);
    await album.look(owner.page, 'keys', { thoroughly: true });
    owner.assertQuiet();
  });

  await step('takes all data along, after a fresh proof by passkey', async () => {
    house.letPass(PROOF_IS_OLD);
    await owner.choose('Account', 'Your data');
    await owner.page.getByText('What is erased').waitFor();
    await album.look(owner.page, 'data');
    const files = await unzipFrom(owner, async () => {
      await owner.press('Export my data');
      await owner.page.getByText('Confirm that it is you').waitFor();
      await album.look(owner.page, 'step-up');
      await owner.device.touching(async () => {
        await owner.press('Use a passkey');
        await owner.page.getByRole('dialog').waitFor({ state: 'detached' });
      });
    });
    const text = Object.values(files).join('\n');
    for (const name of ['README.txt', 'passkeys.json', 'passkeys.csv', 'sessions.json', 'memberships.json'])
      assert.ok(name in files, `${name} of ${Object.keys(files).join()}`);
    assert.ok(text.includes(owner.address) && text.includes('Work laptop') && text.includes(COMPANY));
    assert.ok(!text.includes(firstSecret) && !text.includes(secondSecret) && !/scrypt/.test(text));
    for (const code of recoveryCodes) assert.ok(!text.includes(code));
    owner.assertQuiet(403);

    await owner.go('/');
    await owner.turnTo('Settings');
    await owner.page.getByText('What will be erased').waitFor();
    await album.look(owner.page, 'settings', { thoroughly: true });
    const ofCompany = await unzipFrom(owner, () => owner.press('Export all data'));
    const projects = JSON.parse(ofCompany['projects.json'] ?? '[]') as { name: string }[];
    assert.ok(projects.some(({ name }) => name === 'Harbour maps'));
    assert.ok(ofCompany['keys.csv']?.includes('Website'));
    assert.ok(!Object.values(ofCompany).join('\n').includes(secondSecret));
    owner.assertQuiet();
  });

  await step('finds all of it in the audit log', async () => {
    await owner.turnTo('Audit log');
    await owner.see('Audit log');
    for (const sentence of [
      'created the project “Harbour maps”',
      'made the key “Website”',
      'invited somebody as viewer',
      'accepted an invitation and joined as viewer',
      'rotated the key “Website”',
      'exported all data of the company',
    ]) {
      await owner.page.getByRole('row').filter({ hasText: sentence }).first().waitFor();
    }
    for (const sentence of ['created the project', 'rotated the key'])
      assert.equal(await owner.page.getByRole('row').filter({ hasText: sentence }).count(), 1, sentence);
    await album.look(owner.page, 'audit', { thoroughly: true });
    owner.assertQuiet();
  });

  await step('sees a second session begin, and ends it', async () => {
    const elsewhere = await house.meet(owner.address);
    await elsewhere.go('/sign-in');
    await album.look(elsewhere.page, 'sign-in', { thoroughly: true });
    await signInWithPassword(elsewhere, 'nine quiet harbours under rain');
    await elsewhere.page.getByRole('alert').waitFor();
    await album.look(elsewhere.page, 'sign-in-wrong');
    elsewhere.assertQuiet(401);
    await signInWithPassword(elsewhere, PASSWORD);
    await elsewhere.see('Second step');
    await album.look(elsewhere.page, 'second-step');
    await elsewhere.fill('Code from your authenticator app', await codeNow());
    await elsewhere.press('Continue');
    await elsewhere.see('Overview');
    elsewhere.assertQuiet();

    await owner.choose('Account', 'Security');
    const end = owner.page.getByRole('button', { name: /^End session/ });
    await end.waitFor();
    assert.equal(await end.count(), 1);
    await end.click();
    await end.waitFor({ state: 'detached' });
    await elsewhere.turnTo('Keys');
    await elsewhere.see('Sign in');
    elsewhere.assertQuiet(401);

    await signInWithPassword(elsewhere, PASSWORD);
    await elsewhere.see('Second step');
    await elsewhere.press('Use a recovery code');
    await elsewhere.fill('Recovery code', recoveryCodes[0] ?? '');
    await elsewhere.press('Continue');
    await elsewhere.see('Keys');
    await elsewhere.page.getByText('You have 9 recovery codes left.').waitFor();
    await owner.mailbox.next('A recovery code was used');
    await elsewhere.signOut();
    await signInWithPassword(elsewhere, PASSWORD);
    await elsewhere.see('Second step');
    await elsewhere.press('Use a recovery code');
    await elsewhere.fill('Recovery code', recoveryCodes[0] ?? '');
    await elsewhere.press('Continue');
    await elsewhere.page.getByRole('alert').or(elsewhere.page.locator('[aria-invalid]')).first().waitFor();
    elsewhere.assertQuiet(401);
    await elsewhere[Symbol.asyncDispose]();
  });

  await step('signs out, sees nothing by going back, and signs in again by passkey alone', async () => {
    await owner.signOut();
    await owner.page.goBack();
    await owner.page.waitForURL(/sign-in\?back=/);
    await owner.see('Sign in');
    await owner.device.touching(async () => {
      // The address field offers passkeys as well, and a finger that is there already may be taken by that offer first.
      const button = owner.page.getByRole('button', { name: 'Sign in with a passkey', exact: true });
      const account = owner.page.getByRole('button', { name: 'Account' });
      // Where the offer and the button meet, the browser lets one of them end the other, and people press again.
      for (let round = 0; round < 3 && !(await account.isVisible()); round += 1) {
        await button.click({ timeout: 2000 }).catch(() => undefined);
        await account.waitFor({ timeout: 5000 }).catch(() => undefined);
      }
      await account.waitFor();
    });
    owner.assertQuiet(401);
  });

  await step('deletes the account: a receipt, and keys, sessions and sign-ins end at once', async () => {
    house.letPass(PROOF_IS_OLD);
    await owner.go('/account/data');
    await owner.page
      .getByRole('button', { name: 'Delete my account' })
      .and(owner.page.locator(':enabled'))
      .click();
    const dialog = owner.page.getByRole('alertdialog');
    await dialog.getByRole('textbox').fill(owner.address);
    await album.look(owner.page, 'delete-account');
    await dialog.getByRole('button', { name: 'Delete my account' }).click();
    await owner.fill('Code from your authenticator app', await codeNow());
    await owner.press('Confirm');
    await owner.see('Your account is deleted');
    await until('the secrets are dead', async () => (await callWith(secondSecret)) === 401, 1_000);
    assert.equal(await callWith(firstSecret), 401);
    await owner.page.getByText('What was erased').waitFor();
    await album.look(owner.page, 'goodbye');
    await owner.mailbox.next('Your account was deleted');
    owner.assertQuiet(403);

    await owner.go('/');
    await owner.see('Sign in');
    await signInWithPassword(owner, PASSWORD);
    await owner.page.getByRole('alert').waitFor();
    owner.assertQuiet(401);

    await colleague.page.reload();
    await colleague.page.getByText('No such company').waitFor();
    await colleague.go('/');
    await colleague.see('Create your company');
    await album.look(colleague.page, 'no-company');
    await colleague.mailbox.next(`${COMPANY} was deleted`);
    colleague.assertQuiet();
  });
};

test('the journey of an owner', async (t) => {
  house = await openDashboardHouse(2 * PROOF_IS_OLD);
  try {
    await travel(t);
    t.diagnostic(`${album.pictures} pictures; axe-core looked at ${album.checked} of them and found nothing`);
  } finally {
    await house.close();
  }
});
