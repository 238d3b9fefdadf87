/** Pages of datasets as they are when something is missing, too much, or goes wrong; and all of it without a mouse. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { Page } from 'playwright-core';
import { openAlbum } from '../support/album.ts';
import { openDashboardHouse, type DashboardHouse } from '../support/dashboard-house.ts';
import type { Person } from '../support/person.ts';

let house: DashboardHouse;
let owner: Person;
let reader: Person;
let company = '';
const album = openAlbum('datasets-states');

after(async () => {
  await owner.page.screenshot({ path: album.pathOf('last') }).catch(() => undefined);
  await house.close();
});

interface Answer {
  readonly status: number;
  readonly body: string;
}

/** Asks the API with the cookie of a page. Text, because tests know no document. */
const ask = async (page: Page, method: string, path: string, body?: unknown): Promise<string> => {
  const init = {
    method,
    ...(body === undefined
      ? {}
      : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  };
  const { status, body: text } = await page.evaluate<Answer>(
    `fetch(${JSON.stringify(path)}, ${JSON.stringify(init)}).then(async (reply) => ({ status: reply.status, body: await reply.text() }))`,
  );
  assert.ok(status < 300, `${method} ${path}: ${status} ${text.slice(0, 300)}`);
  return text;
};

interface Wanted {
  readonly name: string;
  readonly title?: string;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: readonly Readonly<Record<string, unknown>>[];
}

/** Makes a dataset that the company sees; its id. */
const make = async ({ name, title, columns, rows }: Wanted): Promise<string> => {
  const base = `/v1/companies/${company}/datasets`;
  const more = title === undefined ? {} : { title };
  const content = columns.length === 0 ? {} : { columns };
  const made = await ask(owner.page, 'POST', base, { name, visibility: 'company', ...more, ...content });
  const { id } = JSON.parse(made) as { id: string };
  if (rows.length > 0) await ask(owner.page, 'POST', `${base}/${id}/rows`, rows);
  return id;
};

const at = (dataset: string, part = ''): string => `/companies/${company}/datasets/${dataset}${part}`;

const cell = (page: Page, row: number, column: number): ReturnType<Page['locator']> =>
  page.locator(`[data-place="${row} ${column}"]`);

/** Presses Tab until the focus is where it is wanted; fails where it never comes there. */
const tabTo = async (page: Page, target: ReturnType<Page['locator']>): Promise<void> => {
  for (let press = 0; press < 60; press += 1) {
    if ((await target.and(page.locator(':focus')).count()) === 1) return;
    await page.keyboard.press('Tab');
  }
  assert.fail('the focus never came there');
};

/** Text of the element that has the focus, or its name. */
const focused = (page: Page): Promise<string> =>
  page.evaluate<string>(
    'document.activeElement?.getAttribute("aria-label") ?? document.activeElement?.textContent ?? ""',
  );

const LONG = 'The quick brown fox jumps over the lazy dog. '.repeat(60);
const TEXTS = [
  'plain',
  '',
  null,
  LONG,
  'שלום עולם, מה שלומך היום? ולא עוד',
  'مرحبا بالعالم 123 وداعا',
  '👩‍👩‍👧‍👦 family 🏳️‍🌈 👍🏽',
  `word-without-any-space${'-and-more'.repeat(80)}`,
];

test('datasets in every state', async (t) => {
  house = await openDashboardHouse();
  owner = await house.meet('mary@example.com');
  await owner.signUp('Deep Wells');
  company = /com_\w+/.exec(owner.page.url())?.[0] ?? '';
  reader = await house.meet('rita@example.com');
  await reader.signUp('Elsewhere');
  await house.server.sql(
    `insert into vouchsafe.member (company_id, user_id, role, joined_at)
     select $1, id, 'viewer', now() from vouchsafe.user_account where email = 'rita@example.com'`,
    [company],
  );

  await t.test('a table may be empty, narrow, wide, or hold anything', async () => {
    const { page } = owner;
    const none = await make({ name: 'nothing-yet', columns: [], rows: [] });
    await owner.go(at(none));
    await page.getByText('No content yet').waitFor();
    assert.equal(await page.getByRole('searchbox').count(), 0, 'there is nothing to search in');
    await album.look(page, 'no-content');
    for (const part of ['/columns', '/versions', '/indexes', '/people', '/activity', '/settings']) {
      await owner.go(at(none, part));
      await page.getByRole('navigation', { name: 'Dataset' }).waitFor();
      await page.locator('.animate-pulse').first().waitFor({ state: 'detached' });
    }

    const noRows = await make({ name: 'no-rows', columns: [{ name: 'n', type: 'int4' }], rows: [] });
    await owner.go(at(noRows));
    await page.getByText('No rows yet').waitFor();
    await page.getByRole('searchbox', { name: 'No column of text to search in' }).waitFor();
    await album.look(page, 'no-rows');

    const narrow = await make({
      name: 'narrow',
      columns: [{ name: 'only', type: 'text' }],
      rows: TEXTS.map((only) => ({ only })),
    });
    await owner.go(at(narrow));
    await cell(page, 7, 0).waitFor();
    assert.equal(await cell(page, 1, 0).innerText(), 'empty text');
    assert.equal(await cell(page, 2, 0).innerText(), 'null');
    assert.equal(await cell(page, 6, 0).innerText(), TEXTS[6], 'joiners of emoji are no strangers');
    await album.look(page, 'narrow');
    await cell(page, 3, 0).dblclick();
    await page.getByRole('dialog').waitFor();
    await album.look(page, 'long-cell');
    await page.keyboard.press('Escape');

    const columns = Array.from({ length: 200 }, (_none, index) => ({
      name:
        index === 0
          ? 'عنوان'
          : index === 1
            ? `a_very_long_name_of_a_column_${'x'.repeat(30)}`
            : `column ${index}`,
      type: index % 3 === 0 ? 'text' : index % 3 === 1 ? 'numeric' : 'timestamptz',
    }));
    const wide = await make({
      name: `w${'ide-name-'.repeat(6)}end`,
      title: `A dataset with a title of ${'very '.repeat(30)}many words`,
      columns,
      rows: TEXTS.map((text, row) =>
        Object.fromEntries(
          columns.map(({ name, type }) => [
            name,
            type === 'text'
              ? text
              : type === 'numeric'
                ? `${row}.50`
                : row === 2
                  ? null
                  : '2026-01-02T03:04:05Z',
          ]),
        ),
      ),
    });
    await owner.go(at(wide));
    await page.getByText('Columns 1 to 40 of 200').waitFor();
    await cell(page, 7, 0).waitFor();
    await album.look(page, 'wide');
    await owner.press('Columns after');
    await page.getByText('Columns 41 to 80 of 200').waitFor();
    await page.getByRole('columnheader', { name: /^column 40/ }).waitFor();
    await cell(page, 0, 0).dblclick();
    await page.getByText(/^The 40 columns that the table shows, of 200\./).waitFor();
    await page.keyboard.press('Escape');
    await owner.go(at(wide, '/columns'));
    await page.getByText('8 of 8').or(page.getByText('7 of 8')).first().waitFor();
    // Too high for a picture.
    await page.setViewportSize({ width: 360, height: 740 });
    assert.equal(await page.evaluate<number>('document.documentElement.scrollWidth'), 360);
    await page.setViewportSize({ width: 1280, height: 800 });
    await owner.go(`/companies/${company}/datasets`);
    await page.getByRole('table', { name: 'Datasets of this company' }).waitFor();
    await album.look(page, 'list');
    owner.assertQuiet();
  });

  await t.test(
    'a search is one of the server, with filters and order besides, and stands in the call',
    async () => {
      const { page } = owner;
      const dataset = await make({
        name: 'reports',
        columns: [
          { name: 'well', type: 'text' },
          { name: 'mode', type: 'text' },
          { name: 'depth', type: 'int4' },
        ],
        rows: Array.from({ length: 300 }, (_none, row) => ({
          well: `North ${row}`,
          mode: row % 2 === 0 ? 'flowing well' : 'closed',
          depth: row,
        })),
      });
      await owner.go(at(dataset));
      await cell(page, 0, 0).waitFor();
      const call = page.locator('pre', { hasText: 'curl' });
      await page.getByRole('searchbox', { name: 'Search in all text columns' }).fill('low');
      await page.getByText('150 rows of 300').waitFor();
      await page.getByRole('columnheader', { name: /depth/ }).click();
      await page.getByRole('columnheader', { name: /depth/ }).click();
      await cell(page, 0, 2).getByText('298').waitFor();
      assert.match(
        await call.innerText(),
        /\/v1\/datasets\/reports\/search\?q=low&mode=part&order=depth\.desc\.nullslast&limit=100"/,
      );
      await page.getByLabel('Whole words').check();
      await page.getByText('Nothing is like that').waitFor();
      await album.look(page, 'nothing-found');
      await page.getByRole('searchbox').fill('flowing');
      await page.getByText('150 rows of 300').waitFor();
      await owner.press('Filter');
      const form = page.getByRole('form', { name: 'New filter' });
      await form.getByLabel('Column').selectOption('mode');
      await form.getByLabel('Value').fill('well');
      await form.getByRole('button', { name: 'Apply' }).click();
      await form.getByLabel('Column').selectOption('depth');
      await form.getByLabel('Condition').selectOption('lt');
      await form.getByLabel('Value').fill('10');
      await form.getByRole('button', { name: 'Apply' }).click();
      await page.getByText('5 rows of 300').waitFor();
      assert.match(
        await call.innerText(),
        /search\?q=flowing&mode=words&%22mode%22=ilike\.\*well\*&depth=lt\.10&order=depth\.desc\.nullslast&limit=100"/,
      );
      await album.look(page, 'searched');
      await page.getByText('JavaScript', { exact: true }).click();
      await page.locator('pre', { hasText: 'await fetch(' }).waitFor();
      await page.getByRole('searchbox').fill('nowhere');
      await owner.press('Clear search and filters');
      await page.getByText('300 rows', { exact: true }).first().waitFor();
      assert.match(await page.locator('pre').first().innerText(), /PostgrestClient/);
      owner.assertQuiet();
    },
  );

  await t.test('indexes are suggested with their reason, built while one looks, and dropped', async () => {
    const { page } = owner;
    const dataset = await make({
      name: 'soundings',
      columns: [
        { name: 'depth', type: 'int4' },
        { name: 'note', type: 'text' },
        { name: 'raw', type: 'jsonb' },
      ],
      rows: Array.from({ length: 12_000 }, (_none, row) => ({ depth: row, note: `n${row}`, raw: null })),
    });
    await owner.go(at(dataset, '/indexes'));
    await page.getByText('No index yet').waitFor();
    await album.look(page, 'indexes-empty');
    await house.server.sql(
      `insert into vouchsafe.dataset_index_use (company_id, dataset_id, column_name, kind, day, count)
       values ($1, $2, 'depth', 'range', current_date, 1234), ($1, $2, '', 'search', current_date, 56)`,
      [company, dataset],
    );
    await page.reload();
    await page.getByText(/asked for by depth 1234 times in the last 30 days/).waitFor();
    await album.look(page, 'indexes-suggested');
    await page.getByRole('button', { name: 'Build the index depth' }).click();
    const table = page.getByRole('table', { name: 'Indexes of the dataset' });
    await table.getByRole('row', { name: /depth.*(?:Waits|Being built|Ready).*1,234/ }).waitFor();
    await table.getByRole('row', { name: /depth Ready.*kB.*1,234/ }).waitFor({ timeout: 60_000 });
    await page.getByLabel('Of', { exact: true }).selectOption('note (text)');
    await owner.press('Build');
    await table.getByRole('row', { name: /note Ready/ }).waitFor({ timeout: 60_000 });
    assert.deepEqual(await page.getByLabel('Of', { exact: true }).locator('option').allInnerTexts(), [
      'All texts, for search by whole words',
    ]);
    await album.look(page, 'indexes');
    await page.getByRole('button', { name: 'Drop the index note' }).click();
    await page.getByRole('alertdialog').getByText('Nothing of the rows is lost.').waitFor();
    await album.look(page, 'indexes-drop');
    await page.getByRole('alertdialog').getByRole('button', { name: 'Drop index' }).click();
    await table.getByRole('row', { name: /note/ }).waitFor({ state: 'detached' });
    await owner.go(at(dataset, '/activity'));
    await page.getByText('made an index of a dataset').first().waitFor();
    await page.getByText('took an index of a dataset away').waitFor();
    owner.assertQuiet();
  });

  await t.test('an upload fails, says which rows do not fit, and is loaded without them', async () => {
    const { page } = owner;
    await owner.go(`/companies/${company}/datasets/new`);
    await page.getByLabel('Drop a file here, or choose one').setInputFiles({
      name: 'depths.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from('well,depth\nA,1\nB,two\nC,3\n'),
    });
    await page.getByLabel('Type of column 2, depth').selectOption('int8');
    await owner.press('Read it so');
    await page.getByRole('button', { name: 'Read it so' }).waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Make the dataset' }).click();
    await page.getByText('Nothing was loaded').waitFor();
    await page.getByRole('link', { name: 'Download them with line, column and reason' }).waitFor();
    await album.look(page, 'rejected');
    await owner.go(`/companies/${company}/datasets`);
    await page.getByText(/was not loaded/).waitFor();
    await album.look(page, 'open-upload');
    await page.getByRole('link', { name: 'depths.csv' }).click();
    await page.getByRole('checkbox', { name: /Leave out rows that do not fit/ }).check();
    await page.getByRole('button', { name: 'Make the dataset' }).click();
    await page.getByText('2 rows are there, as version').waitFor();
    await page.getByText('One row does not fit.').waitFor();
    await album.look(page, 'loaded-without');
    await owner.go(`/companies/${company}/datasets/new`);
    await page.getByLabel('Drop a file here, or choose one').setInputFiles({
      name: 'broken.parquet',
      mimeType: 'application/octet-stream',
      buffer: Buffer.from('PAR1 and then nothing that makes sense PAR1'),
    });
    await page.getByText('It cannot be read as it is').waitFor();
    await album.look(page, 'unreadable');
    await owner.press('Discard the upload');
    await page.getByText('The upload is discarded.').waitFor();
    owner.assertQuiet();
  });

  await t.test(
    'a safe download is read back without its marks, where somebody says that it is one',
    async () => {
      const { page } = owner;
      await owner.go(`/companies/${company}/datasets/new`);
      await page.getByLabel('Drop a file here, or choose one').setInputFiles({
        name: 'formulas.csv',
        mimeType: 'text/csv',
        buffer: Buffer.from("well,note\nA,'=1+1\nB,it's\n"),
      });
      const samples = page.getByRole('table').getByText(/=1\+1/);
      await samples.waitFor();
      assert.match(await samples.innerText(), /'=1\+1/);
      await page.getByRole('checkbox', { name: /It is a safe download/ }).check();
      await owner.press('Read it so');
      await page.getByRole('button', { name: 'Read it so' }).waitFor({ state: 'detached' });
      assert.doesNotMatch(await samples.innerText(), /'=/);
      await page.getByRole('checkbox', { name: /It is a safe download/, checked: true }).waitFor();
      await album.look(page, 'guarded');
      await owner.press('Discard the upload');
      await page.getByText('The upload is discarded.').waitFor();
      owner.assertQuiet();
    },
  );

  await t.test('large versions are compared while one goes on', async () => {
    const { page } = owner;
    const file = (word: string): { name: string; mimeType: string; buffer: Buffer } => ({
      name: 'large.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from(
        `n,word\n${Array.from({ length: 60_000 }, (_none, row) => `${row},${row % 20_000 === 7 ? word : 'same'}`).join('\n')}\n`,
      ),
    });
    await owner.go(`/companies/${company}/datasets/new`);
    await page.getByLabel('Drop a file here, or choose one').setInputFiles(file('one'));
    await page.getByLabel('Key', { exact: true }).fill('n');
    await owner.press('Read it so');
    await page.getByRole('button', { name: 'Read it so' }).waitFor({ state: 'detached' });
    await owner.press('Make the dataset');
    await page.getByText('60,000 rows are there').waitFor({ timeout: 60_000 });
    await page.getByRole('link', { name: 'Look at it' }).click();
    await owner.see('large');
    await page.getByRole('link', { name: 'Upload', exact: true }).click();
    await page.getByLabel('Drop a file here, or choose one').setInputFiles(file('two'));
    await page.getByLabel('Key', { exact: true }).fill('n');
    await owner.press('Read it so');
    await page.getByRole('button', { name: 'Read it so' }).waitFor({ state: 'detached' });
    await owner.press('Load');
    await page.getByText('60,000 rows are there').waitFor({ timeout: 60_000 });
    await page.getByRole('link', { name: 'Look at it' }).click();
    await page.getByRole('navigation', { name: 'Dataset' }).getByRole('link', { name: 'Versions' }).click();
    await page.getByText('Both together are large').waitFor();
    await album.look(page, 'compare-large');
    await page.getByRole('button', { name: /^Compare version \d+ with version \d+$/ }).click();
    await page.getByText('0 added, 3 changed, 0 removed.').waitFor({ timeout: 60_000 });
    const differences = page.getByRole('table', { name: 'Rows that differ' });
    assert.equal(await differences.getByRole('row', { name: /Changed n \d*7 word.*one.*two/ }).count(), 3);
    await album.look(page, 'compared');
    owner.assertQuiet(422);
  });

  await t.test('whoever may only read is offered nothing else', async () => {
    const { page } = reader;
    const dataset = await make({
      name: 'read-only',
      columns: [{ name: 'n', type: 'int4' }],
      rows: [{ n: 1 }],
    });
    await reader.go(at(dataset));
    await cell(page, 0, 0).getByText('1').waitFor();
    for (const name of ['Add row', 'Share'])
      assert.equal(await page.getByRole('button', { name }).count(), 0);
    assert.equal(await page.getByRole('link', { name: 'Upload' }).count(), 0);
    const tabs = page.getByRole('navigation', { name: 'Dataset' }).getByRole('link');
    assert.deepEqual(await tabs.allInnerTexts(), ['Rows', 'Columns', 'Versions', 'People']);
    await album.look(page, 'reader');
    await cell(page, 0, 0).dblclick();
    await page.getByRole('dialog').waitFor();
    assert.equal(await page.getByRole('dialog').getByRole('textbox').count(), 0);
    await page.keyboard.press('Escape');
    for (const part of ['/versions', '/people', '/indexes', '/settings', '/activity']) {
      await reader.go(at(dataset, part));
      await page.getByRole('navigation', { name: 'Dataset' }).waitFor();
      await page.locator('.animate-pulse').first().waitFor({ state: 'detached' });
      for (const name of ['Restore version 1', 'Build', 'Save', 'Delete the dataset'])
        assert.equal(await page.getByRole('button', { name }).count(), 0, `${part} ${name}`);
    }
  });

  await t.test(
    'rows are sorted, filtered and opened, and rights are given and taken, by keyboard alone',
    async () => {
      const { page } = owner;
      const dataset = await make({
        name: 'by-keyboard',
        columns: [
          { name: 'well', type: 'text' },
          { name: 'depth', type: 'int4' },
        ],
        rows: Array.from({ length: 30 }, (_none, row) => ({ well: `w${row}`, depth: (row * 7) % 30 })),
      });
      await owner.go(at(dataset));
      await cell(page, 0, 0).waitFor();

      // Sort: the grid is one stop, and keys lead through it.
      await tabTo(page, cell(page, -1, 0));
      await page.keyboard.press('ArrowRight');
      await page.keyboard.press('Enter');
      await cell(page, 0, 1).getByText('0', { exact: true }).waitFor();
      assert.match(await focused(page), /^depth/, 'the header keeps the focus');
      await page.keyboard.press('Enter');
      await cell(page, 0, 1).getByText('29', { exact: true }).waitFor();
      assert.match(await focused(page), /^depth/);

      // Open a row, and come back to where one was.
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      await page.getByRole('dialog').waitFor();
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      await page.locator('[data-place="1 1"]:focus').waitFor();

      // Filter.
      await page.reload();
      await cell(page, 0, 0).waitFor();
      await tabTo(page, page.getByRole('button', { name: 'Filter', exact: true }));
      await page.keyboard.press('Enter');
      const form = page.getByRole('form', { name: 'New filter' });
      await tabTo(page, form.getByLabel('Value'));
      await page.keyboard.type('w2');
      await page.keyboard.press('Enter');
      await page.getByText('11 rows of 30').waitFor();
      await tabTo(page, page.getByRole('button', { name: 'Remove the filter well contains w2' }));
      await page.keyboard.press('Enter');
      await page.getByText('30 rows', { exact: true }).first().waitFor();

      // Share with a colleague, and take it away.
      await ask(page, 'PATCH', `/v1/companies/${company}/datasets/${dataset}`, { visibility: 'private' });
      await owner.go(at(dataset, '/people'));
      await tabTo(page, page.getByRole('button', { name: 'Share', exact: true }));
      await page.keyboard.press('Enter');
      const dialog = page.getByRole('dialog');
      await dialog.waitFor();
      await tabTo(page, dialog.getByLabel('E-mail address', { exact: true }));
      await page.keyboard.type('rita@example.com');
      await page.keyboard.press('Enter');
      const people = page.getByRole('table', { name: 'Who can see this dataset, and why' });
      await people.getByRole('row', { name: /rita@example\.com.*Can read/ }).waitFor();
      await dialog.waitFor({ state: 'detached' });
      assert.equal(await focused(page), 'Share', 'the focus is back where it was');

      // Once more: it says what to do instead.
      await page.keyboard.press('Enter');
      await dialog.waitFor();
      await tabTo(page, dialog.getByLabel('E-mail address', { exact: true }));
      await page.keyboard.type('rita@example.com');
      await page.keyboard.press('Enter');
      await dialog.getByText(/has a right on it already/).waitFor();
      await album.look(page, 'shared-already');
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'detached' });
      owner.assertQuiet(409);

      await tabTo(page, page.getByRole('button', { name: /^Change what/ }));
      await page.keyboard.press('Enter');
      await dialog.waitFor();
      await tabTo(page, dialog.getByRole('button', { name: 'Stop sharing' }));
      await page.keyboard.press('Enter');
      await people.getByRole('row', { name: /rita@example\.com/ }).waitFor({ state: 'detached' });
      await dialog.waitFor({ state: 'detached' });
      assert.notEqual(
        await page.evaluate<string>('document.activeElement.tagName'),
        'BODY',
        'the focus has a place although the button is gone',
      );
      await album.look(page, 'people-private');
      owner.assertQuiet();
    },
  );
});
