/** The page of the request log in a real browser: off, on, with queries after a proof, read, emptied, off again. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { openAlbum } from '../support/album.ts';
import { openDashboardHouse, type DashboardHouse } from '../support/dashboard-house.ts';
import { PASSWORD_OF_ALL, type Person } from '../support/person.ts';
import { until } from '../support/server.ts';

const GEOCODE = '/geocode/v1/json';

let house: DashboardHouse;
let owner: Person;
const album = openAlbum('log');

before(async () => {
  house = await openDashboardHouse(20);
  owner = await house.meet('grace@example.com');
  await owner.signUp('Compilers');
});

after(async () => {
  await owner.page.screenshot({ path: album.pathOf('last') }).catch(() => undefined);
  await house.close();
});

const makeKey = async (): Promise<string> => {
  const { page } = owner;
  await owner.turnTo('Keys');
  await owner.see('Keys');
  await page
    .getByRole('button', { name: 'New key' })
    .or(page.getByRole('button', { name: 'Make a key' }))
    .first()
    .click();
  const dialog = page.getByRole('dialog');
  await owner.fill('Name', 'CI');
  await dialog.getByRole('button', { name: 'Make key' }).click();
  const secret = await dialog.locator('code', { hasText: /^vs_sk_/ }).innerText();
  await owner.press('I have stored it');
  return secret.trim();
};

test('a log is turned on, filled, read, filtered, exported and turned off', async () => {
  const { page } = owner;
  const secret = await makeKey();
  /** Asks no more often than the limits of a new project allow. */
  const ask = async (search: string): Promise<number> => {
    await pause(500);
    return (await house.server.request(GEOCODE + search, { key: secret })).status;
  };

  await owner.turnTo('Projects');
  await owner.see('Projects');
  await page.getByRole('table').getByRole('link').first().click();
  await page.getByText('Off. Requests are counted, and none is written down.').waitFor();
  await page.getByRole('link', { name: 'Open the log' }).click();
  await owner.see('Request log');
  await page.getByText('Nothing was logged').waitFor();
  await album.look(page, 'off', { thoroughly: true });

  await owner.fill('Days to keep', '181');
  await owner.press('Turn on');
  await page.getByText('A whole number from 1 to 180.').waitFor();
  await owner.fill('Days to keep', '30');
  await owner.press('Turn on');
  await page.getByText('Requests are logged for 30 days each.').waitFor();
  await page.getByText('No request yet').waitFor();
  await until('a request is logged', async () => {
    await ask('?q=Berlin');
    const rows = await house.server.sql('select from vouchsafe.request_log');
    return rows.length > 0;
  });
  await page
    .getByRole('row', { name: /200 Find a place by its name .* CI Not logged/ })
    .first()
    .waitFor();
  owner.assertQuiet();

  // A proof of eleven minutes ago is none.
  house.letPass(11);
  await page.getByRole('checkbox', { name: /Log what is asked as well/ }).click();
  await page.getByRole('button', { name: 'Save' }).click();
  await owner.fill('Your password', PASSWORD_OF_ALL);
  await owner.press('Confirm');
  await page.getByText('The log is set.').waitFor();
  await page.getByText('with what was asked.').waitFor();
  await until('a query is logged', async () => {
    await ask('?q=Paris,+Texas&limit=3');
    const [row] = await house.server.sql<{ count: string }>(
      'select count(query)::text as count from vouchsafe.request_log',
    );
    return row?.count !== '0';
  });
  await ask('?limit=1');
  await ask('?q=Hidden&no_record=1');
  await page
    .getByRole('row', { name: /200 Find a place by its name .*limit=3 ?q=Paris, Texas/ })
    .first()
    .waitFor();
  await page.getByRole('row', { name: /400 .*limit=1/ }).waitFor();
  assert.equal(await page.getByText('Hidden').count(), 0);
  await album.look(page, 'on', { thoroughly: true });

  await page.getByLabel('Status').selectOption('4xx');
  await page
    .getByRole('row', { name: /200 Find/ })
    .first()
    .waitFor({ state: 'detached' });
  await page.getByRole('row', { name: /400 .*limit=1/ }).waitFor();
  assert.equal(await page.getByRole('row').count(), 2, 'the head and the refused one');
  await page.getByLabel('Operation').selectOption('geocoding.reverse');
  await page.getByText('No such request').waitFor();
  await page.getByLabel('Operation').selectOption('');
  await page.getByLabel('Status').selectOption('');

  const saving = page.waitForEvent('download');
  await owner.press('Export as CSV');
  const text = readFileSync(await (await saving).path(), 'utf8');
  assert.match(text, /^"id","at","operation","status","duration_us","key","query"\r\n"log_/);
  assert.match(text, /"limit=3&q=Paris%2C\+Texas"/);
  assert.doesNotMatch(text, /vs_sk_|Hidden/);

  await owner.press('Turn off');
  await page.getByRole('alertdialog').getByText('Delete what was logged as well').waitFor();
  await album.look(page, 'turn-off');
  await page.getByRole('alertdialog').getByRole('button', { name: 'Turn off' }).click();
  await page.getByText('The log is off and empty.').waitFor();
  await page.getByText('Nothing was logged').waitFor();
  assert.equal((await house.server.sql('select from vouchsafe.request_log')).length, 0);

  await owner.turnTo('Audit log');
  for (const sentence of [
    'turned the request log of a project on for 30 days',
    'changed the request log of a project to 30 days, with queries',
    'exported the request log of a project',
    'turned the request log of a project off',
    /deleted \d+ requests from the request log of a project/,
  ])
    await page.getByText(sentence).first().waitFor();
});
