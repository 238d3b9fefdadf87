/** The usage page in a real browser: from nothing to numbers that arrive by themselves, filters, a file, and what is unusual. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { openAlbum } from '../support/album.ts';
import { openDashboardHouse, type DashboardHouse } from '../support/dashboard-house.ts';
import type { Person } from '../support/person.ts';

const DAY_MS = 86_400_000;

let house: DashboardHouse;
let owner: Person;
const album = openAlbum('usage');

before(async () => {
  house = await openDashboardHouse();
  owner = await house.meet('grace@example.com');
  await owner.signUp('Compilers');
});

after(async () => {
  await owner.page.screenshot({ path: album.pathOf('last') }).catch(() => undefined);
  await house.close();
});

const dayBefore = (days: number): string => new Date(house.now() - days * DAY_MS).toISOString().slice(0, 10);

/** A month of calls that came before the test did. */
const fill = async (company: string, project: string): Promise<void> => {
  const { server } = house;
  for (const month of [dayBefore(0), dayBefore(40)])
    await server.sql('select vouchsafe.make_usage_month($1::date)', [month]);
  for (const [days, outcome, count] of [
    [1, 'ok', 4200],
    [1, 'refused', 31],
    [2, 'ok', 3900],
    [40, 'ok', 100_000],
  ] as const) {
    await server.sql(
      `insert into vouchsafe.usage_day (company_id, project_id, operation, day, outcome, count, durations)
       values ($1, $2, 'geocoding.reverse', $3, $4, $5::bigint, array[0, 0, $5::bigint - 20, 15, 4, 1, 0, 0, 0, 0, 0, 0, 0])`,
      [company, project, dayBefore(days), outcome, count],
    );
  }
  await server.sql(
    "insert into vouchsafe.unusual_use values ($1, $2, 'busy', '', $3, 41200, null, 1900, 2600, now(), null)",
    [company, project, dayBefore(0)],
  );
};

test('usage shows as it comes, is filtered, and saved as a file', async () => {
  const { page } = owner;
  const company = /com_\w+/.exec(page.url())?.[0] ?? '';
  await owner.turnTo('Usage');
  await owner.see('Usage');
  await page.getByText('No requests in this range').waitFor();
  await page.getByText('Nothing so far.').waitFor();
  await album.look(page, 'empty', { thoroughly: true });

  const [project] = await house.server.sql<{ id: string }>(
    'select id from vouchsafe.project where company_id = $1',
    [company],
  );
  await fill(company, project?.id ?? '');
  // Without a reload.
  await page.getByRole('row', { name: /Without a key.*8,100.*31/ }).waitFor();
  await page.getByRole('row', { name: /geocoding\.reverse.*≤ 2\.5 ms/ }).waitFor();
  await page.locator('canvas').waitFor();
  await album.look(page, 'days', { thoroughly: true });

  await owner.page.getByLabel('Range').selectOption('Last 12 months');
  await page.getByRole('row', { name: /Without a key.*108,100/ }).waitFor();
  await page.getByRole('img', { name: /Bar chart of requests in 12 months/ }).waitFor();
  await album.look(page, 'months', { thoroughly: true });

  const download = page.waitForEvent('download');
  await owner.press('Export as CSV');
  const file = readFileSync(await (await download).path(), 'utf8').split('\r\n');
  assert.equal(file.length, 6);
  assert.match(file[0] ?? '', /^"day","project"/);
  assert.match(file[1] ?? '', /"geocoding\.reverse","ok","100000","1\.75","2\.5"/);

  await page.getByLabel('Range').selectOption('Today');
  await page.getByText('No requests in this range').waitFor();
  await page.getByLabel('Range').selectOption('Last 30 days');
  await page.getByRole('button', { name: 'Without a key' }).click();
  await page.getByRole('row', { name: /Without a key.*8,100/ }).waitFor();
  assert.equal(await page.getByLabel('Key', { exact: true }).inputValue(), 'none');
  owner.assertQuiet();
});

test('what is unusual stands on the overview, and is mailed on request', async () => {
  const { page } = owner;
  await page.reload();
  await page.getByText(/41,200 requests today, usually 1,900 to 2,600\./).waitFor();
  await owner.turnTo('Overview');
  await owner.see('Overview');
  await page.getByText('Not as usual').waitFor();
  await album.look(page, 'overview');
  await owner.turnTo('Settings');
  await owner.see('Settings');
  const box = page.getByRole('checkbox', { name: /Mail what is unusual/ });
  assert.equal(await box.isChecked(), false);
  await box.click();
  await page.getByText('Unusual use is mailed.').waitFor();
  assert.equal(await box.isChecked(), true);
  await album.look(page, 'settings');
  owner.assertQuiet();
});
