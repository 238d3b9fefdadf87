/**
 * Makes `docs/images/dashboard.png`, the README's picture of the overview: `node --test test/support/picture-dashboard.ts`.
 * A real server and a real browser; the counts are invented, the page is not.
 */
import { test } from 'node:test';
import { join } from 'node:path';
import { openDashboardHouse, type DashboardHouse } from './dashboard-house.ts';
import type { Person } from './person.ts';
import { PROJECT_ROOT } from './sources.ts';

const PICTURE = join(PROJECT_ROOT, 'docs', 'images', 'dashboard.png');
const DAYS = 30;
const DAY_MS = 86_400_000;

/** Weekdays are busier than weekends, and the whole grows; the same at each run. */
const countOn = (day: number, at: number): number => {
  const weekday = new Date(day).getUTCDay();
  const isWeekend = weekday === 0 || weekday === 6;
  return Math.round((isWeekend ? 900 : 2_100) * (1 + at / 45) * (1 + ((at * 37) % 11) / 40));
};

/** How many took how long, by the buckets of usage: most some milliseconds, a few a little longer. */
const SHARES = [0, 0.08, 0.44, 0.31, 0.12, 0.04, 0.01, 0, 0, 0, 0, 0, 0];
const spread = (count: number): readonly number[] => SHARES.map((share) => Math.round(count * share));

const fill = async ({ server }: DashboardHouse, company: string): Promise<void> => {
  const [project] = await server.sql<{ id: string }>(
    'select id from vouchsafe.project where company_id = $1',
    [company],
  );
  const today = Math.floor(Date.now() / DAY_MS) * DAY_MS;
  const first = new Date(today - DAYS * DAY_MS).toISOString().slice(0, 8);
  await server.sql('select vouchsafe.make_usage_month($1::date)', [`${first}01`]);
  for (let at = 0; at < DAYS; at += 1) {
    const day = today - (DAYS - 1 - at) * DAY_MS;
    const count = countOn(day, at);
    for (const [operation, share] of [
      ['geocoding.forward', 0.62],
      ['geocoding.reverse', 0.38],
    ] as const) {
      const ok = Math.round(count * share);
      for (const [outcome, number] of [
        ['ok', ok],
        ['refused', Math.round(ok * (at % 9 === 4 ? 0.09 : 0.012))],
        ['failed', at === 17 ? 3 : 0],
      ] as const) {
        await server.sql(
          `insert into vouchsafe.usage_day (company_id, project_id, operation, day, outcome, count, durations)
           values ($1, $2, $3, $4, $5, $6, $7)`,
          [
            company,
            project?.id,
            operation,
            new Date(day).toISOString().slice(0, 10),
            outcome,
            number,
            spread(number),
          ],
        );
      }
    }
  }
};

const signUp = async (person: Person): Promise<void> => {
  await person.go('/sign-up');
  await person.fill('E-mail address', person.address);
  await person.fill('Company', 'Harbour Logistics');
  await person.fill('Password', 'nine quiet harbours under snow');
  await person.press('Create account');
  await person.see('Check your mail');
  await person.page.goto(await person.mailbox.nextLink('Confirm your address'));
  await person.press('Confirm and sign in');
  await person.see('Overview');
};

test('the picture of the overview', async () => {
  const house = await openDashboardHouse();
  try {
    const person = await house.meet('ada@example.com');
    const { page } = person;
    await signUp(person);
    await fill(house, /com_\w+/.exec(page.url())?.[0] ?? '');
    await page.reload();
    await page.locator('canvas').waitFor();
    await page.getByText('geocoding.reverse').waitFor();
    await page.mouse.move(0, 0);
    await page.screenshot({ path: PICTURE, fullPage: true, animations: 'disabled' });
  } finally {
    await house.close();
  }
});
