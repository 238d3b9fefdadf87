/** Datasets in a real browser: a file is uploaded, looked at, filtered, edited, restored, shared and downloaded. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, test } from 'node:test';
import type { Page } from 'playwright-core';
import { openAlbum } from '../support/album.ts';
import { openDashboardHouse, type DashboardHouse } from '../support/dashboard-house.ts';
import type { Person } from '../support/person.ts';

let house: DashboardHouse;
let owner: Person;
const album = openAlbum('datasets');

after(async () => {
  await owner.page.screenshot({ path: album.pathOf('last') }).catch(() => undefined);
  await house.close();
});

/** Long numbers, leading zeros, nothing and an empty text, a formula, another direction, a line in a cell, markup. */
const WELLS = [
  'id,well,depth,spud,note',
  '1,North 1,1200.50,2021-03-04,"first, and deepest"',
  '2,North 2,980.00,2021-05-06,',
  '3,بئر الشمال,12345678901234567890.10,,"two\nlines"',
  '4,<img src=x onerror=alert(1)>,0.10,1999-12-31,""',
  `5,${'long '.repeat(200)},3.00,2020-02-29,=1+1`,
  '6,\u202Eevil,4.00,2020-01-01,007',
].join('\n');

const cell = (page: Page, row: number, column: number): ReturnType<Page['locator']> =>
  page.locator(`[data-place="${row} ${column}"]`);

