/** What people do at the dashboard more than once, and what a page could do past its own controls. */
import { readFileSync } from 'node:fs';
import { strFromU8, unzipSync } from 'fflate';
import type { Person } from './person.ts';

/** What the page's own origin is answered when it makes a call past the page's controls. */
export const callFromPage = (
  person: Person,
  method: string,
  path: string,
  body: object,
): Promise<{ status: number; code: string }> =>
  person.page.evaluate(
    `fetch(${JSON.stringify(path)}, { method: ${JSON.stringify(method)}, body: ${JSON.stringify(JSON.stringify(body))},
      headers: { 'content-type': 'application/json' } })
      .then(async (reply) => ({ status: reply.status, code: (await reply.json()).code }))`,
  );

/** The id of the company whose page is shown. */
export const companyOf = ({ page }: Person): string => /com_\w+/.exec(page.url())?.[0] ?? '';

/** Saves what a click downloads and opens it as a zip file of texts. */
export const unzipFrom = async (
  person: Person,
  click: () => Promise<unknown>,
): Promise<Record<string, string>> => {
  const [download] = await Promise.all([person.page.waitForEvent('download'), click()]);
  const files = unzipSync(readFileSync(await download.path()));
  return Object.fromEntries(Object.entries(files).map(([name, bytes]) => [name, strFromU8(bytes)]));
};

/** Fills in the sign-in page and sends it. */
export const signInWithPassword = async (person: Person, password: string): Promise<void> => {
  await person.fill('E-mail address', person.address);
  await person.fill('Password', password);
  await person.press('Sign in');
};

/** The secret in the dialog that shows it once. */
export const shownSecret = async ({ page }: Person): Promise<string> =>
  (
    await page
      .getByRole('dialog')
      .locator('code', { hasText: /^vs_sk_live_/ })
      .innerText()
  ).trim();
