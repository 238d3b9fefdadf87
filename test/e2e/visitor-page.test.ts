/** The visitor page in a real browser: what to paste, the domain that is missing, the try-out, and the worked examples. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openAlbum } from '../support/album.ts';
import { openDashboardHouse, type DashboardHouse } from '../support/dashboard-house.ts';
import type { Person } from '../support/person.ts';
import { until } from '../support/server.ts';

let house: DashboardHouse;
let owner: Person;
const album = openAlbum('visitor');

before(async () => {
  house = await openDashboardHouse();
  owner = await house.meet('mary@example.com');
  await owner.signUp('Bakers');
});

after(async () => {
  await owner.page.screenshot({ path: album.pathOf('last') }).catch(() => undefined);
  await house.close();
});

type Locator = ReturnType<Person['page']['getByRole']>;

const part = (name: string): Locator => owner.page.getByRole('region', { name });
const code = (text: string): Locator => owner.page.locator('code', { hasText: text });
/** What the card says under a name. */
const fact = (name: string): Locator =>
  part('Try it')
    .locator('dl > div', { has: owner.page.getByText(name, { exact: true }) })
    .locator('dd');

test('a new project is told that pages are refused, and what to do', async () => {
  const { page } = owner;
  await owner.turnTo('Visitor lookup');
  await owner.see('Visitor lookup');
  await page.getByText('No domain yet: pages are refused').waitFor();
  await album.look(page, 'empty', { thoroughly: true });
  owner.assertQuiet();

  const snippet = await code('<script type="module">').innerText();
  const project = /pid=(prj_\w+)/.exec(snippet)?.[1] ?? '';
  assert.ok(snippet.includes(`fetch('${house.server.url}/api/?pid=${project}')`), snippet);
  const call = async (): Promise<readonly [status: number, result: unknown]> => {
    const headers = { origin: 'https://bakery.example' };
    const { status, body } = await house.server.request(`/api/?pid=${project}`, { headers });
    return [status, (JSON.parse(body) as { readonly result: unknown }).result];
  };
  assert.deepEqual(await call(), [403, 'Error: no domain is allowed']);

  await page.getByRole('button', { name: 'Add your domain' }).click();
  await owner.fill('Domain', 'bakery.example');
  await page.getByRole('dialog').getByRole('button', { name: 'Add domain' }).click();
  await page.getByRole('row', { name: /https:\/\/bakery\.example/ }).waitFor();
  await page.getByText('No domain yet: pages are refused').waitFor({ state: 'detached' });
  await until('the page is let in', async () => (await call())[0] === 200);
  owner.assertQuiet();
});

