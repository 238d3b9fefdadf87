/** The page of authorised domains in a real browser: from nothing to a page's first call, and back. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openAlbum } from '../support/album.ts';
import { openDashboardHouse, type DashboardHouse } from '../support/dashboard-house.ts';
import type { Person } from '../support/person.ts';
import { until } from '../support/server.ts';

let house: DashboardHouse;
let owner: Person;
const album = openAlbum('domains');

before(async () => {
  house = await openDashboardHouse();
  owner = await house.meet('grace@example.com');
  await owner.signUp('Compilers');
});

after(async () => {
  await owner.page.screenshot({ path: album.pathOf('last') }).catch(() => undefined);
  await house.close();
});

const rows = (): ReturnType<Person['page']['getByRole']> =>
  owner.page.getByRole('table', { name: 'Authorised domains' }).getByRole('row');

const add = async (domain: string): Promise<void> => {
  await owner.press('Add domain');
  await owner.fill('Domain', domain);
  await owner.page.getByRole('dialog').getByRole('button', { name: 'Add domain' }).click();
};

test('a domain is added, called from, switched and removed', async () => {
  const { page } = owner;
  await owner.turnTo('Domains');
  await owner.see('Domains');
  await page.getByText('No domain yet').waitFor();
  await album.look(page, 'empty', { thoroughly: true });

  await page.getByRole('button', { name: 'Add a domain' }).click();
  const dialog = page.getByRole('dialog');
  await owner.fill('Domain', '*.co.uk');
  await dialog.getByRole('button', { name: 'Add domain' }).click();
  await dialog.getByText(/It is in the public suffix list/).waitFor();
  await album.look(page, 'add', { thoroughly: true });
  owner.assertQuiet(400);
  await owner.fill('Domain', 'Bücher.example/');
  await dialog.getByRole('button', { name: 'Add domain' }).click();
  await page.getByRole('row', { name: /https:\/\/xn--bcher-kva\.example.*Not yet.*0/ }).waitFor();
  await add('shop.example');
  await page.getByRole('row', { name: /https:\/\/shop\.example/ }).waitFor();
  owner.assertQuiet();

  const snippet = await page.locator('code', { hasText: 'URLSearchParams' }).innerText();
  const project = /pid: '(prj_\w+)'/.exec(snippet)?.[1] ?? '';
  assert.ok(snippet.includes(`fetch('${house.server.url}/geocode/v1/json?'`), snippet);
  const call = async (origin: string): Promise<number> =>
    (await house.server.request(`/geocode/v1/json?q=Berlin&pid=${project}`, { headers: { origin } })).status;
  assert.equal(await call('https://shop.example'), 200);
  assert.equal(await call('https://evil.example'), 403);
  await add('*.Wide.example');
  await page.getByText('Pages of all hosts of https://*.wide.example may call within a second.').waitFor();
  await until(
    'pages below the domain are let in',
    async () => (await call('https://a.b.wide.example')) === 200,
  );
  assert.equal(await call('https://wide.example'), 403);
  await page.getByRole('row', { name: /https:\/\/\*\.wide\.example (?!Not yet).+ 1 just now/ }).waitFor();
  await page.getByRole('row', { name: /https:\/\/shop\.example (?!Not yet).+ 1 just now/ }).waitFor();
  await album.look(page, 'list', { thoroughly: true });

  const box = page.getByRole('checkbox', { name: /Let pages of localhost call/ });
  assert.equal(await box.isChecked(), false);
  await box.click();
  await page.getByText('Pages of localhost may call.').waitFor();
  assert.equal(await box.isChecked(), true);

  await page.getByRole('button', { name: 'Remove https://shop.example' }).click();
  await page
    .getByRole('alertdialog')
    .getByText(/refused within a second/)
    .waitFor();
  await album.look(page, 'remove');
  await owner.press('Remove domain');
  await page.getByText('https://shop.example is removed.').waitFor();
  await page.getByRole('alertdialog').waitFor({ state: 'detached' });
  assert.equal(await rows().count(), 3, 'the head and two domains');
  owner.assertQuiet();

  await owner.turnTo('Audit log');
  await page.getByText('authorised the pages of https://shop.example').first().waitFor();
  await page.getByText('removed the domain https://shop.example').first().waitFor();
  await page.getByText('let pages of localhost call').first().waitFor();

  await page.goto(page.url().replace(/\/audit.*$/, '/projects/prj_x'));
  await owner.see('Project');
  await page.getByText('No such project.').waitFor();
  owner.assertQuiet();
});
