/** A dataset of a million rows in a real browser: the right rows are shown wherever one scrolls, and few are fetched. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { openAlbum } from '../support/album.ts';
import { openDashboardHouse, type DashboardHouse } from '../support/dashboard-house.ts';
import type { Person } from '../support/person.ts';

const ROWS = 1_000_000;
/** Rows of one page that the table fetches. */
const PAGE = 200;

let house: DashboardHouse;
let owner: Person;
const album = openAlbum('datasets-scrolling');
/** Offsets of the pages of rows that were asked for. */
const asked: number[] = [];

before(async () => {
  house = await openDashboardHouse();
  owner = await house.meet('jeanne@example.com');
  await owner.signUp('Sounding');
  owner.page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.pathname.endsWith('/rows')) asked.push(Number(url.searchParams.get('offset') ?? 0));
  });
});

after(async () => {
  await owner.page.screenshot({ path: album.pathOf('last') }).catch(() => undefined);
  await house.close();
});

const valueOf = (row: number): string => `d${(row * 7_919) % ROWS}`;

const file = (): Buffer => {
  const lines = ['n,depth'];
  for (let row = 0; row < ROWS; row += 1) lines.push(`${row},${valueOf(row)}`);
  return Buffer.from(lines.join('\n'));
};

/** Two frames later what was scrolled is drawn. Texts, because tests know no document. */
const TWO_FRAMES = 'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))';

type ShownRow = readonly [row: number, n: string, depth: string];

const SHOWN_ROWS = `(() => {
  const grid = document.querySelector('[role=grid]');
  const view = grid.getBoundingClientRect();
  const head = grid.querySelector('[role=rowgroup]').getBoundingClientRect();
  return [...grid.querySelectorAll('[role=row]:not([aria-busy])')]
    .filter((row) => {
      const { top, bottom } = row.getBoundingClientRect();
      return row.getAttribute('aria-rowindex') !== '1' && bottom > head.bottom && top < view.bottom;
    })
    .map((row) => [
      Number(row.getAttribute('aria-rowindex')) - 2,
      ...[...row.querySelectorAll('[role=gridcell]')].map((one) => one.textContent),
    ]);
})()`;

/** Rows that are in view and loaded, by their place in the table, with both cells. */
const shown = (page: Page): Promise<readonly ShownRow[]> => page.evaluate<readonly ShownRow[]>(SHOWN_ROWS);

/** Waits until every row in view is there, and holds each against what was uploaded. */
const check = async (page: Page): Promise<number> => {
  await page.locator('[role=grid] [role=gridcell]').first().waitFor();
  await page.evaluate(TWO_FRAMES);
  await page.locator('[role=grid] [aria-busy]').first().waitFor({ state: 'detached' });
  const rows = await shown(page);
  assert.ok(rows.length >= 10, `${rows.length} rows are in view`);
  for (const [row, n, depth] of rows) assert.deepEqual([n, depth], [String(row), valueOf(row)], `row ${row}`);
  return rows[0]?.[0] ?? -1;
};

const scrollTo = (page: Page, share: number): Promise<unknown> =>
  page.evaluate(`(() => {
    const grid = document.querySelector('[role=grid]');
    grid.scrollTop = ${share} * (grid.scrollHeight - grid.clientHeight);
  })()`);

/** From the end to the beginning in two hundred frames. */
const FLY = `(async () => {
  const grid = document.querySelector('[role=grid]');
  const height = grid.scrollHeight - grid.clientHeight;
  for (let step = 200; step >= 0; step -= 1) {
    grid.scrollTop = (step / 200) * height;
    await new Promise((done) => requestAnimationFrame(done));
  }
})()`;

test('a million rows are scrolled through', async () => {
  const { page } = owner;
  await owner.turnTo('Datasets');
  await page.getByRole('link', { name: 'Upload a file' }).click();
  await page
    .getByLabel('Drop a file here, or choose one')
    .setInputFiles({ name: 'soundings.csv', mimeType: 'text/csv', buffer: file() });
  await page.getByRole('heading', { name: 'How it is read' }).waitFor({ timeout: 90_000 });
  await owner.press('Make the dataset');
  await page.getByText('1,000,000 rows are there').waitFor({ timeout: 120_000 });
  await page.getByRole('link', { name: 'Look at it' }).click();
  await owner.see('soundings');

  assert.equal(await check(page), 0);
  assert.deepEqual(asked, [0], 'the first page alone');
  assert.equal(await page.getByRole('grid').getAttribute('aria-rowcount'), String(ROWS + 1));

  // Row by row, over the edge of a page.
  await page.getByRole('grid').hover();
  for (let turn = 0; turn < 80; turn += 1) await page.mouse.wheel(0, 100);
  const first = await check(page);
  assert.ok(first > 150 && first < 260, `the wheel came to row ${first}`);
  assert.deepEqual([...new Set(asked)], [0, PAGE]);

  // Far away at once, and to the very end.
  for (const share of [0.5, 0.25, 0.9]) {
    await scrollTo(page, share);
    const at = await check(page);
    assert.ok(Math.abs(at - share * ROWS) < ROWS / 500, `${share} is row ${at}`);
  }
  await scrollTo(page, 1);
  await check(page);
  assert.equal((await shown(page)).at(-1)?.[0], ROWS - 1);
  await album.look(page, 'end');
  await check(page);

  // A hand that flies past everything fetches what it comes to rest at, and drops the rest.
  const sofar = asked.length;
  await page.evaluate(FLY);
  assert.equal(await check(page), 0);
  assert.ok(asked.length - sofar <= 20, `${asked.length - sofar} pages were fetched on the way`);

  // By keyboard: the last row, a screen up, and back to the first.
  await page.locator('[data-place="0 0"]').click();
  await page.keyboard.press('Control+End');
  await check(page);
  await page.locator(`[data-place="${ROWS - 1} 1"]:focus`).waitFor();
  await page.keyboard.press('PageUp');
  await page.keyboard.press('ArrowLeft');
  await check(page);
  assert.match((await page.locator('[data-place]:focus').getAttribute('data-place')) ?? '', /^9999\d\d 0$/);
  await page.keyboard.press('Control+Home');
  await page.locator('[data-place="0 0"]:focus').waitFor();
  assert.equal(await check(page), 0);
  owner.assertQuiet();
});