// One test that opens the house itself: what a hook opens ends with the first test.
test('datasets in the browser', async (t) => {
  house = await openDashboardHouse();
  owner = await house.meet('mary@example.com');
  await owner.signUp('Deep Wells');

  await t.test('a file becomes a dataset that is looked at, filtered, edited and restored', async () => {
    const { page } = owner;
    await owner.turnTo('Datasets');
    await owner.see('Datasets');
    await page.getByText('No dataset yet').waitFor();
    await album.look(page, 'empty', { thoroughly: true });

    await page.getByRole('link', { name: 'Upload a file' }).click();
    await owner.see('New dataset');
    await album.look(page, 'new');
    await page.getByLabel('Drop a file here, or choose one').setInputFiles({
      name: 'Wells of 2021.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from(WELLS),
    });
    await page.getByRole('heading', { name: 'How it is read' }).waitFor();
    await album.look(page, 'plan', { thoroughly: true });
    await owner.fill('Name of the dataset', 'wells');
    await owner.press('Make the dataset');
    await page.getByText('6 rows are there, as version').waitFor();
    await page.getByRole('link', { name: 'Look at it' }).click();
    await owner.see('wells');

    const grid = page.getByRole('grid', { name: 'Rows of wells' });
    await cell(page, 0, 0).getByText('1', { exact: true }).waitFor();
    // Nothing of a cell is run, rounded, or lost; nothing and an empty text are told apart.
    assert.equal(await cell(page, 2, 2).innerText(), '12345678901234567890.10');
    assert.equal(await cell(page, 1, 4).innerText(), 'null');
    assert.equal(await cell(page, 3, 4).innerText(), 'empty text');
    assert.equal(await cell(page, 3, 1).innerText(), '<img src=x onerror=alert(1)>');
    assert.equal(await cell(page, 5, 1).innerText(), '⟨202E⟩evil');
    assert.equal(await cell(page, 5, 4).innerText(), '007');
    assert.equal(await grid.locator('img').count(), 0);
    await album.look(page, 'table', { thoroughly: true });
    owner.assertQuiet();

    // By keyboard to the cell with two lines, and into it.
    await cell(page, 0, 0).click();
    for (const key of ['ArrowDown', 'ArrowDown', 'End', 'Enter']) await page.keyboard.press(key);
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Row 3').waitFor();
    assert.equal(await dialog.getByLabel('note text', { exact: true }).inputValue(), 'two\nlines');
    await album.look(page, 'row', { thoroughly: true });
    await dialog.getByLabel('note text', { exact: true }).fill('one line');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page.getByText('The row is saved.').waitFor();
    await cell(page, 2, 4).getByText('one line').waitFor();
    await page.getByText('Version 2', { exact: true }).waitFor();
    owner.assertQuiet();

    await owner.press('Filter');
    const form = page.getByRole('form', { name: 'New filter' });
    await form.getByLabel('Column').selectOption('depth');
    await form.getByLabel('Condition').selectOption('gte');
    await form.getByLabel('Value').fill('980.00');
    await form.getByRole('button', { name: 'Apply' }).click();
    await page.getByText('3 rows of 6').waitFor();
    await page.getByRole('columnheader', { name: /depth/ }).click();
    await page.getByRole('columnheader', { name: /depth/ }).click();
    await cell(page, 0, 2).getByText('12345678901234567890.10').waitFor();
    assert.deepEqual(await Promise.all([0, 1, 2].map((row) => cell(page, row, 0).innerText())), [
      '3',
      '1',
      '2',
    ]);
    const code = await page.locator('pre', { hasText: 'curl' }).innerText();
    assert.match(code, /\/datasets\/v1\/wells\?depth=gte\.980\.00&order=depth\.desc\.nullslast&limit=100"/);
    await album.look(page, 'filtered', { thoroughly: true });
    await page.getByRole('button', { name: 'Remove the filter depth is at least 980.00' }).click();
    await page.getByLabel('Search in all text columns').fill('line');
    await page.getByText('1 row of 6').or(page.getByText('one row of 6')).waitFor();
    owner.assertQuiet();
  });

  await t.test('versions are compared and restored', async () => {
    const { page } = owner;
    const tabs = page.getByRole('navigation', { name: 'Dataset' });
    await tabs.getByRole('link', { name: 'Versions' }).click();
    await page.getByRole('row', { name: /Version 2.*Edited/ }).waitFor();
    const differences = page.getByRole('table', { name: 'Rows that differ' });
    await differences.getByText('two↵lines').waitFor();
    await differences.getByText('one line').waitFor();
    await album.look(page, 'versions', { thoroughly: true });

    await page.getByRole('link', { name: 'Version 1', exact: true }).click();
    await page.getByText('You look at the dataset as it was then.').waitFor();
    await cell(page, 2, 4).getByText('two↵lines').waitFor();
    assert.equal(await page.getByRole('button', { name: 'Add row' }).count(), 0);
    assert.match(await page.locator('pre', { hasText: 'curl' }).innerText(), /\/datasets\/v1\/wells@1\?/);
    await tabs.getByRole('link', { name: 'Versions' }).click();

    await page.getByRole('button', { name: 'Restore version 1' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Restore' }).click();
    await page.getByText('Version 1 is the newest again.').waitFor();
    await page.getByRole('row', { name: /Version 3.*Restored/ }).waitFor();
    await tabs.getByRole('link', { name: 'Rows' }).click();
    await cell(page, 2, 4).getByText('two↵lines').waitFor();
    owner.assertQuiet();
  });

  await t.test('a dataset is downloaded byte for byte', async () => {
    const { page } = owner;
    await page.getByRole('button', { name: 'Download' }).click();
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: /^CSV Every cell exactly/ }).click(),
    ]);
    const rows = readFileSync(await file.path(), 'utf8')
      .replaceAll('\r\n', '\n')
      .trim();
    assert.equal(rows, WELLS);
    owner.assertQuiet();
  });

  await t.test('each column says what is in it', async () => {
    const { page } = owner;
    await page.getByRole('navigation', { name: 'Dataset' }).getByRole('link', { name: 'Columns' }).click();
    const depth = page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: /depth/ }) });
    await depth.getByText('6 of 6').waitFor();
    await depth.getByText('12345678901234567890.10').first().waitFor();
    const note = page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: /note/ }) });
    await note.getByText('5 of 6').waitFor();
    await album.look(page, 'columns', { thoroughly: true });
    owner.assertQuiet();
  });

  await t.test(
    'a dataset is shared with somebody of another company, asked for again, and taken away',
    async () => {
      const { page } = owner;
      await page.getByRole('navigation', { name: 'Company' }).getByRole('link', { name: 'Settings' }).click();
      await page
        .getByRole('checkbox', { name: /Datasets may be shared with people of other companies/ })
        .click();
      await page.getByText('The settings are saved.').waitFor();
      await owner.turnTo('Datasets');
      await page.getByRole('link', { name: 'wells', exact: true }).click();
      await page.getByRole('navigation', { name: 'Dataset' }).getByRole('link', { name: 'People' }).click();
      const people = page.getByRole('table', { name: 'Who can see this dataset, and why' });
      await people.getByRole('row', { name: /mary@example\.com.*Can manage/ }).waitFor();
      await page.getByRole('checkbox', { name: /May be shared with people of other companies/ }).click();
      await page.getByText('It may be shared with other companies.').waitFor();
      await owner.press('Share');
      await owner.fill('E-mail address', 'partner@example.com');
      await album.look(page, 'share', { thoroughly: true });
      await page.getByRole('dialog').getByRole('button', { name: 'Share' }).click();
      await page.getByText('The invitation to partner@example.com is on its way.').waitFor();
      await page.getByRole('table', { name: 'Open invitations' }).getByText('partner@example.com').waitFor();
      await album.look(page, 'people', { thoroughly: true });
      owner.assertQuiet();
      const address = page.url().replace(/\/people$/, '');

      const partner = await house.meet('partner@example.com');
      await partner.signUp('Partner and Sons');
      await partner.page.goto(await partner.mailbox.nextLink('Deep Wells shares a dataset with you'));
      await partner.page.getByText(/Deep Wells lets you read it/).waitFor();
      await album.look(partner.page, 'invitation');
      await partner.press('Accept');
      await partner.see('wells');
      await cell(partner.page, 0, 1).getByText('North 1').waitFor();
      assert.equal(await partner.page.getByRole('button', { name: 'Add row' }).count(), 0);
      await partner.turnTo('Datasets');
      await partner.page
        .getByRole('table', { name: 'Datasets shared with you' })
        .getByRole('row', { name: /wells Deep Wells/ })
        .waitFor();
      await album.look(partner.page, 'shared');
      partner.assertQuiet();

      await page.reload();
      await people
        .getByRole('row', { name: /partner@example\.com.*Of Partner and Sons.*Can read/ })
        .waitFor();
      await page.getByRole('button', { name: /^Change what/ }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Stop sharing' }).click();
      await page.getByText(/has it no more/).waitFor();

      await partner.page.getByRole('link', { name: 'wells', exact: true }).click();
      await partner.page.getByText('There is no such dataset, or it is not shared with you').waitFor();
      await album.look(partner.page, 'not-there');
      await partner.press('Ask for access');
      await partner.page.getByRole('dialog').getByRole('button', { name: 'Ask', exact: true }).click();
      await partner.page.getByText(/If there is such a dataset/).waitFor();
      partner.assertQuiet(404);

      await page.goto(`${address}/people`);
      await page.getByText(/asks to read it/).waitFor();
      await album.look(page, 'asked', { thoroughly: true });
      await owner.press('Grant');
      await page.getByText(/has it now/).waitFor();
      await partner.page.reload();
      await cell(partner.page, 0, 1).getByText('North 1').waitFor();
      partner.assertQuiet();

      await page.getByRole('navigation', { name: 'Dataset' }).getByRole('link', { name: 'Activity' }).click();
      await page.getByRole('table', { name: 'Activity, newest first' }).waitFor();
      await album.look(page, 'activity', { thoroughly: true });
      await page.getByRole('navigation', { name: 'Dataset' }).getByRole('link', { name: 'Settings' }).click();
      await owner.fill('Title', 'Wells of the north');
      await album.look(page, 'settings', { thoroughly: true });
      await owner.press('Save');
      await owner.see('Wells of the north');
      owner.assertQuiet();
    },
  );

  await t.test('a small file is looked at, whatever was asked while it was on its way', async () => {
    const { page } = owner;
    // What the page asks before the file is there, it hears only when all has been sent.
    await page.evaluate(() => {
      const asked = Promise.withResolvers<void>();
      const sent = Promise.withResolvers<void>();
      const really = globalThis.fetch;
      let isFirst = true;
      globalThis.fetch = async (url, init) => {
        const isState = typeof url === 'string' && url.endsWith('/state');
        if (init?.method === 'PATCH') await asked.promise;
        const reply = await really(url, init);
        if (init?.method === 'PATCH') setTimeout(sent.resolve, 500);
        if (isState && isFirst) {
          isFirst = false;
          asked.resolve();
          await sent.promise;
        }
        return reply;
      };
    });
    await owner.turnTo('Datasets');
    await page.getByRole('link', { name: 'New dataset' }).click();
    await page.getByLabel('Drop a file here, or choose one').setInputFiles({
      name: 'small.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from('n\n1\n'),
    });
    await page.getByRole('heading', { name: 'How it is read' }).waitFor({ timeout: 4000 });
    await owner.press('Discard the upload');
    await page.getByText('The upload is discarded.').waitFor();
    owner.assertQuiet();
  });

  await t.test('an upload that was broken off goes on after a reload, with the same file alone', async () => {
    const { page } = owner;
    const file = (last: string): { name: string; mimeType: string; buffer: Buffer } => ({
      name: 'large.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from(`n\n${'123456789\n'.repeat(600_000)}${last}\n`),
    });
    await owner.turnTo('Datasets');
    await page.getByRole('link', { name: 'New dataset' }).click();
    let parts = 0;
    await page.route('**/dataset-uploads/*', (route) => {
      if (route.request().method() !== 'PATCH') return route.fallback();
      parts += 1;
      return parts === 1 ? route.fallback() : route.abort();
    });
    await page.getByLabel('Drop a file here, or choose one').setInputFiles(file('1'));
    await page.getByRole('progressbar', { name: 'Sending large.csv' }).waitFor();
    await page.waitForURL(/upload=upl_/);
    await page.getByText(/^[1-9][\d.]* MB of 6\.0 MB/).waitFor();
    await page.unroute('**/dataset-uploads/*');
    await page.reload();
    await page.getByText(/have arrived\. Choose the same file again/).waitFor();
    await album.look(page, 'unfinished');
    await page.getByLabel('Go on with large.csv').setInputFiles(file('2'));
    await page.getByText('This is another file.').waitFor();
    await page.getByLabel('Go on with large.csv').setInputFiles(file('1'));
    await page.getByRole('heading', { name: 'How it is read' }).waitFor();
    await owner.fill('Name of the dataset', 'large');
    await owner.press('Make the dataset');
    await page.getByText('600,001 rows are there').waitFor({ timeout: 60_000 });
  });
});
