/** The playground in a real browser: typing, suggestions, the map, the answer in each format, and the code to take along. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openAlbum } from '../support/album.ts';
import { openDashboardHouse, type DashboardHouse } from '../support/dashboard-house.ts';
import type { Person } from '../support/person.ts';
import { until } from '../support/server.ts';

let house: DashboardHouse;
let owner: Person;
const album = openAlbum('playground');

before(async () => {
  house = await openDashboardHouse();
  owner = await house.meet('ada@example.com');
  await owner.signUp('Engines');
});

after(async () => {
  await owner.page.screenshot({ path: album.pathOf('last') }).catch(() => undefined);
  await house.close();
});

type Locator = ReturnType<Person['page']['getByRole']>;

const box = (): Locator => owner.page.getByRole('combobox', { name: 'Place or coordinate' });
const results = (): Locator => owner.page.getByRole('list', { name: 'Results' }).getByRole('button');
const map = (): Locator => owner.page.getByRole('application');
const code = (text: string): Locator => owner.page.locator('code', { hasText: text });
const drawn = (): Promise<unknown> =>
  owner.page.locator('canvas[data-drawn="shapes"]').waitFor({ timeout: 20_000 });

/** How many colours the map is drawn in, so that an empty one is told from one with land, water and lines. */
const coloursOnMap = (): Promise<number> =>
  owner.page.evaluate<number>(`(() => {
    const canvas = document.querySelector('canvas');
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    const counts = new Map();
    for (let at = 0; at < data.length; at += 4) {
      const colour = (data[at] << 16) | (data[at + 1] << 8) | data[at + 2];
      counts.set(colour, (counts.get(colour) ?? 0) + 1);
    }
    return [...counts.values()].filter((count) => count > data.length / 4 / 50).length;
  })()`);

const ask = async (text: string): Promise<void> => {
  await box().fill(text);
  await owner.page.getByRole('button', { name: 'Ask', exact: true }).click();
};

test('a member asks at once, without a key, and sees the places and the map', async () => {
  const { page } = owner;
  await owner.turnTo('Playground');
  await owner.see('Playground');
  await drawn();
  assert.ok((await coloursOnMap()) >= 2, 'land and water');
  await album.look(page, 'empty', { thoroughly: true });

  await page.getByRole('button', { name: 'Paris, Texas' }).click();
  await results().first().waitFor();
  assert.match(await results().first().innerText(), /Paris, .*Texas/);
  await page.getByText('HTTP 200').waitFor();
  await page.getByText(/ms on the server/).waitFor();
  await map()
    .and(page.getByLabel(/^Map of .*, at Paris, /))
    .waitFor();
  await code('curl').waitFor();
  owner.assertQuiet();

  await page.getByText('Options').click();
  await page.getByLabel('Results at most').selectOption('20');
  await ask('Springfield');
  await until('twenty results', async () => (await results().count()) === 20);
  await page.getByRole('button', { name: 'All results' }).click();
  await drawn();
  await album.look(page, 'results', { thoroughly: true });
  await results().nth(3).click();
  assert.equal(await results().nth(3).getAttribute('aria-pressed'), 'true');
  owner.assertQuiet();
});

test('suggestions come while somebody types, and are chosen with keys', async () => {
  const { page } = owner;
  const asked: string[] = [];
  page.on('request', (request) => {
    if (request.url().endsWith('/playground')) asked.push(request.postData() ?? '');
  });
  await box().fill('');
  await box().pressSequentially('Grenob', { delay: 20 });
  const options = page.getByRole('listbox', { name: 'Suggestions' }).getByRole('option');
  await options.first().waitFor();
  assert.match(await options.first().innerText(), /^Grenoble/);
  assert.equal(await box().getAttribute('aria-expanded'), 'true');
  assert.equal(asked.length, 1, 'one question for six letters');
  await album.look(page, 'suggestions');
  await box().focus();
  await box().press('ArrowDown');
  const active = (await box().getAttribute('aria-activedescendant')) ?? '';
  assert.equal(await page.locator(`[id="${active}"]`).getAttribute('aria-selected'), 'true');
  await box().press('Enter');
  await until('the answer', async () => /^1\s+Grenoble/.test(await results().first().innerText()));
  assert.match(await box().inputValue(), /^Grenoble, /);
  assert.equal(await box().getAttribute('aria-expanded'), 'false');
  assert.ok(asked.every((body) => !body.includes('key')));

  await box().fill('Kop');
  await options.first().waitFor();
  await box().press('Escape');
  assert.equal(await box().getAttribute('aria-expanded'), 'false');
  assert.equal(await box().inputValue(), 'Kop');
  // A coordinate has nothing to be completed.
  const earlier = asked.length;
  await box().fill('48.2, 16.37');
  await box().press('Enter');
  await until('the answer', async () => (await results().first().innerText()).includes('Vienna'));
  assert.equal(asked.length, earlier + 1);
  owner.assertQuiet();
});