test('the snippets are for this project and this installation, in every way', async () => {
  const { page } = owner;
  for (const [way, text] of [
    ['React', "from 'react'"],
    ['Vue', "from 'vue'"],
    ['Google Tag Manager', 'dataLayer'],
    ['HTML', 'type="module"'],
  ] as const) {
    await page.getByText(way, { exact: true }).click();
    await code(text).waitFor();
    assert.match(await code(text).innerText(), /\/api\/\?pid=prj_\w{26}'/);
  }
  await page.getByText('You use VisitorAPI already?').click();
  await code('axios.interceptors').waitFor();
  await album.look(page, 'from-visitorapi');
  await page.getByText('Script from the CDN', { exact: true }).click();
  await code('cdn.visitorapi.com').waitFor();
  owner.assertQuiet();
});

test('the try-out says who looks, and what is known of any address', async () => {
  const { page } = owner;
  await owner.press('Look at me');
  await page.getByText(/of this machine itself/).waitFor();
  assert.match(await fact('Browser').innerText(), /Chrome/);
  // A browser without a window is one of those that machines use.
  assert.match(await fact('Bot').innerText(), /^Headless ?Chrome|^a bot/);
  assert.equal(await fact('Currency').count(), 0, 'nothing is made up for an address that stands nowhere');
  await album.look(page, 'me', { thoroughly: true });

  const field = page.getByLabel('Or any address');
  await field.fill('not an address');
  await owner.press('Look up');
  await page.getByText('Enter an IPv4 or IPv6 address, such as 9.9.9.9 or 2620:fe::fe.').waitFor();
  assert.equal(await field.getAttribute('aria-invalid'), 'true');
  await field.fill('141.84.1.1');
  await field.press('Enter');
  await part('Try it').getByText('Germany').first().waitFor();
  assert.match(await fact('Currency').innerText(), /Euro · EUR · €/);
  assert.match(await fact('Languages').innerText(), /German \(Deutsch\)/);
  assert.equal(await fact('Browser').count(), 0, 'an address has no browser');
  await part('Try it').getByRole('link', { name: 'IP Geolocation by DB-IP' }).waitFor();
  assert.match(await code('curl').innerText(), /\/v1\/visitor\/141\.84\.1\.1"$/);
  await page.getByText('The answer as JSON').click();
  await part('Try it').getByText('"DE"').first().waitFor();
  await album.look(page, 'address', { thoroughly: true });

  await field.fill('1.2.3.4.5');
  await owner.press('Look up');
  await page.getByText('The server refused').waitFor();
  await field.fill('2001:DB8::1');
  await owner.press('Look up');
  await page.getByText(/kept for documents/).waitFor();
  owner.assertQuiet();
});

test('the worked examples are whole pages with the project in them', async () => {
  const { page } = owner;
  for (const title of ['Currency by country', 'Language redirect', 'Prefilled country and state']) {
    await page.getByText(`The page: ${title}`).click();
    const shown = part('Worked examples').locator('code', { hasText: '<!doctype html>' }).last();
    await shown.waitFor();
    const text = await shown.innerText();
    assert.ok(text.includes(`const SERVER = '${house.server.url}';`), title);
    assert.match(text, /const PROJECT = 'prj_\w{26}';/);
  }
  await album.look(page, 'examples');
  owner.assertQuiet();
});

test('a project leads to its own, and what is not there is said', async () => {
  const { page } = owner;
  await owner.turnTo('Projects');
  await owner.see('Projects');
  await page.getByRole('main').getByRole('link').first().click();
  await page.getByRole('main').getByRole('link', { name: 'Visitor lookup', exact: true }).click();
  await owner.see('Visitor lookup');
  assert.match(page.url(), /\/projects\/prj_\w+\/visitor$/);
  await page.goto(page.url().replace(/prj_\w+/, 'prj_00000000000000000000000000'));
  await page.getByText('No such project.').waitFor();
  await page.goBack();
  owner.assertQuiet();
});

test('a viewer sees what to paste, and who may try it', async () => {
  const { page } = owner;
  // A company keeps an owner: somebody else is one.
  const other = 'usr_01h0000000000000000000000a';
  await house.server.sql(
    `insert into vouchsafe.user_account (id, email, created_at, active_on) values ($1, 'other@example.com', now(), now())`,
    [other],
  );
  await house.server.sql(
    `insert into vouchsafe.member (company_id, user_id, role, joined_at)
     select company_id, $1, 'owner', now() from vouchsafe.member`,
    [other],
  );
  await house.server.sql("update vouchsafe.member set role = 'viewer' where user_id <> $1", [other]);
  await until(
    'the new role is known',
    async () => {
      await page.reload();
      await owner.see('Visitor lookup');
      return page
        .getByText(/can ask at a project's expense/)
        .waitFor({ timeout: 2000 })
        .then(
          () => true,
          () => false,
        );
    },
    20_000,
  );
  assert.equal(await page.getByRole('button', { name: 'Look at me' }).count(), 0);
  assert.equal(await page.getByRole('button', { name: 'Add domain' }).count(), 0);
  await code('/api/?pid=prj_').first().waitFor();
  await album.look(page, 'viewer');
  owner.assertQuiet();
});