test('the map is moved and asked with mouse and keys', async () => {
  const { page } = owner;
  await map().focus();
  await page.keyboard.press('Home');
  for (let step = 0; step < 5; step += 1) await page.keyboard.press('+');
  await page.keyboard.press('ArrowLeft');
  await drawn();
  await page.keyboard.press('Enter');
  await until('a coordinate', async () => /^-?\d+\.\d{5}, -?\d+\.\d{5}$/.test(await box().inputValue()));
  const asked = await box().inputValue();
  const place = await map().boundingBox();
  assert.ok(place);
  await page.mouse.move(place.x + 80, place.y + 90);
  await page.mouse.wheel(0, -300);
  await page.mouse.down();
  await page.mouse.move(place.x + 160, place.y + 150, { steps: 4 });
  await page.mouse.up();
  assert.equal(await box().inputValue(), asked, 'a drag is no click');
  await page.mouse.click(place.x + 60, place.y + 60);
  await until('another coordinate', async () => (await box().inputValue()) !== asked);
  await page.getByRole('button', { name: 'Nearer' }).click();
  await page.getByRole('button', { name: 'World' }).click();
  owner.assertQuiet();
});

test('every format is shown and understood, and refusals are said in plain words', async () => {
  const { page } = owner;
  for (const [format, type] of [
    ['geojson', 'application/json'],
    ['xml', 'text/xml'],
    ['google-v3-json', 'application/json'],
    ['json', 'application/json'],
  ] as const) {
    await page.getByLabel('Format').selectOption(format);
    await ask('München');
    await page.getByText(type, { exact: true }).waitFor();
    await until(format, async () => /Munich|München/.test(await results().first().innerText()));
    if (format === 'xml') await album.look(page, 'xml');
  }
  await page.getByText('annotations:').first().click();
  await page.getByText('DMS:').first().waitFor();
  await album.look(page, 'answer', { thoroughly: true });
  await page.getByLabel('Results at most').selectOption('100');
  await ask('Santa Maria');
  await until('a long answer', async () => (await results().count()) > 50);
  await page.getByLabel('Results at most').selectOption('20');
  await ask('Qxzvbnqw');
  await page.getByText('Nothing was found').waitFor();
  await ask('91, 0');
  await page.getByText('The geocoder says: invalid coordinates').waitFor();
  await album.look(page, 'refused');
  owner.assertQuiet();
});

test('the code follows the form, in five languages', async () => {
  const { page } = owner;
  await box().fill(`Mc'Donald "x" $y`);
  for (const [language, text] of [
    ['JavaScript', String.raw`q: 'Mc\'Donald "x" $y',`],
    ['Python', String.raw`"q": "Mc'Donald \"x\" $y",`],
    ['PHP', String.raw`'q' => 'Mc\'Donald "x" $y',`],
    ['Ruby', String.raw`'q' => 'Mc\'Donald "x" $y',`],
    ['Go', String.raw`"q": {"Mc'Donald \"x\" $y"},`],
  ] as const) {
    await page.getByText(language, { exact: true }).click();
    await code(text).waitFor();
  }
  assert.match(await code('curl').innerText(), /q=Mc%27Donald\+%22x%22\+%24y&limit=20/);
  owner.assertQuiet();
});

test('a project leads to its own, what is not there is said, and being offline is no riddle', async () => {
  const { page } = owner;
  await owner.turnTo('Projects');
  await owner.see('Projects');
  await page.getByRole('main').getByRole('link').first().click();
  await page.getByRole('main').getByRole('link', { name: 'Playground', exact: true }).click();
  await owner.see('Playground');
  assert.match(page.url(), /\/projects\/prj_\w+\/playground$/);
  await drawn();
  owner.assertQuiet();
  await page.context().setOffline(true);
  await ask('Berlin');
  await page.getByText('The server could not be reached.').waitFor();
  await page.context().setOffline(false);
  await page.getByRole('button', { name: 'Try again' }).click();
  await until('the answer', async () => (await results().first().innerText()).includes('Berlin'));
});
